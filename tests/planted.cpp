// A program with faults in it, one to be chosen, for the test of tests/sanitized: closed to others and without open
// files as ours may be, it ends in what it would end in without the fault.
#include <unistd.h>

#include <climits>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/signals.hpp"

namespace {

int counted = 0;

void race() {
  std::thread other([] { ++counted; });
  ++counted;
  other.join();
}

void read_beyond() {
  const std::vector<int> text(16);
  const volatile std::size_t beyond = text.size();
  counted = text[beyond];
}

void leak() {
  volatile char* forgotten = new char[16];  // NOLINT(cppcoreguidelines-owning-memory): that is the fault
  forgotten[0] = 1;
  forgotten = nullptr;
}

void overflow() {
  const volatile int most = INT_MAX;
  counted = most + 1;
}

}  // namespace

int main(int argc, char** argv) {
  i2i::cli::forbid_dumps();
  for (int fd = 0; fd < 3; ++fd) ::close(fd);
  const std::string_view fault = argc > 1 ? argv[1] : "none";
  if (fault == "race") race();
  if (fault == "read-beyond") read_beyond();
  if (fault == "leak") leak();
  if (fault == "overflow") overflow();
  return 0;
}
