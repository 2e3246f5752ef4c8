// The context of a command: its arguments, and a seam to the outside world,
// with which tests decide about the environment and the user's answers.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include "cli/arguments.h"
#include "segue/cancel.h"

namespace segue::cli {

struct Surroundings {
  std::ostream& out;  // for results
  std::ostream& err;  // for progress, questions and errors
  // The folder from which relative paths start. When it is empty, they start
  // from the current directory, and messages name files as the user did.
  std::filesystem::path directory;
  // Returns an environment variable; nullopt when it is not set.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  // Asks the user a question and returns the answer; nullopt when the user
  // left. Empty when there is no terminal.
  std::function<std::optional<std::string>(const std::string& question)> ask =
      {};
  bool err_is_terminal = false;
  bool watch_signals = false;  // the whole process, not a test
  bool out_is_terminal = false;
  // True when `err` has the structured log, with which nothing else may be
  // mixed.
  bool err_is_log = false;
};

class Telemetry;

struct Context {
  Surroundings& around;
  const Arguments& arguments;
  CancelToken& cancel;
  Telemetry* telemetry = nullptr;  // null: none

  bool json() const { return arguments.Has("--json"); }
  bool quiet() const { return arguments.Has("--quiet"); }
};

}  // namespace segue::cli
