#include "planner/subscribers.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "base/append.h"
#include "base/text.h"
#include "ledger/ledger_schema.h"

namespace segue::engine {
namespace {

using db::ChangedTable;

// Separates names in what PublishedSql returns.
constexpr char kSeparator = '\x01';

class Collector {
 public:
  Collector(const schema::Schema& schema, const plan::Motions& motions)
      : schema_(schema), motions_(motions) {}

  std::vector<ChangedTable> tables() && {
    for (const std::string& name : exchanged_) At(name).copied = false;
    return std::move(tables_);
  }

  void Take(const plan::Action& action) {
    std::visit([this](const auto& value) { Of(value); }, action);
  }

 private:
  ChangedTable& At(const std::string& name) {
    for (ChangedTable& table : tables_) {
      if (table.name == name) return table;
    }
    return tables_.emplace_back(ChangedTable{name});
  }

  // A column that this migration adds is nobody's yet.
  void Touch(const std::string& table, const std::string& column) {
    ChangedTable& changed = At(table);
    changed.reshaped = true;
    const schema::Table* live = schema_.FindTable(table);
    if (live == nullptr || live->FindColumn(column) == nullptr) return;
    changed.columns.push_back(column);
  }

  void Of(const plan::AddColumn& add) { At(add.table.name).reshaped = true; }
  void Of(const plan::DropColumn& drop) {
    Touch(drop.table.name, drop.column.physical());
  }
  void Of(const plan::RenameColumn& rename) {
    Touch(rename.table.name, rename.from);
  }
  void Of(const plan::RenameTable& rename) {
    At(rename.from.name).reshaped = true;
  }
  void Of(const plan::CreateTable& create) {
    At(create.table.name.name).created = true;
  }
  void Of(const plan::CopyTable& create) { At(create.copy).created = true; }
  void Of(const plan::DropTable& drop) {
    At(drop.table.name.name).dropped = true;
  }
  void Of(const plan::Backfill& fill) {
    for (const plan::MotionId& id : fill.motions) {
      // A table that is copied is only read.
      if (motions_.Copy(id) != nullptr) continue;
      At(plan::TableOf(motions_.At(id)).name).moved = true;
    }
  }
  void Of(const plan::DropSync& drop) {
    if (const plan::TableMotion* copy = motions_.Copy(drop.motion)) {
      At(copy->source.name.name).copied = true;
    }
  }
  // The copy is published as the table was.
  void Of(const plan::SwapTables& swap) {
    exchanged_.push_back(plan::TableOf(motions_.At(swap.motion)).name);
  }
  template <typename Other>
  void Of(const Other& /*action*/) {}

  const schema::Schema& schema_;
  const plan::Motions& motions_;
  std::vector<ChangedTable> tables_;
  std::vector<std::string> exchanged_;
};

// The actions of a step that do not take effect together are groups of their
// own.
void AddGroups(const ops::DraftStep& step, db::PlannedChanges& changes) {
  const bool seal = step.place == ops::kSeal;
  std::size_t next = 0;
  const auto add = [&](std::size_t end) {
    const auto at = step.actions.begin();
    changes.contract.push_back({{at + static_cast<std::ptrdiff_t>(next),
                                 at + static_cast<std::ptrdiff_t>(end)},
                                seal});
    next = end;
  };
  for (const ops::AtomicRun& run : step.atomic) {
    while (next < run.begin) add(next + 1);
    add(run.end);
  }
  while (next < step.actions.size()) add(next + 1);
}

db::PlannedChanges ChangesOf(const std::vector<ops::DraftStep>& steps) {
  db::PlannedChanges changes;
  for (const ops::DraftStep& step : steps) {
    if (step.place.phase == Phase::kContracting) {
      AddGroups(step, changes);
      continue;
    }
    std::copy(step.actions.begin(), step.actions.end(),
              std::back_inserter(changes.before));
  }
  return changes;
}

db::Published ReadPublished(db::Connection& connection,
                            const std::string& sql) {
  db::Published published;
  for (const db::Row& row : connection.Execute(sql).rows) {
    if (db::IsNull(row.at(0))) {
      published.ledger = true;
      continue;
    }
    const std::string name = db::ToText(row.at(0));
    if (name.empty()) {
      published.new_tables = true;
      continue;
    }
    std::vector<std::string> columns;
    if (!db::IsNull(row.at(2))) {
      columns = base::Split(db::ToText(row.at(2)), kSeparator);
    }
    published.tables.push_back({name, db::ToInt(row.at(1)) != 0, columns});
  }
  return published;
}

// A publication of the whole database has the ledger, whose empty tables are
// enough: without REFRESH PUBLICATION a subscriber leaves out their rows.
SubscriberPart LedgerPart(const db::Language& language) {
  SubscriberPart part{
      "the ledger",
      "Before 'segue start': the publication has the tables of "
      "segue, too, and the subscriber needs them, empty. They stay "
      "empty unless the subscription is refreshed; drop the "
      "schema before segue itself runs on the subscriber.",
      language.LedgerSetup()};
  base::Append(LedgerTables(language.capabilities()), part.sql);
  return part;
}

}  // namespace

std::vector<ChangedTable> ChangedTables(const schema::Schema& schema,
                                        const ops::PlanContext& context) {
  Collector collector(schema, context.motions);
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) collector.Take(action);
  }
  return std::move(collector).tables();
}

std::vector<SubscriberPart> PartsForSubscribers(
    const db::Language& language, db::Connection& connection,
    const std::vector<ops::DraftStep>& steps,
    const db::RenderContext& context) {
  const std::string sql = language.PublishedSql(context.schema);
  if (sql.empty()) return {};
  const db::Published published = ReadPublished(connection, sql);
  std::vector<SubscriberPart> parts;
  if (published.ledger) parts.push_back(LedgerPart(language));
  std::vector<SubscriberPart> more =
      language.ForSubscribers(ChangesOf(steps), published, context);
  std::move(more.begin(), more.end(), std::back_inserter(parts));
  return parts;
}

}  // namespace segue::engine
