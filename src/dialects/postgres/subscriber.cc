#include "dialects/postgres/subscriber.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "base/append.h"
#include "base/text.h"
#include "dialects/postgres/column_text.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "plan/names.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

using Group = db::PlannedChanges::Group;

constexpr const char* kBefore =
    "Before 'segue start'. An index or a constraint that the subscriber has of "
    "its own over a column that is replaced goes with it at complete: make it "
    "over the new column first. NOT NULL and defaults are yours to set there.";
constexpr const char* kAtComplete =
    "When the subscriber waits for it: after 'segue complete' its worker stops "
    "at the first change of the new shape, says that segue has completed or "
    "which name or type it does not know, and tries again every few seconds. "
    "Without such a change: once the subscriber has all that "
    "was written before (confirmed_flush_lsn of its slot). Not earlier. With "
    "disable_on_error, enable the subscription afterwards.";
constexpr const char* kTakenBack =
    "Only where 'at complete' was run for it and 'segue rollback' came after, "
    "when the subscriber waits again.";
constexpr const char* kAfter =
    "Once the subscriber has all that was written before the end of 'segue "
    "complete'.";
constexpr const char* kRolledBack =
    "Instead, after 'segue rollback', once the subscriber has all that was "
    "written before, or waits.";

void Append(const std::vector<Statement>& statements,
            std::vector<std::string>& sql) {
  for (const Statement& statement : statements) sql.push_back(statement.sql);
}

bool IsOurs(const std::string& column) {
  return column.starts_with(plan::kOurs);
}

// A trigger of the subscriber's, for a column that takes the name of another at
// complete: the worker has to stop between the last change of the old shape and
// the first one of the new shape, whose values are not meant for the column
// that has the name until then. Each change of the old shape gives the
// provenance, which is never NULL; the trigger forgets it again, so that it is
// NULL in the first change that does not give it.
struct Barrier {
  schema::TableName table;
  std::string provenance;

  std::string Trigger() const {
    return Ident(base::ShortName("~segue_wait_" + provenance, kMaxIdentifier));
  }
  std::string Function() const {
    return Name(
        {table.schema, base::ShortName("~segue_wait_" + table.name + provenance,
                                       kMaxIdentifier)});
  }
  void Build(std::vector<std::string>& sql) const {
    const std::string given = "NEW." + Ident(provenance);
    sql.push_back("CREATE FUNCTION " + Function() +
                  "() RETURNS trigger LANGUAGE plpgsql AS $segue$ BEGIN IF " +
                  given +
                  " IS NULL THEN RAISE EXCEPTION 'segue: the publisher has "
                  "completed or rolled back the migration of table %', "
                  "TG_TABLE_NAME USING HINT = 'run the next part of segue plan "
                  "--subscriber-sql here'; END IF; " +
                  given + " := NULL; RETURN NEW; END $segue$");
    sql.push_back("CREATE TRIGGER " + Trigger() +
                  " BEFORE INSERT OR UPDATE ON " + Name(table) +
                  " FOR EACH ROW EXECUTE FUNCTION " + Function() + "()");
    sql.push_back(AlterTable(table) + "ENABLE REPLICA TRIGGER " + Trigger());
  }
  void Remove(std::vector<std::string>& sql) const {
    sql.push_back("DROP TRIGGER IF EXISTS " + Trigger() + " ON " + Name(table));
    sql.push_back("DROP FUNCTION IF EXISTS " + Function() + "()");
  }
};

template <typename Action>
std::vector<const Action*> Of(const Group& group) {
  std::vector<const Action*> found;
  for (const plan::Action& action : group.actions) {
    if (const auto* one = std::get_if<Action>(&action)) found.push_back(one);
  }
  return found;
}

// True when a column takes a name that another one has until then.
bool TakesName(const Group& group) {
  std::vector<std::string> given_up;
  for (const auto* drop : Of<plan::DropColumn>(group)) {
    given_up.push_back(drop->column.physical());
  }
  const auto renames = Of<plan::RenameColumn>(group);
  for (const auto* rename : renames) given_up.push_back(rename->from);
  return std::any_of(renames.begin(), renames.end(), [&](const auto* rename) {
    return std::count(given_up.begin(), given_up.end(), rename->to) > 0;
  });
}

// Returns the barrier of a group in which a column takes the name of another;
// nullopt for any other group.
std::optional<Barrier> BarrierOf(const Group& group,
                                 const db::RenderContext& context) {
  if (!TakesName(group)) return std::nullopt;
  const schema::TableName& table = Of<plan::RenameColumn>(group)[0]->table;
  for (const auto* sync : Of<plan::DropSync>(group)) {
    return Barrier{table, context.motions.Column(sync->motion).provenance};
  }
  for (const auto* drop : Of<plan::DropColumn>(group)) {
    const std::string& name = drop->column.physical();
    if (drop->of_ours && IsOurs(name)) return Barrier{table, name};
  }
  throw Error(ErrorKind::kInternal,
              "a column of '" + table.name +
                  "' takes the name of another without a motion");
}

