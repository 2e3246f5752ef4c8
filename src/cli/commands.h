// The table of commands: the one place that lists them. One function per
// command, each in the file of its name; they call Migrator and hold no SQL.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/context.h"

namespace segue::cli {

struct Command {
  std::string name;
  std::string summary;
  // Connects to a database, so takes the options that say to which.
  bool connects = true;
  // Finishes its chunk on the first Ctrl-C; the others simply end.
  bool stops_orderly = false;
  std::vector<OptionSpec> options;  // its own
  // Returns the exit code; errors are thrown.
  int (*run)(const Context& context) = nullptr;
};

const std::vector<Command>& Commands();

// Throws Error{kUsage} naming the nearest command.
const Command& FindCommand(const std::string& name);

// Its own options, then those common to all.
std::vector<OptionSpec> AllOptions(const Command& command);
// Options that stand for every command that connects.
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
int RunComplete(const Context& context);
int RunRollback(const Context& context);
int RunHistory(const Context& context);
int RunVersions(const Context& context);
int RunUrl(const Context& context);
int RunDemo(const Context& context);
int RunInstance(const Context& context);
int RunNode(const Context& context);
int RunCompletion(const Context& context);

}  // namespace segue::cli
