#include "tests/support/sync_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace segue::test {
namespace {

using What = Write::What;

// The number by which a key changes is far from the keys of other cells.
constexpr int kMoved = 100'000;

OldShape ShapeOf(const db::Dialect& dialect, const MotionKind& kind,
                 bool not_null, bool has_default) {
  const db::Capabilities& can = dialect.capabilities();
  OldShape shape;
  shape.not_null = not_null;
  if (has_default) shape.default_value = kind.old_value(0);
  // True where triggers run after the check and the check stays on.
  shape.null_checked_first =
      not_null && has_default && can.checks_before_triggers;
  return shape;
}

std::string NameOf(Op op) {
  switch (op) {
    case Op::kInsert:
      return "insert";
    case Op::kUpdate:
      return "update";
    case Op::kKeyUpdate:
      return "key update";
    case Op::kUpsert:
      return "upsert";
    case Op::kDelete:
      return "delete";
  }
  return "?";
}

std::string Assignments(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

}  // namespace

SyncMatrix::SyncMatrix(TestDatabase& database, const Testbed& testbed,
                       const MotionKind& kind, bool not_null, bool has_default)
    : database_(database),
      testbed_(testbed),
      kind_(kind),
      shape_(ShapeOf(database.dialect(), kind, not_null, has_default)),
      model_(shape_, kind.model_up, kind.model_down) {}

void SyncMatrix::AddUpdates(Op op, std::vector<MatrixCell>& cells) const {
  const std::vector<What> all = {What::kUntouched, What::kValue, What::kNull,
                                 What::kDefault};
  for (What o : all) {
    for (What n : all) {
      // An upsert that leaves a column out does not change that column.
      const bool defaults = o == What::kDefault || n == What::kDefault;
      const bool can_say_so = testbed_.traits.sets_default && op != Op::kUpsert;
      if (defaults && !can_say_so) continue;
      bool nothing = o == What::kUntouched && n == What::kUntouched;
      if (nothing && op == Op::kUpsert) continue;
      for (bool filled : {true, false}) {
        for (bool starts_null : {false, true}) {
          if (starts_null && shape_.not_null) continue;
          cells.push_back({op, {o, {}}, {n, {}}, filled, starts_null, 0});
        }
      }
    }
  }
}

std::vector<MatrixCell> SyncMatrix::Cells() const {
  std::vector<MatrixCell> cells;
  for (Op op : {Op::kUpdate, Op::kKeyUpdate, Op::kUpsert}) {
    AddUpdates(op, cells);
  }
  for (bool filled : {true, false}) {
    cells.push_back({Op::kDelete, {}, {}, filled, false, 0});
    // Writing the existing value is no change.
    cells.push_back(
        {Op::kUpdate, {What::kValue, "same"}, {}, filled, false, 0});
  }
  // An INSERT that leaves a column out asks for its default.
  for (What o : {What::kUntouched, What::kValue, What::kNull}) {
    for (What n : {What::kUntouched, What::kValue, What::kNull}) {
      cells.push_back({Op::kInsert, {o, {}}, {n, {}}, false, false, 0});
    }
  }
  if (narrow_) {
    cells.erase(std::remove_if(cells.begin(), cells.end(),
                               [](const MatrixCell& cell) {
                                 return cell.op != Op::kInsert && !cell.filled;
                               }),
                cells.end());
  }
  // The filled rows come first, so that they are one range of the key.
  std::stable_partition(cells.begin(), cells.end(),
                        [](const MatrixCell& cell) { return cell.filled; });
  int id = 0;
  for (MatrixCell& cell : cells) {
    cell.id = ++id;
    bool same = cell.o.value == "same";
    cell.o.value = kind_.old_value(same ? id : id + kMoved);
    cell.n.value = kind_.new_value(id + kMoved);
  }
  return cells;
}

std::string SyncMatrix::Literal(const Write& write, bool numeric) const {
  switch (write.what) {
    case What::kNull:
      return "NULL";
    case What::kDefault:
      return "DEFAULT";
    default:
      return numeric ? write.value : "'" + write.value + "'";
  }
}

std::string SyncMatrix::Sql(const MatrixCell& cell) const {
  const std::string id = std::to_string(cell.id);
  std::string columns = "id", values = id;
  std::vector<std::string> sets, upserts;
  auto add = [&](const char* name, const Write& write, bool numeric) {
    if (!write.touched()) return;
    const std::string literal = Literal(write, numeric);
    columns += std::string(", ") + name;
    values += ", " + literal;
    sets.push_back(std::string(name) + " = " + literal);
    upserts.push_back(std::string(name) + " = excluded." + name);
  };
  add("o", cell.o, kind_.numeric_old);
  add("n", cell.n, kind_.numeric_new);
  const std::string insert =
      "INSERT INTO t(" + columns + ") VALUES (" + values + ")";
  switch (cell.op) {
    case Op::kInsert:
      return insert;
    case Op::kUpsert:
      return insert + " ON CONFLICT (id) DO UPDATE SET " + Assignments(upserts);
    case Op::kDelete:
      return "DELETE FROM t WHERE id = " + id;
    case Op::kKeyUpdate:
      sets.push_back("id = id + " + std::to_string(kMoved));
      break;
    case Op::kUpdate:
      sets.push_back("other = 1");
      break;
  }
  return "UPDATE t SET " + Assignments(sets) + " WHERE id = " + id;
}

void SyncMatrix::CreateTable(const std::vector<MatrixCell>& cells) {
  std::string column = "o " + kind_.old_type;
  if (shape_.not_null) column += " NOT NULL";
  if (shape_.default_value) {
    column += " DEFAULT " +
              Literal({What::kValue, *shape_.default_value}, kind_.numeric_old);
  }
  std::string sql =
      "DROP TABLE IF EXISTS t; CREATE TABLE t(id integer PRIMARY "
      "KEY, " +
      column + ", other integer); BEGIN;";
  for (const MatrixCell& cell : cells) {
    if (cell.op == Op::kInsert) continue;
    Write value{cell.starts_null ? What::kNull : What::kValue,
                kind_.old_value(cell.id)};
    sql += "INSERT INTO t VALUES (" + std::to_string(cell.id) + "," +
           Literal(value, kind_.numeric_old) + ", 0);";
  }
  database_.Exec(sql + "COMMIT");
}

ModelRow SyncMatrix::Before(const MatrixCell& cell) const {
  Cell o = cell.starts_null ? Cell() : Cell(kind_.old_value(cell.id));
  return cell.filled ? model_.Filled(o) : ModelRow{o, {}, 0};
}

// Where the BEFORE INSERT trigger has run by the time that the conflict is
// found, `excluded` is the row as the trigger left it.
std::optional<ModelRow> SyncMatrix::ExpectedUpsert(
    const MatrixCell& cell) const {
  if (!testbed_.traits.triggers_before_conflicts) {
    return model_.Update(Before(cell), cell.o, cell.n);
  }
  std::optional<ModelRow> excluded = model_.Insert(cell.o, cell.n);
  if (!excluded) return std::nullopt;
  auto as_write = [](const Write& write, const Cell& value) {
    if (!write.touched()) return write;
    return value ? Write{What::kValue, *value} : Write{What::kNull};
  };
  return model_.Update(Before(cell), as_write(cell.o, excluded->o),
                       as_write(cell.n, excluded->n));
}

std::optional<ModelRow> SyncMatrix::Expected(const MatrixCell& cell) const {
  switch (cell.op) {
    case Op::kInsert:
      return model_.Insert(cell.o, cell.n);
    case Op::kUpsert:
      return ExpectedUpsert(cell);
    case Op::kDelete:
      return std::nullopt;
    default:
      return model_.Update(Before(cell), cell.o, cell.n);
  }
}

std::optional<ModelRow> SyncMatrix::Stored(int id) {
  Rows rows = database_.Query("SELECT o, n, _segue_d FROM t WHERE id IN (" +
                              std::to_string(id) + ", " +
                              std::to_string(id + kMoved) + ")");
  if (rows.size() != 1) return std::nullopt;
  return ModelRow{rows[0][0], rows[0][1], std::stoi(*rows[0][2])};
}

void SyncMatrix::Check(const MatrixCell& cell) {
  const std::string sql = Sql(cell);
  std::string failure;
  try {
    database_.Exec(sql);
  } catch (const ClientError& error) {
    failure = error.what();
  }
  std::optional<ModelRow> wanted = Expected(cell);
  // After a failed statement the row must be as it was, which is checked here.
  std::optional<ModelRow> got = Stored(cell.id);
  const bool may_fail = !wanted && cell.op != Op::kDelete;
  if (may_fail && !failure.empty() && cell.op != Op::kInsert) {
    wanted = Before(cell);
  }
  EXPECT_EQ(may_fail, !failure.empty()) << sql << "\n" << failure;
  EXPECT_EQ(ToString(got), ToString(wanted))
      << NameOf(cell.op) << (cell.filled ? ", filled" : ", unfilled")
      << (cell.starts_null ? ", from NULL" : "") << ": " << sql << "\n"
      << failure;
}

void SyncMatrix::Run() {
  const std::vector<MatrixCell> cells = Cells();
  CreateTable(cells);
  MotionSpec spec;
  spec.new_type = kind_.new_type;
  spec.up = kind_.up;
  spec.down = kind_.down;
  MotionBed bed(database_, spec);
  const std::string before = database_.Dump();
  bed.Install();
  const auto filled =
      std::count_if(cells.begin(), cells.end(),
                    [](const MatrixCell& cell) { return cell.filled; });
  bed.FillKeys({{}, db::Row{std::int64_t{filled}}});
  if (narrow_) bed.Narrow();
  for (const MatrixCell& cell : cells) Check(cell);
  // The remaining rows are filled; these and the rows that were written
  // meanwhile must verify.
  bed.Fill();
  EXPECT_EQ(bed.CountLeft(), 0);
  EXPECT_EQ(bed.VerifyKeys(), std::vector<std::string>());
  bed.Remove();
  EXPECT_EQ(database_.Dump(), before);
}

}  // namespace segue::test
