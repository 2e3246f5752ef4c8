// Runs other programs in tests: the segue binary, pg_dump, a server.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace segue::test {

struct Command {
  std::vector<std::string> argv = {};                   // argv[0]: path or name
  std::map<std::string, std::string> environment = {};  // added to our own
  std::string input = {};                               // its standard input
  std::string directory = {};                           // empty: ours
  // When the tests run as root, the program runs as `postgres`, otherwise as
  // `nobody`, because a PostgreSQL server refuses to run as root.
  bool unprivileged = false;
  // The signal that the kernel sends to the program when the thread that
  // started it dies, so that no program outlives a test program that crashed.
  int death_signal = SIGKILL;
};

// A program that takes longer than this hangs. The limit is ample, because the
// machine may be busy with other suites.
constexpr std::chrono::minutes kPatience{5};

struct Finished {
  int exit_code = 0;  // 128 + n when signal n ended it
  std::string out;
  std::string err;
};

// A running program, which the destructor kills. Not thread-safe, except that
// another thread may call Kill while the owner waits.
class Process {
 public:
  explicit Process(const Command& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void Kill(int signal);
  // Waits for the end of the program. Kills it and throws when it does not end
  // in time.
  Finished Wait(std::chrono::milliseconds limit = kPatience);
  // Returns what the program has written so far.
  std::string Out() const;
  std::string Err() const;
  // Returns once `text` occurs in the program's output or errors. Throws when
  // the program ends, or the time is up, before that.
  void WaitForOutput(const std::string& text,
                     std::chrono::milliseconds limit = std::chrono::minutes(1));

 private:
  // Returns true when the program has ended within `limit`.
  bool Reap(std::chrono::milliseconds limit);

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  bool ended_ = false;
  int exit_code_ = 0;
};

Finished RunCommand(const Command& command,
                    std::chrono::milliseconds limit = kPatience);

// Runs the command and returns its output. Throws with its errors unless it
// exits with 0.
std::string OutputOf(const Command& command);

// The user and group for `Command::unprivileged`; our own when we are not root.
struct Account {
  uid_t user;
  gid_t group;
};
Account UnprivilegedAccount();

// Returns a command that runs the segue program of this build with these
// arguments.
Command SegueCommand(const std::vector<std::string>& arguments);
Finished RunSegue(const std::vector<std::string>& arguments,
                  const std::string& input = "");

}  // namespace segue::test
