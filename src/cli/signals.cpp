#include "cli/signals.hpp"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "cli/terminal.hpp"

namespace i2i::cli {
namespace {

std::atomic<int> caught{0};
constexpr int kWakeUp = SIGUSR1;  // ends the waiting thread

/// Whoever started us may want a signal ignored (nohup, a shell without job control); sigwait would get it all the
/// same.
bool is_ignored(int number) {
  struct sigaction now {};
  return sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGCONT, kWakeUp}) sigaddset(&set, number);
  for (const int number : {SIGHUP, SIGQUIT, SIGTSTP}) {
    if (!is_ignored(number)) sigaddset(&set, number);
  }
  return set;
}

/// Ctrl-Z: stops by the signal's own default, which spares a process that no shell could ever continue (a container's
/// first one). Goes on when continued.
void stop_here() {
  put_terminal_back();
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  pthread_kill(pthread_self(), SIGTSTP);
  pthread_sigmask(SIG_BLOCK, &one, nullptr);
  // What continued us is dealt with here; left for later it would ask the question twice.
  sigemptyset(&one);
  sigaddset(&one, SIGCONT);
  const timespec at_once{};
  (void)sigtimedwait(&one, nullptr, &at_once);
  take_terminal_again();
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
      if (number == SIGTSTP) {
        stop_here();
        continue;
      }
      if (number == SIGCONT) {  // after SIGSTOP: a shell may have changed the terminal
        take_terminal_again();
        continue;
      }
      // A second one: the person does not want to wait for the clean stop. Nothing visible is ever half-written.
      if (caught.exchange(number) != 0) {
        put_terminal_back();
        _exit(128 + number);
      }
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
