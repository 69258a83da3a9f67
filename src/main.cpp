#include <malloc.h>

#include "i2i/cli/run.hpp"

int main(int argc, char** argv) {
#ifdef __GLIBC__
  // Pages of a listing are half a megabyte each, made by one thread and freed by another. Kept apart from the heap they
  // go back whole; left to glibc, whose threshold grows with what is freed, they tear the heap up (design §10, 13).
  constexpr int kApartFrom = 128 * 1024;
  mallopt(M_MMAP_THRESHOLD, kApartFrom);
#endif
  return i2i::cli::run(argc, argv);
}
