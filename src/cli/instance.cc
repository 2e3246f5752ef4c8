// segue instance: registers which version each application instance runs.
#include <chrono>

#include "cli/commands.h"
#include "cli/settings.h"
#include "report/json.h"
#include "report/lists.h"
#include "segue/error.h"
#include "segue/instances.h"

namespace segue::cli {

namespace {

std::string Required(const Context& context, const std::string& name) {
  if (context.arguments.Has(name)) return context.arguments.Value(name);
  throw Error(ErrorKind::kUsage,
              "instance " + context.arguments.Value("ACTION") + " needs " +
                  (name.front() == '-' ? name : "an " + name))
      .WithHint("segue help instance");
}

std::chrono::seconds TimeToLive(const Context& context) {
  const std::string text = context.arguments.Value("--ttl", "60s");
  return std::chrono::duration_cast<std::chrono::seconds>(
      ParseTime("--ttl", text));
}

int Print(const Context& context, const std::vector<InstanceInfo>& instances) {
  if (context.json()) {
    context.around.out << report::InstancesJson(instances) << "\n";
  } else {
    context.around.out << report::InstancesText(instances);
  }
  return 0;
}

int Remove(const Context& context, Instances& instances) {
  const std::string id = Required(context, "ID");
  if (!instances.Remove(id)) {
    throw Error(ErrorKind::kNotFound,
                "instance '" + id + "' is not registered");
  }
  if (context.json()) {
    context.around.out << report::ObjectJson({{"removed", id}}) << "\n";
  } else {
    context.around.out << "Instance " << id << " is removed.\n";
  }
  return 0;
}

}  // namespace

int RunInstance(const Context& context) {
  const std::string action = context.arguments.Value("ACTION");
  // A missing argument is reported before the command connects.
  if (action != "list") Required(context, "ID");
  if (action == "register") Required(context, "--version");
  const std::chrono::seconds ttl = TimeToLive(context);
  Database database = Database::Open(ResolveSettings(context).database);
  Instances instances(database);
  if (action == "list") return Print(context, instances.List());
  if (action == "remove") return Remove(context, instances);
  const std::string id = context.arguments.Value("ID");
  if (action == "heartbeat") return Print(context, {instances.Heartbeat(id)});
  const std::string version = context.arguments.Value("--version");
  return Print(context, {instances.Register(id, version, ttl)});
}

}  // namespace segue::cli
