// The table of commands, which is the only list of them. Each command is a
// function in a file of its own; it calls Migrator and holds no SQL.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/context.h"

namespace segue::cli {

struct Command {
  std::string name;
  std::string summary;
  // True for a command that connects to a database and takes the options that
  // name it.
  bool connects = true;
  // True for a command that finishes its chunk after the first Ctrl-C; the
  // others end at once.
  bool stops_orderly = false;
  std::vector<OptionSpec> options;  // options of this command only
  // Returns the exit code, and throws errors.
  int (*run)(const Context& context) = nullptr;
};

const std::vector<Command>& Commands();

// Throws Error{kUsage}, which names the nearest command.
const Command& FindCommand(const std::string& name);

// Returns the command's own options, followed by those that all commands have.
std::vector<OptionSpec> AllOptions(const Command& command);
// Returns the options of every command that connects.
const std::vector<OptionSpec>& ConnectionOptions();
const std::vector<OptionSpec>& OutputOptions();

int RunInit(const Context& context);
int RunPlan(const Context& context);
int RunStart(const Context& context);
int RunNew(const Context& context);
int RunMigrate(const Context& context);
int RunStatus(const Context& context);
int RunWatch(const Context& context);
int RunPause(const Context& context);
int RunPace(const Context& context);
int RunResume(const Context& context);
int RunWork(const Context& context);
int RunCancel(const Context& context);
int RunVerify(const Context& context);
int RunGate(const Context& context);
int RunComplete(const Context& context);
int RunUndo(const Context& context);
int RunRollback(const Context& context);
int RunHistory(const Context& context);
int RunVersions(const Context& context);
int RunUrl(const Context& context);
int RunDemo(const Context& context);
int RunInstance(const Context& context);
int RunNode(const Context& context);
int RunPartitions(const Context& context);
int RunCompletion(const Context& context);

}  // namespace segue::cli
