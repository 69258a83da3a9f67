// g++'s library for undefined behaviour knows no log_path: what it says goes to standard error, which tests throw away
// or close. Linked into every program of a sanitized build, this is called by it before it speaks, and turns standard
// error into a file where tests/sanitized looks.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the name that library asks for
extern "C" [[gnu::visibility("default")]] void __ubsan_on_report();

extern "C" void __ubsan_on_report() {
  const char* const folder = std::getenv("I2I_SANITIZED");
  if (folder == nullptr) return;
  const std::string path = std::string(folder) + "/undefined." + std::to_string(::getpid());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file >= 0 && file != STDERR_FILENO) ::dup2(file, STDERR_FILENO);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
