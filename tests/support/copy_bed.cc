#include "tests/support/copy_bed.h"

#include "segue/error.h"

namespace segue::test {
namespace {

plan::Expression Over(const schema::Table& table, const std::string& sql) {
  plan::Expression expression;
  expression.sql = sql;
  for (const std::string& name :
       schema::ReferencedColumns(sql, table.ColumnNames())) {
    expression.bindings.push_back(
        {name, name, schema::RequireColumn(table, name).type});
  }
  return expression;
}

}  // namespace

CopyBed::CopyBed(TestDatabase& database,
                 const std::map<std::string, std::string>& values)
    : database_(database), connection_(database.Connect("copy")) {
  const db::Dialect& dialect = database.dialect();
  for (const std::string& sql : dialect.LedgerSetup()) {
    connection_->Execute(sql);
  }
  const schema::Schema schema =
      dialect.Inspect(*connection_, dialect.capabilities().default_schema);
  motion_.name = "m1";
  motion_.source = schema::RequireTable(schema, "t");
  const schema::Table& target = schema::RequireTable(schema, "c");
  motion_.target = target.name;
  for (const schema::Column& column : target.columns) {
    const auto given = values.find(column.name);
    const std::string& sql =
        given == values.end() ? column.name : given->second;
    motion_.columns.push_back({column, Over(motion_.source, sql)});
  }
  motion_.key = motion_.source.WalkKeyColumns();
}

plan::Motions CopyBed::motions() const {
  plan::Motions motions;
  motions.Add(motion_);
  return motions;
}

PlannedAction CopyBed::Render(const plan::Action& action) {
  return RenderNow(database_, *connection_, action, motions());
}

void CopyBed::Install() {
  done_.push_back(Render(plan::CreateSync{motion_.name}));
  Forward(*connection_, done_.back());
}

void CopyBed::Remove() {
  for (const PlannedAction& action : done_) Undo(*connection_, action);
  done_.clear();
}

const MotionSql& CopyBed::sql() {
  if (!sql_) {
    sql_ = RenderMotionsNow(database_, *connection_, {motion_.name}, motions());
  }
  return *sql_;
}

bool CopyBed::FillChunk(int rows) {
  const WalkSql& fill = *sql().fill;
  db::Result found = RunRange(*connection_, fill.next_bound, bounds_,
                              db::Purpose::kBackfill, {std::int64_t{rows}});
  if (!found.rows.empty()) bounds_.upto = found.rows.at(0);
  try {
    RunRange(*connection_, fill.statement, bounds_, db::Purpose::kBackfill);
  } catch (const Error& error) {
    const bool goes_on = error.kind() == ErrorKind::kConstraint &&
                         !fill.when_refused.all.empty();
    if (!goes_on) throw;
    ++refused_;
    RunRange(*connection_, fill.when_refused, bounds_, db::Purpose::kBackfill);
  }
  bounds_ = {bounds_.upto, {}};
  return !found.rows.empty();
}

void CopyBed::Fill() {
  while (FillChunk(3)) {
  }
}

std::int64_t CopyBed::CountLeft() {
  return db::ToInt(connection_->Execute(sql().count_left).rows.at(0).at(0));
}

std::vector<std::string> CopyBed::Verify() {
  std::vector<std::string> found;
  for (const WalkSql& walk : sql().verify) {
    for (std::string& key :
         Keys(RunRange(*connection_, walk.statement, {}, db::Purpose::kRead))) {
      found.push_back(std::move(key));
    }
  }
  return found;
}

}  // namespace segue::test
