#include "cli/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

namespace segue::cli {

namespace {

constexpr std::size_t kDefaultWidth = 80;
// A question notices a request to stop within this time.
constexpr int kPollMilliseconds = 100;

bool InputReady() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return poll(&input, 1, kPollMilliseconds) > 0;
}

}  // namespace

bool IsTerminal(int file_descriptor) { return isatty(file_descriptor) == 1; }

std::size_t TerminalWidth(int file_descriptor) {
  winsize size{};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kDefaultWidth;
  }
  return size.ws_col;
}

std::optional<std::string> AskUser(const std::string& question,
                                   std::ostream& out,
                                   const CancelToken& cancel) {
  out << question << std::flush;
  while (!InputReady()) {
    if (cancel.stop_requested()) return std::nullopt;
  }
  std::string answer;
  if (!std::getline(std::cin, answer)) return std::nullopt;
  return answer;
}

}  // namespace segue::cli
