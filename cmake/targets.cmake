# What every target of our own is compiled with; third-party headers are SYSTEM and stay out of it.
add_library(i2i_flags INTERFACE)
target_compile_options(i2i_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-qual -Woverloaded-virtual -Werror)
target_compile_definitions(i2i_flags INTERFACE _FILE_OFFSET_BITS=64)
if(I2I_SANITIZE)
  # g++ 12 takes moved-from temporaries for uninitialised ones once the sanitizers have instrumented them.
  target_compile_options(i2i_flags INTERFACE -fsanitize=${I2I_SANITIZE} -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(i2i_flags INTERFACE -fsanitize=${I2I_SANITIZE})
  if(I2I_SANITIZE MATCHES "undefined")
    # By default undefined behaviour is told and gone on from: no test would fail.
    target_compile_options(i2i_flags INTERFACE -fno-sanitize-recover=undefined)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_sources(i2i_flags INTERFACE "${PROJECT_SOURCE_DIR}/tests/undefined_report.cpp")
    endif()
  endif()
endif()
