// The one main of each unit-test program, for Catch2 2 (which wants it generated) and 3 (which brings its own runner).
#ifdef I2I_CATCH2_V3
#include <catch2/catch_session.hpp>
int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
