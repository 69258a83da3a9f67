# What `cmake --install` puts where, and the Debian package that `cpack` makes of the same files.
include(GNUInstallDirs)
# Packaging a build with tests packs what is built; it does not build the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

install(TARGETS icloud2immich RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(FILES completions/icloud2immich.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME icloud2immich)
install(FILES completions/icloud2immich.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES completions/_icloud2immich DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
# Nothing is enabled by being installed: a person says when a job runs, and for which account.
install(DIRECTORY deploy/systemd/ DESTINATION lib/systemd/system FILES_MATCHING PATTERN "*.service" PATTERN "*.timer")
install(FILES deploy/systemd/sysusers.conf DESTINATION lib/sysusers.d RENAME icloud2immich.conf)

set(I2I_MAINTAINER "the icloud2immich authors <maintainers@icloud2immich.invalid>" CACHE STRING "Who answers for the Debian package")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "${I2I_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "bring an iCloud photo library to Immich, with proof")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Every photo, video, Live Photo, RAW pair and edit is fetched from iCloud,
checked against the checksum that Apple publishes with it, written to a
folder that Immich uses as an external library, and found again in Immich
with its albums, favourites and hidden flags.
.
A run without news costs a few requests, so it can run every night.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmake/as_debian_wants.cmake")
include(CPack)
