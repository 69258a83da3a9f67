# Run by cpack between installing and packing: names and forms that Debian's policy wants and `cmake --install` has not.
set(share "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share")
set(doc "${share}/doc/${CPACK_PACKAGE_NAME}")
file(RENAME "${doc}/LICENSE" "${doc}/copyright")
file(MAKE_DIRECTORY "${share}/zsh/vendor-completions")
file(RENAME "${share}/zsh/site-functions/_icloud2immich" "${share}/zsh/vendor-completions/_icloud2immich")
file(REMOVE_RECURSE "${share}/zsh/site-functions")

# The same source makes the same package: the time is SOURCE_DATE_EPOCH where that is set.
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE "${doc}/changelog" "${CPACK_PACKAGE_NAME} (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * What changed stands in CHANGELOG.md beside this file.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
file(GLOB plain "${share}/man/man1/*.1")
execute_process(COMMAND gzip -9n ${plain} "${doc}/changelog" COMMAND_ERROR_IS_FATAL ANY)
