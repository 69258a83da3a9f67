#include "i2i/cli/run.hpp"

int main(int argc, char** argv) { return i2i::cli::run(argc, argv); }
