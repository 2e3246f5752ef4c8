#include "cli/target.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/find_migration.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

constexpr const char* kKill = "--kill-blockers-after";
constexpr std::array<const char*, 4> kNeedReason = {"--force", "--abandon",
                                                    "--lossy", kKill};

// A lock is waited for this long beyond the time after which whoever holds it
// is ended.
constexpr std::chrono::seconds kAfterwards{30};

bool IsFile(const Context& context, const std::string& name) {
  try {
    FindMigration(context, ResolveSettings(context), name);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::string TargetOf(const Context& context, const std::string& active) {
  const std::string named = context.arguments.Value("NAME");
  if (!named.empty() || active.empty()) return named;
  const bool tells = context.arguments.Has("--yes") && !context.quiet();
  if (tells && !context.around.err_is_log) {
    context.around.err << "acting on " << active << ", the active migration\n";
  }
  return active;
}

int ForNamed(const Context& context, const std::function<int()>& act) {
  try {
    return act();
  } catch (const Error& error) {
    const std::string name = context.arguments.Value("NAME");
    const bool unknown =
        error.kind() == ErrorKind::kNotFound && !name.empty() &&
        std::string(error.what()).starts_with("no migration called '");
    if (!unknown || !IsFile(context, name)) throw;
    throw Error(ErrorKind::kRefused, error.what())
        .WithHint("'segue start " + name + "' begins it");
  }
}

std::string ReasonFor(const Context& context, const std::string& option) {
  const std::string reason = context.arguments.Value("--reason");
  const bool given = !base::Trim(reason).empty();
  const bool needed =
      std::any_of(kNeedReason.begin(), kNeedReason.end(),
                  [&](const char* one) { return context.arguments.Has(one); });
  if (given == needed) {
    return context.arguments.Has(option) ? reason : std::string();
  }
  throw Error(ErrorKind::kUsage,
              (context.arguments.Has(kKill) ? kKill : option) +
                  std::string(" and --reason TEXT go together"));
}

void ReadBlockerOptions(const Context& context, MigratorOptions& options) {
  options.kill_reason = ReasonFor(context, kKill);
  if (!context.arguments.Has(kKill)) return;
  options.kill_blockers_after =
      ParseTime(kKill, context.arguments.Value(kKill));
  options.lock_patience = std::max<std::chrono::milliseconds>(
      options.lock_patience, options.kill_blockers_after + kAfterwards);
}

}  // namespace segue::cli