class Script {
 public:
  Script(const db::Published& published, const db::RenderContext& context)
      : published_(published), context_(context) {}

  std::vector<SubscriberPart> Make(const db::PlannedChanges& changes) {
    for (const plan::Action& action : changes.before) {
      std::visit([this](const auto& value) { Before(value); }, action);
    }
    for (const Group& group : changes.contract) Contract(group);
    for (const auto& [table, change] : ends_) {
      after_.push_back(AlterTable(InTheEnd(table)) + change);
    }
    std::vector<SubscriberPart> parts;
    const auto add = [&](const char* name, const char* when,
                         std::vector<std::string>& sql) {
      if (!sql.empty()) parts.push_back({name, when, std::move(sql)});
    };
    add("before start", kBefore, before_);
    for (std::vector<std::string>& sql : at_complete_) {
      add("at complete", kAtComplete, sql);
    }
    add("after complete", kAfter, after_);
    std::reverse(taken_back_.begin(), taken_back_.end());
    for (std::vector<std::string>& sql : taken_back_) {
      add("contract taken back", kTakenBack, sql);
    }
    std::reverse(rolled_back_.begin(), rolled_back_.end());
    add("after rollback", kRolledBack, rolled_back_);
    return parts;
  }

 private:
  // --- what is published ---

  const db::Published::Table* Find(const std::string& table) const {
    const schema::Table* live = context_.schema.FindTable(table);
    const std::string& name = live == nullptr ? table : live->name.name;
    for (const db::Published::Table& one : published_.tables) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }
  bool HasAll(const schema::TableName& table) const {
    const auto* found = Find(table.name);
    return found != nullptr && found->columns.empty();
  }
  // Of a list of columns, new columns are no part.
  bool Has(const schema::TableName& table, const std::string& column) const {
    const auto* found = Find(table.name);
    if (found == nullptr) return false;
    const auto& all = found->columns;
    return all.empty() ||
           std::find(all.begin(), all.end(), column) != all.end();
  }
  const schema::Column* Live(const schema::TableName& table,
                             const std::string& column) const {
    const schema::Table* live = context_.schema.FindTable(table.name);
    return live == nullptr ? nullptr : live->FindColumn(column);
  }

  // The subscriber gets the values of new columns by the backfill's updates,
  // and finds the rows by their keys: the whole rows differ from those of the
  // publisher for a while.
  void RefuseUnfollowable(const schema::TableName& table) const {
    if (!Find(table.name)->updates) {
      throw Error(ErrorKind::kRefused,
                  "a publication of table '" + table.name +
                      "' leaves out updates, so that no subscriber gets what "
                      "the backfill writes")
          .WithHint("copy the table anew there after complete");
    }
    const schema::Table* live = context_.schema.FindTable(table.name);
    if (live == nullptr || live->replica_identity != "FULL") return;
    const auto& indexes = live->indexes;
    if (std::any_of(indexes.begin(), indexes.end(),
                    [](const schema::Index& one) { return one.primary; })) {
      return;
    }
    throw Error(ErrorKind::kRefused,
                "table '" + table.name +
                    "' has replica identity FULL and no primary key, so that a "
                    "subscriber finds rows by all their columns, also by those "
                    "that segue adds")
        .WithHint("give it a primary key first");
  }

  // --- until both versions are live ---

  // NULL, because a change that reaches the subscriber later may still lack the
  // column.
  void Before(const plan::AddColumn& add) {
    if (!HasAll(add.table)) return;
    schema::Column column = add.column;
    column.nullable = true;
    if (IsOurs(column.physical())) {
      RefuseUnfollowable(add.table);
      column.default_sql.reset();
    }
    before_.push_back(AlterTable(add.table) + "ADD COLUMN " +
                      ColumnSql(column));
    rolled_back_.push_back(AlterTable(add.table) + "DROP COLUMN IF EXISTS " +
                           Ident(column.physical()));
  }
  void Before(const plan::CreateTable& create) {
    if (!published_.new_tables) return;
    base::Append(Forward(create), before_);
    rolled_back_.push_back("DROP TABLE IF EXISTS " + Name(create.table.name));
  }
  // Only what lets more values in: the rest has time until the end.
  void Before(const plan::AlterColumn& alter) {
    const std::string& name = alter.after.physical();
    if (!Has(alter.table, name) || Live(alter.table, name) == nullptr) return;
    const std::string column =
        AlterTable(alter.table) + "ALTER COLUMN " + Ident(name);
    if (alter.before.type != alter.after.type) {
      before_.push_back(column + " TYPE " + alter.after.type);
    }
    if (!alter.before.nullable && alter.after.nullable) {
      before_.push_back(column + " DROP NOT NULL");
    }
  }
  template <typename Other>
  void Before(const Other& /*action*/) {}

  // --- the contract ---

