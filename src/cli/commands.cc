#include "cli/commands.h"

#include "base/append.h"
#include "base/text.h"
#include "cli/telemetry.h"
#include "ops/registry.h"
#include "report/recipe.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

OptionSpec AccessOption() {
  return {"--access",
          "MODE",
          "in_place or versioned; otherwise as the file or segue.yaml says",
          {"in_place", "versioned"}};
}

// Its help says that it repeats, because an option is listed once.
OptionSpec Repeating(const char* name, const char* value, const char* help) {
  OptionSpec option{name, value, std::string(help) + "; may be given again"};
  option.repeats = true;
  return option;
}

OptionSpec KeepVersionOption() {
  return Repeating("--keep-version", "NAME",
                   "an earlier version that lives on after complete");
}

OptionSpec DryRunOption() {
  return {"--dry-run", "", "walk through every step and execute none"};
}

OptionSpec NameOption() {
  return {"NAME",
          "NAME",
          "the migration that is meant; otherwise the active one",
          {},
          true};
}

OptionSpec KillOption() {
  return {"--kill-blockers-after", "TIME",
          "end idle transactions that are in the way for longer; needs "
          "--reason"};
}

OptionSpec FileOption() {
  return {"FILE", "FILE",
          "a migration file: a path, or its name or number in the migrations "
          "directory"};
}

OptionSpec ConfigOption() {
  return {"--config", "FILE", "the configuration (default segue.yaml)"};
}

OptionSpec DirOption() { return {"--dir", "DIR", "the migrations directory"}; }

std::vector<OptionSpec> NewOptionSpecs() {
  std::vector<std::string> operations;
  for (const ops::RegistryEntry& entry : ops::Registry()) {
    operations.emplace_back(entry.name);
  }
  return {{"NAME", "NAME", "what it is about; the number is put in front"},
          {"--operation", "OPERATION", "what the file begins with", operations},
          DirOption(),
          ConfigOption()};
}

OptionSpec ExplainOption(const std::string& help) {
  return {"--explain", "FILE", help};
}

// Appends the options for the log and the metrics to the command's own.
std::vector<OptionSpec> Logged(std::vector<OptionSpec> options) {
  base::Append(LogOptions(), options);
  return options;
}

std::vector<OptionSpec> Watched(std::vector<OptionSpec> options) {
  base::Append(MetricsOptions(), options);
  return Logged(std::move(options));
}

OptionSpec OnFailureOption() {
  return {"--on-failure",
          "ACTION",
          "after a failure that could be resumed: stop (default) or rollback",
          {"stop", "rollback"}};
}

OptionSpec ChunkTimeOption() {
  return {"--chunk-time", "TIME", "target time of a backfill chunk: 20ms"};
}

OptionSpec LockBudgetOption() {
  return {"--lock-budget", "TIME", "longest wait for a lock: 500ms"};
}

OptionSpec WorkersOption() {
  return {"--workers", "N",
          "workers that move rows at once, each in a session of its own"};
}

std::vector<OptionSpec> StartOptionSpecs() {
  return {FileOption(),
          DryRunOption(),
          {"--complete", "", "go on to complete when both versions are live"},
          AccessOption(),
          KeepVersionOption(),
          OnFailureOption(),
          ChunkTimeOption(),
          WorkersOption(),
          LockBudgetOption(),
          KillOption(),
          {"--reason", "TEXT", "why they are ended; kept in the history"},
          ExplainOption("keep how these queries run, for verify --explain")};
}

std::vector<OptionSpec> MigrateOptionSpecs() {
  return {
      {"--to", "NAME", "up to and including this migration"},
      DirOption(),
      {"--complete", "", "contract too, also what needs more than one plan"},
      {"--yes", "", "do not ask; needed with --complete without a terminal"},
      DryRunOption(),
      AccessOption(),
      KeepVersionOption(),
      OnFailureOption(),
      ChunkTimeOption(),
      WorkersOption(),
      LockBudgetOption()};
}

OptionSpec AcceptUnknownOption() {
  return {"--accept-unknown", "ITEMS",
          "items of the gate that may be unknown, separated by commas"};
}

OptionSpec SoakOption() {
  return {"--soak", "TIME",
          "how long nothing may have used the old version: 10m"};
}

OptionSpec AskedStandbyOption() {
  return Repeating("--standby", "URL",
                   "a standby to ask for uses and long queries, too");
}

std::vector<OptionSpec> GateOptionSpecs() {
  return {{"NAME", "NAME", "the active migration", {}, true},
          AcceptUnknownOption(),
          SoakOption(),
          AskedStandbyOption(),
          WorkersOption()};
}

std::vector<OptionSpec> CompleteOptionSpecs() {
  return {NameOption(),
          {"--yes", "", "do not ask; needed without a terminal"},
          {"--drop", "", "drop the old shape also before undo_window is over"},
          {"--wait", "", "stay until undo_window is over, then drop it"},
          {"--undo-on-errors", "",
           "with --wait: undo when the probe of a table fails or is slow"},
          {"--force", "", "drop also what is still in use; needs --reason"},
          KillOption(),
          {"--reason", "TEXT", "why that is right; kept in the history"},
          AcceptUnknownOption(),
          SoakOption(),
          AskedStandbyOption(),
          WorkersOption(),
          DryRunOption()};
}

