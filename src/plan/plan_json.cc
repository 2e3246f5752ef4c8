// Writes and reads a plan as JSON, for the ledger and for programs. Empty
// members are left out.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "plan/plan_format1.h"
#include "plan/planned.h"
#include "segue/error.h"

namespace segue {
namespace {

// The members are ordered, so that a person can read the ledger from top to
// bottom.
using Json = nlohmann::ordered_json;

// The number is raised when an older segue could misread what a newer one has
// stored.
constexpr int kFormat = 2;

// --- writing ---

void Put(Json& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = text;
}

void Put(Json& to, const char* key, const std::vector<std::string>& texts) {
  if (!texts.empty()) to[key] = texts;
}

void Put(Json& to, const char* key, const std::vector<Statement>& statements) {
  if (statements.empty()) return;
  Json& list = to[key] = Json::array();
  for (const Statement& statement : statements) {
    Json item = {{"sql", statement.sql}};
    if (statement.expect_rows) item["expect_rows"] = *statement.expect_rows;
    Put(item, "only_if", statement.only_if);
    list.push_back(std::move(item));
  }
}

void Put(Json& to, const char* key, const RangeSql& range) {
  Json item = Json::object();
  Put(item, "all", range.all);
  Put(item, "after", range.after);
  Put(item, "upto", range.upto);
  Put(item, "between", range.between);
  if (!item.empty()) to[key] = std::move(item);
}

void Put(Json& to, const char* key, const LockNeed& lock) {
  Json item = Json::object();
  Put(item, "mode", lock.mode);
  Put(item, "object", lock.object);
  if (lock.budget.count() != 0) item["budget_ms"] = lock.budget.count();
  Put(item, "hold", lock.hold);
  if (lock.strength != 0) item["strength"] = lock.strength;
  if (!item.empty()) to[key] = std::move(item);
}

Json WalkJson(const WalkSql& walk) {
  Json to = Json::object();
  Put(to, "table", walk.table);
  Put(to, "key_columns", walk.key_columns);
  Put(to, "statement", walk.statement);
  Put(to, "cuts", walk.cuts);
  Put(to, "next_bound", walk.next_bound);
  Put(to, "last", walk.last);
  to["writes"] = walk.writes;
  Put(to, "estimated_rows", walk.estimated_rows);
  Put(to, "when_refused", walk.when_refused);
  Put(to, "share", walk.share);
  if (walk.shares != 1) to["shares"] = walk.shares;
  return to;
}

void Put(Json& to, const char* key, const std::optional<WalkSql>& walk) {
  if (walk) to[key] = WalkJson(*walk);
}

void Put(Json& to, const char* key, const std::vector<WalkSql>& walks) {
  if (walks.empty()) return;
  Json& list = to[key] = Json::array();
  for (const WalkSql& walk : walks) list.push_back(WalkJson(walk));
}

Json MotionJson(const MotionSql& motion) {
  Json to = {{"name", motion.name}};
  Put(to, "table", motion.table);
  Put(to, "parts", motion.parts);
  Put(to, "fill", motion.fill);
  Put(to, "repair", motion.repair);
  Put(to, "settle", motion.settle);
  Put(to, "retreat", motion.retreat);
  Put(to, "verify", motion.verify);
  Put(to, "marked", motion.marked);
  Put(to, "verify_sealed", motion.verify_sealed);
  Put(to, "marked_sealed", motion.marked_sealed);
  Put(to, "both_given", motion.both_given);
  Put(to, "count_left", motion.count_left);
  Put(to, "reclaim", motion.reclaim);
  Put(to, "after_fill", motion.after_fill);
  return to;
}

Json HeirJson(const plan::Heir& heir) {
  return {{"table", heir.table},
          {"column", heir.column},
          {"heir", heir.heir},
          {"name", heir.name},
          {"own_default", heir.own_default},
          {"both_written", heir.both_written}};
}

Json ActionJson(const PlannedAction& action) {
  Json to = {{"kind", ToString(action.kind)}};
  Put(to, "description", action.description);
  Put(to, "forward", action.forward);
  Put(to, "undo", action.undo);
  Put(to, "probe", action.probe);
  Put(to, "missing", action.missing);
  Put(to, "cleanup", action.cleanup);
  Put(to, "objections", action.objections);
  Put(to, "undo_objections", action.undo_objections);
  Put(to, "holders", action.holders);
  Put(to, "progress", action.progress);
  Put(to, "usage", action.usage);
  Put(to, "inventory", action.inventory);
  Put(to, "inventory_lock", action.inventory_lock);
  if (action.heir) to["heir"] = HeirJson(*action.heir);
  Put(to, "grants", action.grants);
  Put(to, "shape", action.shape);
  Put(to, "lock", action.lock);
  to["transactional"] = action.transactional;
  to["reversible"] = action.reversible;
  to["unit"] = action.unit;
  Put(to, "motion", action.motion);
  return to;
}

Json StepJson(const Step& step) {
  Json to = {{"phase", ToString(step.phase)},
             {"description", step.description},
             {"executed", step.executed},
             {"rolled_back", step.rolled_back}};
  if (step.phase == Phase::kContracting) {
    to["stage"] = ToString(step.stage);
    Json& removes = to["removes"] = Json::array();
    for (const ColumnName& name : step.removes) {
      removes.push_back({{"table", name.table}, {"column", name.column}});
    }
  }
  Put(to, "notes", step.notes);
  Json& actions = to["actions"] = Json::array();
  for (const PlannedAction& action : step.actions) {
    actions.push_back(ActionJson(action));
  }
  return to;
}

Json GaugeJson(const Gauge& gauge) {
  Json to = {{"table", gauge.table}, {"probe", gauge.probe}};
  for (const Gauge::Index& index : gauge.indexes) {
    Json item = {{"name", index.name}};
    Put(item, "scans", index.scans);
    to["indexes"].push_back(std::move(item));
  }
  return to;
}

Json EstimateJson(const MotionEstimate& estimate) {
  Json to = {
      {"table", estimate.table},          {"motion", estimate.motion},
      {"chosen", estimate.chosen},        {"rows", estimate.rows},
      {"seconds", estimate.seconds},      {"log_bytes", estimate.log_bytes},
      {"disk_bytes", estimate.disk_bytes}};
  Put(to, "why", estimate.why);
  return to;
}

Json PlanJson(const Plan& plan) {
  Json to = {{"format", kFormat},
             {"id", plan.id},
             {"title", plan.title},
             {"access", ToString(plan.access)}};
  Put(to, "version", plan.version);
  Put(to, "version_schema", plan.version_schema);
  if (plan.on_transform_error != OnTransformError::kRefuse) {
    to["on_transform_error"] = ToString(plan.on_transform_error);
  }
  if (plan.undo_window.count() > 0) {
    to["undo_window_seconds"] = plan.undo_window.count();
  }
  Put(to, "kept_versions", plan.kept_versions);
  Put(to, "notes", plan.notes);
  Json& steps = to["steps"] = Json::array();
  for (const Step& step : plan.steps) steps.push_back(StepJson(step));
  for (const MotionSql& motion : plan.motions) {
    to["motions"].push_back(MotionJson(motion));
  }
  for (const Gauge& gauge : plan.gauges) {
    to["gauges"].push_back(GaugeJson(gauge));
  }
  for (const Removal& removal : plan.removals) {
    Json item = {{"table", removal.table}};
    Put(item, "foreign_key", removal.foreign_key);
    to["removals"].push_back(std::move(item));
  }
  for (const MotionEstimate& estimate : plan.estimates) {
    to["estimates"].push_back(EstimateJson(estimate));
  }
  return to;
}

// --- reading ---

std::string Text(const Json& from, const char* key) {
  return from.value(key, std::string());
}

std::vector<std::string> Texts(const Json& from, const char* key) {
  return from.value(key, std::vector<std::string>());
}

std::vector<Statement> Statements(const Json& from, const char* key) {
  std::vector<Statement> statements;
  if (!from.contains(key)) return statements;
  for (const Json& item : from.at(key)) {
    Statement statement{item.at("sql").get<std::string>(), std::nullopt};
    if (item.contains("expect_rows")) {
      statement.expect_rows = item.at("expect_rows").get<std::int64_t>();
    }
    statement.only_if = Text(item, "only_if");
    statements.push_back(std::move(statement));
  }
  return statements;
}

RangeSql Range(const Json& from, const char* key) {
  if (!from.contains(key)) return {};
  const Json& item = from.at(key);
  return {Text(item, "all"), Text(item, "after"), Text(item, "upto"),
          Text(item, "between")};
}

LockNeed Lock(const Json& from) {
  if (!from.contains("lock")) return {};
  const Json& item = from.at("lock");
  const std::string mode = Text(item, "mode");
  return {mode, Text(item, "object"),
          std::chrono::milliseconds(item.value("budget_ms", std::int64_t{0})),
          Text(item, "hold"), item.value("strength", plan::StrengthOf(mode))};
}

WalkSql WalkFrom(const Json& from) {
  WalkSql walk;
  walk.table = Text(from, "table");
  walk.key_columns = Texts(from, "key_columns");
  walk.statement = Range(from, "statement");
  walk.cuts = Text(from, "cuts");
  walk.next_bound = Range(from, "next_bound");
  walk.last = Text(from, "last");
  walk.writes = from.at("writes").get<bool>();
  walk.estimated_rows = Text(from, "estimated_rows");
  walk.when_refused = Range(from, "when_refused");
  walk.share = Range(from, "share");
  walk.shares = from.value("shares", 1);
  return walk;
}

std::optional<WalkSql> OneWalk(const Json& from, const char* key) {
  if (!from.contains(key)) return std::nullopt;
  return WalkFrom(from.at(key));
}

std::vector<WalkSql> Walks(const Json& from, const char* key) {
  std::vector<WalkSql> walks;
  if (!from.contains(key)) return walks;
  for (const Json& walk : from.at(key)) walks.push_back(WalkFrom(walk));
  return walks;
}

MotionSql MotionFrom(const Json& from) {
  MotionSql motion;
  motion.name = from.at("name").get<std::string>();
  motion.table = Text(from, "table");
  motion.parts = Texts(from, "parts");
  motion.fill = OneWalk(from, "fill");
  motion.repair = OneWalk(from, "repair");
  motion.settle = OneWalk(from, "settle");
  motion.retreat = OneWalk(from, "retreat");
  motion.verify = Walks(from, "verify");
  motion.marked = Walks(from, "marked");
  motion.verify_sealed = Walks(from, "verify_sealed");
  motion.marked_sealed = Walks(from, "marked_sealed");
  motion.both_given = Walks(from, "both_given");
  motion.count_left = Text(from, "count_left");
  motion.reclaim = Text(from, "reclaim");
  motion.after_fill = Text(from, "after_fill");
  return motion;
}

ActionKind KindFromString(const std::string& text) {
  for (const ActionKind kind :
       {ActionKind::kSchema, ActionKind::kBackfill, ActionKind::kVerify,
        ActionKind::kVerifyUnmarked, ActionKind::kSettle,
        ActionKind::kRetreat}) {
    if (ToString(kind) == text) return kind;
  }
  throw Error(ErrorKind::kCorrupt,
              base::Quoted(text, '\'') + " is not a kind of action");
}

Access StoredAccess(const std::string& text) {
  for (const Access access : {Access::kInPlace, Access::kVersioned}) {
    if (ToString(access) == text) return access;
  }
  throw Error(ErrorKind::kCorrupt,
              base::Quoted(text, '\'') + " is not a kind of access");
}

plan::Heir HeirFrom(const Json& from) {
  return {
      from.at("table").get<std::string>(), from.at("column").get<std::string>(),
      from.at("heir").get<std::string>(),  from.at("name").get<std::string>(),
      from.at("own_default").get<bool>(),  from.at("both_written").get<bool>()};
}

PlannedAction ActionFrom(const Json& from) {
  PlannedAction action;
  action.kind = KindFromString(from.at("kind").get<std::string>());
  action.description = Text(from, "description");
  action.forward = Statements(from, "forward");
  action.undo = Statements(from, "undo");
  action.probe = Text(from, "probe");
  action.missing = Text(from, "missing");
  action.cleanup = Statements(from, "cleanup");
  action.objections = Text(from, "objections");
  action.undo_objections = Text(from, "undo_objections");
  action.holders = Text(from, "holders");
  action.progress = Text(from, "progress");
  action.usage = Text(from, "usage");
  action.inventory = Text(from, "inventory");
  action.inventory_lock = Text(from, "inventory_lock");
  if (from.contains("heir")) action.heir = HeirFrom(from.at("heir"));
  action.grants = Text(from, "grants");
  action.shape = Text(from, "shape");
  action.lock = Lock(from);
  action.transactional = from.at("transactional").get<bool>();
  action.reversible = from.at("reversible").get<bool>();
  action.unit = from.at("unit").get<int>();
  action.motion = Text(from, "motion");
  return action;
}

Stage StageFromString(const std::string& text) {
  for (const Stage stage : {Stage::kSeal, Stage::kDrop}) {
    if (ToString(stage) == text) return stage;
  }
  throw Error(ErrorKind::kCorrupt,
              base::Quoted(text, '\'') + " is not a stage of a contract");
}

std::vector<ColumnName> RemovesFrom(const Json& from) {
  std::vector<ColumnName> removes;
  for (const Json& name : from) {
    removes.push_back({name.at("table").get<std::string>(),
                       name.at("column").get<std::string>()});
  }
  return removes;
}

// A plan that is older than the list has the columns only in the text of the
// step.
std::vector<ColumnName> RemovesFromWords(std::string_view words) {
  constexpr std::string_view kBegin = "Drop old column '";
  constexpr std::string_view kMiddle = "' from '";
  const std::size_t middle = words.rfind(kMiddle);
  const bool drops = words.starts_with(kBegin) && words.ends_with('\'') &&
                     middle != std::string_view::npos;
  if (!drops) return {};
  const std::string_view rest = words.substr(middle + kMiddle.size());
  return {{std::string(rest.substr(0, rest.size() - 1)),
           std::string(words.substr(kBegin.size(), middle - kBegin.size()))}};
}

Step StepFrom(const Json& from) {
  Step step;
  step.phase = PhaseFromString(from.at("phase").get<std::string>());
  step.description = from.at("description").get<std::string>();
  step.executed = from.at("executed").get<bool>();
  step.rolled_back = from.at("rolled_back").get<bool>();
  if (step.phase == Phase::kContracting) {
    step.stage = StageFromString(from.at("stage").get<std::string>());
    step.removes = from.contains("removes")
                       ? RemovesFrom(from.at("removes"))
                       : RemovesFromWords(step.description);
  }
  step.notes = Texts(from, "notes");
  for (const Json& action : from.at("actions")) {
    step.actions.push_back(ActionFrom(action));
  }
  return step;
}

Gauge GaugeFrom(const Json& from) {
  Gauge gauge;
  gauge.table = from.at("table").get<std::string>();
  gauge.probe = Text(from, "probe");
  if (!from.contains("indexes")) return gauge;
  for (const Json& item : from.at("indexes")) {
    gauge.indexes.push_back(
        {item.at("name").get<std::string>(), Text(item, "scans")});
  }
  return gauge;
}

MotionEstimate EstimateFrom(const Json& from) {
  MotionEstimate estimate;
  estimate.table = from.at("table").get<std::string>();
  estimate.motion = from.at("motion").get<std::string>();
  estimate.chosen = from.at("chosen").get<bool>();
  estimate.rows = from.at("rows").get<std::int64_t>();
  estimate.seconds = from.at("seconds").get<double>();
  estimate.log_bytes = from.at("log_bytes").get<std::int64_t>();
  estimate.disk_bytes = from.at("disk_bytes").get<std::int64_t>();
  estimate.why = Text(from, "why");
  return estimate;
}

Removal RemovalFrom(const Json& from) {
  return {from.at("table").get<std::string>(), Text(from, "foreign_key")};
}

// A plan without such items has no such member.
template <typename T>
void ReadEach(const Json& from, const char* key, T (*read)(const Json&),
              std::vector<T>& items) {
  if (!from.contains(key)) return;
  for (const Json& item : from.at(key)) items.push_back(read(item));
}

Plan PlanFrom(Json from) {
  const int format = from.at("format").get<int>();
  if (format > kFormat) {
    const Json& id = from.at("id");
    throw Error(ErrorKind::kRefused,
                "the plan of migration '" + id.get<std::string>() +
                    "' was written by a newer segue (format " +
                    std::to_string(format) + "; this one reads up to " +
                    std::to_string(kFormat) + ")")
        .WithHint("use that version or a newer one; nothing was changed");
  }
  if (format == 1) plan::UpgradeFromFormat1(from);
  Plan plan;
  plan.id = from.at("id").get<std::string>();
  plan.title = from.at("title").get<std::string>();
  plan.access = StoredAccess(from.at("access").get<std::string>());
  plan.version = Text(from, "version");
  plan.version_schema = Text(from, "version_schema");
  if (from.contains("on_transform_error")) {
    plan.on_transform_error = OnTransformErrorFromString(
        from.at("on_transform_error").get<std::string>());
  }
  plan.undo_window =
      std::chrono::seconds(from.value("undo_window_seconds", std::int64_t{0}));
  plan.kept_versions = Texts(from, "kept_versions");
  plan.notes = Texts(from, "notes");
  for (const Json& step : from.at("steps")) {
    plan.steps.push_back(StepFrom(step));
  }
  ReadEach(from, "motions", MotionFrom, plan.motions);
  ReadEach(from, "gauges", GaugeFrom, plan.gauges);
  ReadEach(from, "removals", RemovalFrom, plan.removals);
  ReadEach(from, "estimates", EstimateFrom, plan.estimates);
  return plan;
}

}  // namespace

std::string ToJson(const Plan& plan, int indent) {
  try {
    return PlanJson(plan).dump(indent);
  } catch (const Json::exception& error) {
    // This is the only way to fail: a text that is not UTF-8.
    throw Error(ErrorKind::kRefused, "The plan of " + plan.id +
                                         " cannot be stored: " + error.what());
  }
}

Plan PlanFromJson(std::string_view json) {
  try {
    return PlanFrom(Json::parse(json));
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kCorrupt,
                std::string("The stored plan cannot be read: ") + error.what());
  }
}

}  // namespace segue
