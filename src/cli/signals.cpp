#include "cli/signals.hpp"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

namespace i2i::cli {
namespace {

std::atomic<int> caught{0};
constexpr int kWakeUp = SIGUSR1;  // ends the waiting thread

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, kWakeUp);
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  (void)std::signal(SIGPIPE, SIG_IGN);
  waiter_ = std::thread([this, set] {
    while (true) {
      int number = 0;
      if (sigwait(&set, &number) != 0) continue;
      if (number == kWakeUp) return;
      // A second one: the person does not want to wait for the clean stop. Nothing visible is ever half-written.
      if (caught.exchange(number) != 0) _exit(128 + number);
      source_.request_stop();
    }
  });
}

Signals::~Signals() {
  pthread_kill(waiter_.native_handle(), kWakeUp);
  waiter_.join();
}

int Signals::exit_code() const {
  const int number = caught.load();
  return number == 0 ? 0 : 128 + number;
}

void forbid_dumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace i2i::cli