std::vector<OptionSpec> UndoOptionSpecs() {
  return {NameOption(),
          {"--lossy", "",
           "also when the old shape cannot hold rows; needs --reason"},
          KillOption(),
          {"--reason", "TEXT", "why that is right; kept in the history"},
          DryRunOption()};
}

std::vector<OptionSpec> RollbackOptionSpecs() {
  return {NameOption(),
          DryRunOption(),
          {"--abandon", "",
           "leave what cannot be undone, and end it; needs --reason"},
          KillOption(),
          {"--reason", "TEXT", "why that is right; kept in the history"},
          {"--yes", "", "do not ask at a terminal"}};
}

std::vector<OptionSpec> VerifyOptionSpecs() {
  return {{"--repair", "", "derive rows that disagree again"},
          {"--strict", "",
           "list rows given both sides by the application; exit 8 if any"},
          Repeating("--standby", "URL",
                    "read the rows on this standby of the database"),
          ExplainOption("instead: how these queries run before and after"),
          WorkersOption()};
}

std::vector<OptionSpec> VersionsOptionSpecs() {
  return {
      {"ACTION",
       "ACTION",
       "refresh: make them follow the privileges of the tables; role: make a "
       "role that sees one; retire: take one away, and let it refuse; "
       "unpublish: take one away, and leave nothing; forget: remove what a "
       "retired one has left",
       {"refresh", "role", "retire", "unpublish", "forget"},
       true},
      {"NAME",
       "NAME",
       "the version (refresh: otherwise all); role: the role",
       {},
       true},
      {"--version", "NAME", "role: the version (default latest)"},
      {"--base-role", "NAME",
       "role: whose rights it has (default the URL's user)"},
      {"--force", "",
       "retire, unpublish: also while it is in use; needs --reason"},
      {"--reason", "TEXT", "why that is right; kept in the history"}};
}

std::vector<OptionSpec> InstanceOptionSpecs() {
  return {{"ACTION",
           "ACTION",
           "register, heartbeat, list or remove",
           {"register", "heartbeat", "list", "remove"}},
          {"ID", "ID", "the instance; for all but list", {}, true},
          {"--version", "V", "register: the version that it runs"},
          {"--ttl", "TIME",
           "register: how long it counts without a heartbeat (60s)"}};
}

std::vector<OptionSpec> PartitionsOptionSpecs() {
  return {
      {"ACTION", "ACTION", "ahead: make those that will be needed", {"ahead"}},
      {"TABLE", "TABLE", "a table divided by ranges", {}, true},
      {"--count", "N",
       "ranges after today, or the highest value, that there have to be "
       "(3)"},
      {"--interval", "LENGTH",
       "of each range, as '1 month'; otherwise that of the last one"}};
}

std::vector<OptionSpec> NodeOptionSpecs() {
  return {{"--envelope", "", "answers as {\"src\",\"dest\",\"body\"}"},
          {"--dir", "DIR", "migrations for a migrate without a phase"}};
}

std::vector<OptionSpec> CompletionOptionSpecs() {
  return {{"SHELL", "SHELL", "bash, zsh or fish", {"bash", "zsh", "fish"}},
          {"--list",
           "WHAT",
           "print the names the script asks for instead",
           {"environments", "migrations"}},
          DirOption(),
          ConfigOption()};
}

std::vector<OptionSpec> DemoOptionSpecs() {
  return {
      {"--trace", "", "the table as old and new code see it, phase by phase"},
      {"--naive", "", "what one ALTER TABLE does to running clients"},
      {"--live", "", "migrate a table while clients of both versions use it"},
      {"--rows", "N", "rows of the live demo's table"}};
}

// These commands lead from a file to the state in which both versions are live.
std::vector<Command> StartingCommands() {
  return {
      {"init",
       "write segue.yaml and the migrations directory",
       false,
       false,
       {{"--url", "URL", "the database of the environment written"},
        {"--config", "FILE", "where to write (default segue.yaml)"}},
       RunInit},
      {"new", "write the next migration file", false, false, NewOptionSpecs(),
       RunNew},
      {"plan",
       "show what a migration would do; changes nothing",
       true,
       false,
       {FileOption(),
        AccessOption(),
        KeepVersionOption(),
        {"--subscriber-sql", "",
         "instead: what to run on subscribers of published tables, and when"}},
       RunPlan},
      {"start", "expand and backfill until both versions are live", true, true,
       Watched(StartOptionSpecs()), RunStart},
      {"migrate", "start all pending migrations as one plan", true, true,
       Watched(MigrateOptionSpecs()), RunMigrate},
  };
}

