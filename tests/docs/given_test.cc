// The tables of docs/given.md: what each way of giving a value, or of leaving
// it out, leaves in the old and the new column while both versions are live.
// Every cell is played against the database and compared with the page.
//
//   SEGUE_WRITE_DOCS=1 build/dev/tests/segue_docs_test   writes the tables anew
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/built.h"
#include "tests/support/doc_part.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

enum class What { kValue, kNull, kDefault, kLeftOut };
constexpr const char* kWhats[] = {"value", "NULL", "DEFAULT", "left out"};

enum class Op { kInsert, kUpdate, kUpsert };
constexpr const char* kOps[] = {"INSERT", "UPDATE", "upsert"};

// A column whose default, or the lack of one, is of this kind.
struct Shape {
  std::string table;
  std::string default_text;  // for the page
  std::string column;        // its type and default
  bool not_null = false;
  bool has_default = false;
  bool is_volatile = false;
};

// A way in which the column changes.
struct Change {
  std::string title;
  Access access = Access::kInPlace;
  std::string operation;  // "{t}" is the table
  std::string old_read;   // what the old version reads; empty: nothing
  std::string new_read;
  bool both = false;       // one statement can give both sides
  bool one_sided = false;  // the old side is a source of `up`
  bool new_type = false;   // without the default of a domain
};

std::vector<Shape> ShapesOf(const Testbed& testbed) {
  const bool rich = testbed.traits.sets_default;
  std::vector<Shape> shapes;
  for (const bool not_null : {false, true}) {
    const std::string suffix = not_null ? "_nn" : "";
    shapes.push_back({"none" + suffix, "none", "text", not_null});
    shapes.push_back(
        {"col" + suffix, "column", "text DEFAULT 'd'", not_null, true});
    if (!rich) continue;
    shapes.push_back({"dom" + suffix, "domain", "domd", not_null, true});
    shapes.push_back({"vol" + suffix, "volatile",
                      "text DEFAULT ('r' || random())", not_null, true, true});
  }
  return shapes;
}

std::vector<Change> Changes() {
  return {{"`rename_column`, in place", Access::kInPlace,
           "rename_column: {table: {t}, from: v, to: w}", "v", "w", true},
          {"`alter_column` with a new type, versioned", Access::kVersioned,
           "alter_column: {table: {t}, column: v, type: varchar(40), up: v, "
           "down: v}",
           "v", "v", false, false, true},
          {"`add_column` with `up: s`, in place", Access::kInPlace,
           "add_column: {table: {t}, column: {name: w, {c}}, up: s}", "", "w",
           false, true},
          {"`add_column` with `up: s`, versioned", Access::kVersioned,
           "add_column: {table: {t}, column: {name: w, {c}}, up: s}", "", "w",
           false, true}};
}

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

struct Given {
  Op op = Op::kInsert;
  std::optional<What> old_gives;
  std::optional<What> new_gives;
};

// One database on which a change is live for all shapes that it takes.
class Grid {
 public:
  Grid(const Testbed& testbed, const Change& change)
      : testbed_(testbed), change_(change), db_(testbed.fresh()) {
    if (testbed.traits.sets_default) {
      db_->Exec("CREATE DOMAIN domd AS text DEFAULT 'd'");
    }
    for (const Shape& shape : ShapesOf(testbed)) Create(shape);
    database_.emplace(db_->Open());
    MigratorOptions options;
    options.access = change.access;
    migrator_.emplace(*database_, options);
    Start();
  }