  void Contract(const Group& group) {
    const bool renames = !Of<plan::RenameColumn>(group).empty() ||
                         !Of<plan::RenameTable>(group).empty();
    if (renames) {
      AtComplete(group);
      return;
    }
    for (const plan::Action& action : group.actions) {
      std::visit([this](const auto& value) { AtEnd(value); }, action);
    }
  }

  // The names change there as they do here, at the same place in the stream.
  void AtComplete(const Group& group) {
    RefuseListed(group);
    std::vector<std::string> sql;
    std::vector<std::string> back;
    if (const auto barrier = BarrierOf(group, context_);
        barrier && HasAll(barrier->table)) {
      barrier->Build(before_);
      barrier->Build(back);
      barrier->Remove(sql);
      rolled_back_.insert(rolled_back_.end(), sql.rbegin(), sql.rend());
    }
    for (const plan::Action& action : group.actions) {
      if (!Follows(action)) continue;
      const PlannedAction planned = Render(action, context_);
      Append(planned.forward, sql);
      std::vector<std::string> undo;
      Append(planned.undo, undo);
      back.insert(back.begin(), undo.begin(), undo.end());
    }
    if (sql.empty()) return;
    at_complete_.push_back(std::move(sql));
    if (group.seal) taken_back_.push_back(std::move(back));
  }

  // The barrier needs the provenance, which no list of columns has.
  void RefuseListed(const Group& group) const {
    if (!TakesName(group)) return;
    for (const auto* drop : Of<plan::DropColumn>(group)) {
      const std::string& name = drop->column.physical();
      if (drop->of_ours || HasAll(drop->table) || !Has(drop->table, name)) {
        continue;
      }
      throw Error(ErrorKind::kRefused,
                  "a publication of table '" + drop->table.name +
                      "' has column '" + name +
                      "' in its list of columns, so that nothing tells a "
                      "subscriber where the values of the new shape begin")
          .WithHint(
              "disable the subscription before complete, change the column "
              "there once all changes from before have arrived, and enable it "
              "again");
    }
  }

  bool Follows(const plan::Action& action) {
    if (const auto* rename = std::get_if<plan::RenameColumn>(&action)) {
      return Has(rename->table, rename->from);
    }
    if (const auto* drop = std::get_if<plan::DropColumn>(&action)) {
      return HasAll(drop->table);
    }
    if (const auto* rename = std::get_if<plan::RenameTable>(&action)) {
      if (Find(rename->from.name) == nullptr) return false;
      renamed_[rename->from.name] = rename->to;
      return true;
    }
    return false;
  }

  schema::TableName InTheEnd(schema::TableName table) const {
    const auto renamed = renamed_.find(table.name);
    if (renamed != renamed_.end()) table.name = renamed->second;
    return table;
  }

  // A column that the publisher gives no more has to take NULL.
  void AtEnd(const plan::DropColumn& drop) {
    const std::string& name = drop.column.physical();
    if (!Has(drop.table, name)) return;
    const schema::Column* live = Live(drop.table, name);
    if (live != nullptr && !live->nullable) {
      before_.push_back(AlterTable(drop.table) + "ALTER COLUMN " + Ident(name) +
                        " DROP NOT NULL");
    }
    ends_.push_back({drop.table, "DROP COLUMN IF EXISTS " + Ident(name)});
  }
  void AtEnd(const plan::DropTable& drop) {
    if (Find(drop.table.name.name) == nullptr) return;
    after_.push_back("DROP TABLE IF EXISTS " + Name(drop.table.name));
  }
  void AtEnd(const plan::AlterColumn& alter) { Before(alter); }
  // A row that the new version may write must find its way in.
  void AtEnd(const plan::DropConstraint& drop) {
    const schema::Table* live = context_.schema.FindTable(drop.table.name);
    if (Find(drop.table.name) == nullptr || live == nullptr ||
        live->FindConstraint(drop.constraint.name) == nullptr) {
      return;
    }
    before_.push_back(AlterTable(drop.table) + "DROP CONSTRAINT IF EXISTS " +
                      Ident(drop.constraint.name));
  }
  template <typename Other>
  void AtEnd(const Other& /*action*/) {}

  std::vector<std::string> Forward(const plan::Action& action) const {
    std::vector<std::string> sql;
    Append(Render(action, context_).forward, sql);
    return sql;
  }

  const db::Published& published_;
  const db::RenderContext& context_;
  std::map<std::string, std::string> renamed_;  // tables, from and to
  std::vector<std::string> before_;
  std::vector<std::vector<std::string>> at_complete_;
  std::vector<std::string> after_;
  // Changes of tables that may have another name by then.
  std::vector<std::pair<schema::TableName, std::string>> ends_;
  std::vector<std::vector<std::string>> taken_back_;
  std::vector<std::string> rolled_back_;  // the other way round
};

}  // namespace

std::vector<SubscriberPart> ForSubscribers(const db::PlannedChanges& changes,
                                           const db::Published& published,
                                           const db::RenderContext& context) {
  return Script(published, context).Make(changes);
}

}  // namespace segue::postgres