// These commands are for an active migration, up to its end.
std::vector<Command> RunningCommands() {
  return {
      {"status", "where the active migration is", true, false, {}, RunStatus},
      {"watch",
       "live status, until both versions are live or it is over",
       true,
       false,
       {{"--until",
         "STATE",
         "ready (default) or complete",
         {"ready", "complete"}}},
       RunWatch},
      {"pause",
       "hold the running migration after its chunk",
       true,
       false,
       {NameOption()},
       RunPause},
      {"pace",
       "let the running migration move rows at a share of the full pace",
       true,
       false,
       {{"SHARE", "SHARE", "30%, or 100% for all that the throttle allows"},
        NameOption()},
       RunPace},
      {"resume", "go on; with no live runner, become it", true, true,
       Watched({NameOption(), WorkersOption()}), RunResume},
      {"work", "help the live runner to move rows, from anywhere", true, true,
       Logged({}), RunWork},
      {"cancel", "stop the running migration and roll it back", true, true,
       Logged({NameOption()}), RunCancel},
      {"verify", "prove that old and new agree, row by row", true, true,
       Logged(VerifyOptionSpecs()), RunVerify},
      {"gate", "what speaks against complete now; changes nothing", true, true,
       Logged(GateOptionSpecs()), RunGate},
      {"complete", "remove the old shape; the end of rollback", true, true,
       Watched(CompleteOptionSpecs()), RunComplete},
      {"undo", "undo a sealed complete; both versions are live again", true,
       true, Logged(UndoOptionSpecs()), RunUndo},
      {"rollback", "undo the active migration", true, true,
       Logged(RollbackOptionSpecs()), RunRollback},
  };
}

// These commands are about other things than one migration.
std::vector<Command> OtherCommands() {
  return {
      {"history",
       "what was done, oldest first",
       true,
       false,
       {{"--limit", "N", "only the newest N entries"}},
       RunHistory},
      {"versions", "the published versions", true, false, VersionsOptionSpecs(),
       RunVersions},
      {"url",
       "print the URL an application connects with",
       true,
       false,
       {{"--version", "NAME", "a published version, or latest"},
        {"--sql", "", "what each of its sessions runs instead"},
        {"--recipe", "CLIENT", "what to put where instead, for this client",
         report::RecipeNames()}},
       RunUrl},
      {"instance", "which version each application instance runs", true, false,
       InstanceOptionSpecs(), RunInstance},
      {"partitions", "make partitions ahead of time", true, false,
       PartitionsOptionSpecs(), RunPartitions},
      {"node", "answer migration messages, a line of JSON each", true, false,
       NodeOptionSpecs(), RunNode},
      {"demo", "watch a migration; needs no database", false, true,
       DemoOptionSpecs(), RunDemo},
      {"completion", "print a script that completes commands in a shell", false,
       false, CompletionOptionSpecs(), RunCompletion},
  };
}

// Help shows the commands in this order.
std::vector<Command> MakeTable() {
  std::vector<Command> table;
  for (const auto& part :
       {StartingCommands(), RunningCommands(), OtherCommands()}) {
    table.insert(table.end(), part.begin(), part.end());
  }
  return table;
}

}  // namespace

const std::vector<Command>& Commands() {
  static const std::vector<Command>& table =
      *new std::vector<Command>(MakeTable());
  return table;
}

const Command& FindCommand(const std::string& name) {
  std::vector<std::string> names = {"help"};
  for (const Command& command : Commands()) {
    if (command.name == name) return command;
    names.push_back(command.name);
  }
  std::string message = "unknown command \"" + name + "\"";
  const std::string near = base::Nearest(name, names);
  if (!near.empty()) message += "; did you mean " + near + "?";
  throw Error(ErrorKind::kUsage, message).WithHint("segue help");
}

const std::vector<OptionSpec>& ConnectionOptions() {
  static const std::vector<OptionSpec>& options = *new std::vector<OptionSpec>{
      {"--url", "URL", "sqlite:app.db or postgres://user@host/database"},
      {"--direct-url", "URL", "past a pooler, for what runs a migration"},
      {"--env", "NAME", "an environment of segue.yaml"},
      {"--schema", "NAME", "the schema to migrate (PostgreSQL: public)"},
      {"--role", "NAME", "the role to act as (SET ROLE)"},
      {"--config", "FILE", "the configuration (default segue.yaml)"}};
  return options;
}

const std::vector<OptionSpec>& OutputOptions() {
  static const std::vector<OptionSpec>& options = *new std::vector<OptionSpec>{
      {"--json", "", "one JSON object on standard output, errors too"},
      {"--quiet", "", "no progress on standard error"},
      {"--help", "", "show this"}};
  return options;
}

std::vector<OptionSpec> AllOptions(const Command& command) {
  std::vector<OptionSpec> all = command.options;
  if (command.connects) {
    all.insert(all.end(), ConnectionOptions().begin(),
               ConnectionOptions().end());
  }
  all.insert(all.end(), OutputOptions().begin(), OutputOptions().end());
  return all;
}

}  // namespace segue::cli