  std::string Table() {
    std::string text =
        "### " + testbed_.name + ": " + change_.title + "\n\n" + Head();
    for (const Shape& shape : ShapesOf(testbed_)) {
      const std::string name =
          "| " + shape.default_text + (shape.not_null ? ", NOT NULL" : "");
      const auto refused = refused_.find(shape.table);
      if (refused != refused_.end()) {
        text += name + " | refused by the plan" +
                std::string(Columns().size() + 1, '|') + "\n";
        continue;
      }
      std::vector<Given> cells;
      for (const Op op : Ops()) {
        for (Given cell : Columns()) {
          cell.op = op;
          cells.push_back(cell);
        }
      }
      const std::vector<std::string> texts = PlayAll(shape, cells);
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i % Columns().size() == 0) {
          text += name + " | " + kOps[static_cast<int>(cells[i].op)];
        }
        text += " | " + texts[i];
        if ((i + 1) % Columns().size() == 0) text += " |\n";
      }
    }
    return text + "\n";
  }

  // The verification of all tables after all cells.
  void ExpectClean() { EXPECT_TRUE(migrator_->Verify().clean()); }

 private:
  void Create(const Shape& shape) {
    const std::string not_null = shape.not_null ? " NOT NULL" : "";
    const std::string v =
        change_.one_sided ? "s text" : "v " + shape.column + not_null;
    db_->Exec("CREATE TABLE " + shape.table +
              "(id integer NOT NULL PRIMARY "
              "KEY, " +
              v + ")");
  }

  std::string OperationFor(const Shape& shape) const {
    std::string column = "type: " + shape.column;
    const std::size_t at = column.find(" DEFAULT ");
    if (at != std::string::npos) {
      column =
          column.substr(0, at) + ", default: \"" + column.substr(at + 9) + "\"";
    }
    column += shape.not_null ? ", nullable: false" : ", nullable: true";
    return "  - " +
           Replaced(Replaced(change_.operation, "{t}", shape.table), "{c}",
                    column) +
           "\n";
  }

  void Start() {
    std::string operations = "operations:\n";
    for (const Shape& shape : ShapesOf(testbed_)) {
      try {
        migrator_->MakePlan(manifest::Parse(
            "operations:\n" + OperationFor(shape), "01_given.yaml"));
        operations += OperationFor(shape);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kRefused) throw;
        refused_[shape.table] = error.what();
      }
    }
    migrator_->Start(manifest::Parse(operations, "01_given.yaml"));
    old_ = db_->NewClient();
    new_ = change_.access == Access::kVersioned
               ? db_->NewVersionClient("latest")
               : db_->NewClient();
  }

  std::vector<Op> Ops() const {
    const bool upserts = change_.access == Access::kInPlace ||
                         testbed_.traits.upserts_through_views;
    std::vector<Op> ops = {Op::kInsert, Op::kUpdate};
    if (upserts) ops.push_back(Op::kUpsert);
    return ops;
  }

  std::vector<What> Whats() const {
    if (testbed_.traits.sets_default) {
      return {What::kValue, What::kNull, What::kDefault};
    }
    return {What::kValue, What::kNull};
  }

  std::vector<Given> Columns() const {
    std::vector<Given> columns;
    if (!change_.one_sided) {
      for (What what : Whats()) columns.push_back({{}, what, {}});
      columns.push_back({{}, What::kLeftOut, {}});
    }
    for (What what : Whats()) columns.push_back({{}, {}, what});
    columns.push_back({{}, {}, What::kLeftOut});
    if (change_.one_sided) columns.push_back({{}, What::kLeftOut, {}});
    if (!change_.both) return columns;
    for (What old_gives : Whats()) {
      for (What new_gives : Whats()) {
        columns.push_back({{}, old_gives, new_gives});
      }
    }
    return columns;
  }

  std::string Head() const {
    std::string head = "| default | statement";
    std::string line = "\n|---|---";
    for (const Given& cell : Columns()) {
      head += " | ";
      line += "|---";
      const auto text = [](What what) {
        return std::string(kWhats[static_cast<int>(what)]);
      };
      if (cell.old_gives) head += "old: " + text(*cell.old_gives);
      if (cell.old_gives && cell.new_gives) head += ", ";
      if (cell.new_gives) head += "new: " + text(*cell.new_gives);
    }
    return head + " |" + line + "|\n";
  }

  static std::string Literal(What what, const std::string& value) {
    if (what == What::kNull) return "NULL";
    return what == What::kDefault ? "DEFAULT" : "'" + value + "'";
  }

  // The statement that gives these values to the row of this id.
  std::string Sql(const Shape& shape, const Given& cell, int id) const {
    std::vector<std::string> names = {"id"}, values = {std::to_string(id)};
    std::vector<std::string> sets;
    const auto give = [&](const std::string& name, What what,
                          const std::string& value) {
      if (what == What::kLeftOut) return;
      names.push_back(name);
      values.push_back(Literal(what, value));
      sets.push_back(name + " = " + values.back());
    };
    if (cell.old_gives && !change_.one_sided) give("v", *cell.old_gives, "o");
    if (cell.new_gives) give(change_.new_read, *cell.new_gives, "n");
    if (change_.one_sided) give("s", What::kValue, "o");
    if (sets.empty()) sets.push_back("id = " + std::to_string(id));
    if (cell.op == Op::kUpdate) {
      return "UPDATE " + shape.table + " SET " + base::Join(sets, ", ") +
             " WHERE id = " + std::to_string(id);
    }
    const std::string insert = "INSERT INTO " + shape.table + "(" +
                               base::Join(names, ", ") + ") VALUES (" +
                               base::Join(values, ", ") + ")";
    if (cell.op == Op::kInsert) return insert;
    return insert + " ON CONFLICT (id) DO UPDATE SET " + base::Join(sets, ", ");
  }

  // "o": the old version's value, "n": the new one's, "p": the former one, "d":
  // the default, "r" and a number: a volatile one.
  static std::string Shown(const std::optional<std::string>& value) {
    if (!value) return "∅";
    return (*value)[0] == 'r' ? "r" : *value;
  }

  // Plays all cells of a shape; their ids count from 1.
  std::vector<std::string> PlayAll(const Shape& shape,
                                   const std::vector<Given>& cells) {
    std::string prepared;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].op == Op::kInsert) continue;
      prepared +=
          (prepared.empty() ? "(" : ", (") + std::to_string(i + 1) + ", 'p')";
    }
    old_->Query("INSERT INTO " + shape.table + "(id, " +
                (change_.one_sided ? "s" : "v") + ") VALUES " + prepared);
    std::vector<std::string> texts(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string sql = Sql(shape, cells[i], static_cast<int>(i + 1));
      Client& client = cells[i].new_gives ? *new_ : *old_;
      if (!client.Fails(sql)) continue;
      ExpectRefusable(shape, cells[i], sql);
      texts[i] = "refused";
    }
    const auto fresh = Values(*new_, shape, change_.new_read);
    const auto old_values = change_.old_read.empty()
                                ? fresh
                                : Values(*old_, shape, change_.old_read);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!texts[i].empty()) continue;
      const std::string id = std::to_string(i + 1);
      const Cell& now = fresh.at(id);
      const Cell& before = old_values.at(id);
      texts[i] = (before == now ? "" : Shown(before) + "/") + Shown(now);
      if (Lost(shape, cells[i], before, now)) texts[i] += " \\*";
    }
    return texts;
  }

  static std::map<std::string, Cell> Values(Client& client, const Shape& shape,
                                            const std::string& column) {
    std::map<std::string, Cell> values;
    for (const auto& row :
         client.Query("SELECT id, " + column + " FROM " + shape.table)) {
      values[*row[0]] = row[1];
    }
    return values;
  }

  // A statement may be refused only for a NULL in a column that takes none.
  void ExpectRefusable(const Shape& shape, const Given& cell,
                       const std::string& sql) const {
    EXPECT_TRUE(shape.not_null) << change_.title << ": " << sql;
    const auto null = [](std::optional<What> what, bool has_default) {
      return what &&
             (what == What::kNull || (what != What::kValue && !has_default));
    };
    EXPECT_TRUE(null(cell.old_gives, shape.has_default) ||
                null(cell.new_gives, NewHasDefault(shape)))
        << change_.title << ": " << sql;
  }

  bool NewHasDefault(const Shape& shape) const {
    return shape.has_default &&
           !(change_.new_type && shape.default_text == "domain");
  }

  // True when the side of the writer does not show what the statement says. No
  // cell may lose a value that is neither NULL nor the default.
  bool Lost(const Shape& shape, const Given& cell,
            const std::optional<std::string>& old_value,
            const std::optional<std::string>& fresh) const {
    bool lost = false;
    const auto check = [&](std::optional<What> what, const std::string& value,
                           const std::optional<std::string>& stored,
                           bool has_default) {
      if (!what) return;
      const std::string shown = Shown(stored);
      if (what == What::kValue) {
        EXPECT_EQ(shown, value) << change_.title << ": " << shape.table << " "
                                << kOps[static_cast<int>(cell.op)];
      } else if (what == What::kNull) {
        lost = lost || stored.has_value();
      } else if (what == What::kDefault || cell.op == Op::kInsert) {
        const std::string wanted = !has_default        ? "∅"
                                   : shape.is_volatile ? "r"
                                                       : "d";
        lost = lost || shown != wanted;
      }
    };
    check(cell.new_gives, "n", fresh, NewHasDefault(shape));
    // When both sides are given, a value of the new one may replace the other.
    if (!cell.new_gives && !change_.one_sided) {
      check(cell.old_gives, "o", old_value, shape.has_default);
    }
    return lost;
  }

  const Testbed& testbed_;
  const Change change_;
  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::map<std::string, std::string> refused_;
  std::unique_ptr<Client> old_;
  std::unique_ptr<Client> new_;
};

constexpr const char* kPath = "/docs/given.md";

class GivenPageTest : public DialectTest {};

TEST_P(GivenPageTest, EachCellGivesWhatThePageSays) {
  std::string tables = "\n";
  for (const Change& change : Changes()) {
    Grid grid(GetParam(), change);
    tables += grid.Table();
    grid.ExpectClean();
  }
  ExpectPart(SourceDir() + kPath, GetParam().name, tables);
}

SEGUE_INSTANTIATE(GivenPageTest);

}  // namespace
}  // namespace segue::test
