#include "tests/support/motion_bed.h"

#include "ledger/ledger_schema.h"

namespace segue::test {
namespace {

// Binds the names of `columns` in `sql`, as their version sees them.
plan::Expression Bound(const std::string& sql,
                       const std::vector<plan::Binding>& columns) {
  std::vector<std::string> names;
  for (const plan::Binding& column : columns) names.push_back(column.name);
  plan::Expression expression{sql, {}, false, false};
  for (const std::string& name : schema::ReferencedColumns(sql, names)) {
    for (const plan::Binding& column : columns) {
      if (column.name == name) expression.bindings.push_back(column);
    }
  }
  return expression;
}

// The columns as each version sees them. The new version's own column is added
// later.
struct Names {
  std::vector<plan::Binding> as_old;
  std::vector<plan::Binding> as_new;
};
Names NamesOf(const MotionSpec& spec, const schema::Table& table) {
  Names names;
  for (const schema::Column& column : table.columns) {
    names.as_old.push_back({column.name, column.name, column.type});
    if (column.name == spec.old_column) continue;
    names.as_new.push_back(names.as_old.back());
  }
  return names;
}

schema::Column ProvenanceColumn(const std::string& name) {
  schema::Column column;
  column.name = name;
  column.type = "smallint";
  column.nullable = false;
  column.default_sql = "0";
  return column;
}

}  // namespace

MotionBed::MotionBed(TestDatabase& database, const MotionSpec& spec)
    : database_(database), connection_(database.Connect("motion")) {
  const db::Dialect& dialect = database.dialect();
  for (const std::string& sql : dialect.LedgerSetup()) {
    connection_->Execute(sql);
  }
  for (const std::string& sql : engine::LedgerTables(dialect.capabilities())) {
    connection_->Execute(sql);
  }
  schema::Schema schema =
      dialect.Inspect(*connection_, dialect.capabilities().default_schema);
  motion_ = MotionOf(spec, schema::RequireTable(schema, spec.table));
}

plan::ColumnMotion MotionBed::MotionOf(const MotionSpec& spec,
                                       const schema::Table& table) const {
  const schema::Column& old = schema::RequireColumn(table, spec.old_column);
  plan::ColumnMotion motion;
  motion.name = spec.name;
  motion.table = table.name;
  if (spec.writes_back) motion.old_column = old;
  Names names = NamesOf(spec, table);
  if (!spec.new_column.empty()) {
    schema::Column added;
    added.name = spec.new_column;
    added.type = spec.new_type.empty() ? old.type : spec.new_type;
    motion.new_column = added;
    motion.provenance = spec.provenance;
    motion.new_not_null = spec.new_not_null;
    motion.marks = spec.marks;
    motion.up = Bound(spec.up, names.as_old);
    motion.up.is_volatile = spec.is_volatile;
    names.as_new.push_back({spec.shown_as.empty() ? added.name : spec.shown_as,
                            added.name, added.type});
  }
  if (spec.writes_back) motion.down = Bound(spec.down, names.as_new);
  motion.new_default = spec.new_default;
  motion.new_versions = spec.new_versions;
  motion.keeps_old_column = spec.keeps_old_column;
  motion.new_was_there = spec.new_was_there;
  motion.key = table.WalkKeyColumns();
  return motion;
}

void MotionBed::Do(const plan::Action& action) {
  PlannedAction planned = RenderNow(database_, *connection_, action, motions());
  Forward(*connection_, planned);
  done_.push_back(std::move(planned));
}

void MotionBed::PrepareOldColumn(const schema::Column& old_column) {
  const db::Capabilities& can = database_.dialect().capabilities();
  schema::Column after = old_column;
  if (old_column.nullable) return;
  if (old_column.default_sql && !old_column.default_is_constant &&
      can.moves_default) {
    after.default_sql.reset();
    motion_.old_default_moved = true;
  }
  if (!old_column.default_sql && can.relaxes_not_null) after.nullable = true;
  if (after.nullable == old_column.nullable && !motion_.old_default_moved) {
    return;
  }
  Do(plan::AlterColumn{motion_.table, old_column, after});
}

void MotionBed::Install() {
  if (motion_.new_column) {
    if (!motion_.new_was_there) {
      Do(plan::AddColumn{motion_.table, *motion_.new_column});
    }
    Do(plan::AddColumn{motion_.table, ProvenanceColumn(motion_.provenance)});
  }
  if (motion_.old_column) PrepareOldColumn(*motion_.old_column);
  Do(plan::CreateSync{motion_.name});
}

plan::Motions MotionBed::motions() const {
  plan::Motions motions;
  motions.Add(motion_);
  return motions;
}

void MotionBed::Remove() {
  for (auto action = done_.rbegin(); action != done_.rend(); ++action) {
    Undo(*connection_, *action);
  }
  done_.clear();
}

void MotionBed::StopMarking() {
  Do(plan::CreateSync{motion_.name, plan::SyncForm::kStrict});
}

void MotionBed::FillMarking() {
  RunRange(*connection_, sql().fill->when_refused, {}, db::Purpose::kBackfill);
}

std::vector<std::string> MotionBed::Marked() {
  return Keys(RunRange(*connection_, sql().marked.at(0).statement, {},
                       db::Purpose::kRead));
}

void MotionBed::Narrow() {
  motion_.narrows = true;
  Do(plan::CreateSync{motion_.name, plan::SyncForm::kNarrow});
}

void MotionBed::InstallSettling() {
  Do(plan::CreateSync{motion_.name, plan::SyncForm::kSettling});
}

const MotionSql& MotionBed::sql() {
  if (!sql_) {
    sql_ = RenderMotionsNow(database_, *connection_, {motion_.name}, motions());
  }
  return *sql_;
}

int MotionBed::Fill(int rows) { return Walk(*sql().fill, rows); }

int MotionBed::RepairAll(int rows) { return Walk(*sql().repair, rows); }

int MotionBed::Walk(const WalkSql& walk, int rows) {
  Bounds bounds;
  for (int chunks = 1;; ++chunks) {
    db::Result found =
        RunRange(*connection_, walk.next_bound, {bounds.after, {}},
                 db::Purpose::kBackfill, {std::int64_t{rows}});
    if (!found.rows.empty()) bounds.upto = found.rows.at(0);
    RunRange(*connection_, walk.statement, bounds, db::Purpose::kBackfill);
    if (found.rows.empty()) return chunks;
    bounds.after = bounds.upto;
    bounds.upto.reset();
  }
}

void MotionBed::FillRange(const Bounds& bounds) {
  RunRange(*connection_, sql().fill->statement, bounds, db::Purpose::kBackfill);
}

void MotionBed::FillKeys(const Bounds& keys) {
  if (FillsByKey()) return FillRange(keys);
  const auto place = [&](const std::optional<db::Row>& key) {
    if (!key) return key;
    const std::string& column = motion_.key[0].name;
    const db::Result found = connection_->Execute(
        "SELECT ctid::text FROM " + motion_.table.name + " WHERE " + column +
            " <= $1 ORDER BY " + column + " DESC LIMIT 1",
        *key);
    if (!found.rows.empty()) return std::make_optional(found.rows[0]);
    return std::make_optional(db::Row{std::string("(0,0)")});
  };
  FillRange({place(keys.after), place(keys.upto)});
}

bool MotionBed::FillsByKey() {
  return sql().fill->key_columns == sql().verify.at(0).key_columns;
}

std::vector<std::string> MotionBed::VerifyKeys(const Bounds& bounds) {
  return Keys(RunRange(*connection_, sql().verify.at(0).statement, bounds,
                       db::Purpose::kRead));
}

std::int64_t MotionBed::Repair(const Bounds& bounds) {
  return RunRange(*connection_, sql().repair->statement, bounds,
                  db::Purpose::kBackfill)
      .affected;
}

std::vector<std::string> MotionBed::BothGiven() {
  return Keys(RunRange(*connection_, sql().both_given.at(0).statement, {},
                       db::Purpose::kRead));
}

void MotionBed::Settle() {
  RunRange(*connection_, sql().settle->statement, {}, db::Purpose::kBackfill);
}

std::int64_t MotionBed::CountLeft() {
  return db::ToInt(connection_->Execute(sql().count_left).rows.at(0).at(0));
}

}  // namespace segue::test
