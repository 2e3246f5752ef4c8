#include "tests/support/process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "tests/support/built.h"

extern char** environ;

namespace segue::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Output goes to files in memory. A pipe would fill up and block the program
// while the test waits for its end.
int MemoryFile(const char* name) {
  int fd = ::memfd_create(name, MFD_CLOEXEC);
  if (fd < 0) throw std::runtime_error("memfd_create failed");
  return fd;
}

std::string Contents(int fd) {
  std::string text;
  char buffer[8192];
  for (;;) {
    ssize_t n =
        ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (n <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

int InputFile(const std::string& text) {
  int fd = MemoryFile("stdin");
  if (::pwrite(fd, text.data(), text.size(), 0) !=
      static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("cannot write the input of a program");
  }
  return fd;
}

std::vector<std::string> Environment(const Command& command) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* equals = std::strchr(*entry, '=');
    if (equals != nullptr) {
      merged[std::string(*entry, static_cast<std::size_t>(equals - *entry))] =
          equals + 1;
    }
  }
  for (const auto& [key, value] : command.environment) merged[key] = value;
  std::vector<std::string> lines;
  for (const auto& [key, value] : merged) lines.push_back(key + "=" + value);
  return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Everything that the child needs is prepared before the fork, because after it
// a program with threads may make async-signal-safe calls only.
struct Launch {
  const Command& command;
  Account account;
  pid_t parent;
  int in, out, err;
  char** argv;
  char** envp;
};

[[noreturn]] void BecomeChild(const Launch& launch) {
  ::dup2(launch.in, 0);
  ::dup2(launch.out, 1);
  ::dup2(launch.err, 2);
  if (launch.command.unprivileged && ::geteuid() == 0) {
    // These are raw system calls, because glibc's wrappers would try to reach
    // other threads.
    if (::syscall(SYS_setgroups, 0, nullptr) != 0 ||
        ::syscall(SYS_setgid, launch.account.group) != 0 ||
        ::syscall(SYS_setuid, launch.account.user) != 0) {
      ::_exit(126);
    }
  }
  // This comes after the change of the user, which would reset it.
  ::prctl(PR_SET_PDEATHSIG, launch.command.death_signal);
  if (::getppid() != launch.parent) ::_exit(126);
  if (!launch.command.directory.empty() &&
      ::chdir(launch.command.directory.c_str()) != 0) {
    ::_exit(126);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvpe(launch.argv[0], launch.argv, launch.envp);
  ::_exit(127);
}

}  // namespace

Account UnprivilegedAccount() {
  if (::geteuid() != 0) return {::geteuid(), ::getegid()};
  for (const char* name : {"postgres", "nobody"}) {
    const passwd* entry = ::getpwnam(name);
    if (entry != nullptr) return {entry->pw_uid, entry->pw_gid};
  }
  throw std::runtime_error("neither user postgres nor nobody exists");
}

Process::Process(const Command& command) {
  out_fd_ = MemoryFile("stdout");
  err_fd_ = MemoryFile("stderr");
  int in_fd = InputFile(command.input);
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> environment = Environment(command);
  std::vector<char*> argv = Pointers(arguments);
  std::vector<char*> envp = Pointers(environment);
  Account account = command.unprivileged ? UnprivilegedAccount() : Account{};
  Launch launch{command, account, ::getpid(),  in_fd,
                out_fd_, err_fd_, argv.data(), envp.data()};
  pid_ = ::fork();
  if (pid_ == 0) BecomeChild(launch);
  ::close(in_fd);
  if (pid_ < 0) throw std::runtime_error("fork failed");
  pid_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

Process::~Process() {
  if (!ended_ && pid_ > 0) {
    Kill(SIGKILL);
    Reap(std::chrono::seconds(10));
  }
  for (int fd : {pid_fd_, out_fd_, err_fd_}) {
    if (fd >= 0) ::close(fd);
  }
}

bool Process::Reap(milliseconds limit) {
  if (ended_) return true;
  auto deadline = steady_clock::now() + limit;
  for (;;) {
    int status = 0;
    pid_t got = ::waitpid(pid_, &status, WNOHANG);
    if (got == pid_) {
      ended_ = true;
      exit_code_ =
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      return true;
    }
    auto left = std::chrono::duration_cast<milliseconds>(deadline -
                                                         steady_clock::now());
    if (left.count() <= 0) return false;
    if (pid_fd_ >= 0) {
      pollfd poll{pid_fd_, POLLIN, 0};
      ::poll(&poll, 1, static_cast<int>(left.count()));
    } else {  // the kernel has no pidfd_open
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
}

bool Process::running() { return !Reap(milliseconds(0)); }

void Process::Kill(int signal) {
  if (!ended_ && pid_ > 0) ::kill(pid_, signal);
}

Finished Process::Wait(milliseconds limit) {
  if (!Reap(limit)) {
    Kill(SIGKILL);
    Reap(std::chrono::seconds(10));
    throw std::runtime_error("a program did not end in time; its errors: " +
                             Err());
  }
  return {exit_code_, Out(), Err()};
}

std::string Process::Out() const { return Contents(out_fd_); }
std::string Process::Err() const { return Contents(err_fd_); }

void Process::WaitForOutput(const std::string& text, milliseconds limit) {
  auto deadline = steady_clock::now() + limit;
  for (;;) {
    bool ended = Reap(milliseconds(2));  // before the read, or output is lost
    if ((Out() + "\n" + Err()).find(text) != std::string::npos) return;
    if (ended || steady_clock::now() >= deadline) {
      throw std::runtime_error("waited in vain for '" + text +
                               "' in: " + Out() + Err());
    }
  }
}

Finished RunCommand(const Command& command, milliseconds limit) {
  return Process(command).Wait(limit);
}

std::string OutputOf(const Command& command) {
  Finished finished = RunCommand(command);
  if (finished.exit_code != 0) {
    throw std::runtime_error(command.argv[0] + " exited with " +
                             std::to_string(finished.exit_code) + ": " +
                             finished.err);
  }
  return finished.out;
}

Command SegueCommand(const std::vector<std::string>& arguments) {
  Command command;
  command.argv = {SegueProgram()};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return command;
}

Finished RunSegue(const std::vector<std::string>& arguments,
                  const std::string& input) {
  Command command = SegueCommand(arguments);
  command.input = input;
  return RunCommand(command);
}

}  // namespace segue::test
