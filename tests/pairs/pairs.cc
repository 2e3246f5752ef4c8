#include "tests/pairs/pairs.h"

#include <map>

namespace segue::test {
namespace {

// @t@ is the table and @c@ the column, by the names that they have when the
// operation comes; @n@ is a new name; @i@ is 1 or 2, the place of the
// operation.
struct Pattern {
  std::string name;
  std::string operation;
  std::string column = {};  // the column's name afterwards; empty: the same
  std::string table = {};   // the table's; empty: the same
  std::string only = {};
};

constexpr const char* kGone = "-";

const std::vector<Pattern>& OfColumns() {
  static const std::vector<Pattern> kPatterns = {
      {"alter_column type",
       "alter_column: {table: @t@, column: @c@, type: bigint}"},
      {"alter_column type by up",
       "alter_column: {table: @t@, column: @c@, type: bigint, up: '@c@ + 0', "
       "down: '@c@ - 0'}"},
      {"alter_column not null",
       "alter_column: {table: @t@, column: @c@, nullable: false, up: "
       "'coalesce(@c@, id)'}"},
      {"alter_column default",
       "alter_column: {table: @t@, column: @c@, default: '7'}"},
      {"alter_column comment",
       "alter_column: {table: @t@, column: @c@, comment: told @i@}",
       {},
       {},
       "postgres"},
      {"alter_column check",
       "alter_column: {table: @t@, column: @c@, check: {name: small_@i@, "
       "constraint: '@c@ < 900'}}"},
      {"alter_column unique",
       "alter_column: {table: @t@, column: @c@, unique: {name: key_@i@}}"},
      {"alter_column references",
       "alter_column: {table: @t@, column: @c@, references: {name: of_p_@i@, "
       "table: p, column: id}}"},
      {"alter_column name",
       "alter_column: {table: @t@, column: @c@, name: n@i@}", "n@i@"},
      {"rename_column", "rename_column: {table: @t@, from: @c@, to: n@i@}",
       "n@i@"},
      {"rename_column up",
       "rename_column: {table: @t@, from: @c@, to: n@i@, up: '@c@ + 0', down: "
       "'n@i@ - 0'}",
       "n@i@"},
      {"drop_column", "drop_column: {table: @t@, column: @c@}", kGone},
      {"add_column derived",
       "add_column: {table: @t@, column: {name: x@i@, type: integer, nullable: "
       "true}, up: '@c@ + 1'}"},
      {"add_column of the name",
       "add_column: {table: @t@, column: {name: @c@, type: integer, nullable: "
       "true}}"},
      {"create_index",
       "create_index: {name: index_@i@, table: @t@, columns: [@c@, id]}"},
      {"create_index predicate",
       "create_index: {name: part_@i@, table: @t@, columns: [id], predicate: "
       "'@c@ > 2'}"},
      {"create_constraint check",
       "create_constraint: {table: @t@, name: low_@i@, type: check, columns: "
       "[@c@], check: '@c@ < 800'}"},
      {"create_constraint check up",
       "create_constraint: {table: @t@, name: low_@i@, type: check, columns: "
       "[@c@], check: '@c@ < 800', up: {@c@: '@c@ + 0'}, down: {@c@: '@c@ - "
       "0'}}"},
      {"create_constraint unique",
       "create_constraint: {table: @t@, name: one_@i@, type: unique, columns: "
       "[@c@]}"},
      {"create_constraint unique of two",
       "create_constraint: {table: @t@, name: both_@i@, type: unique, columns: "
       "[id, @c@]}"},
      {"create_constraint foreign key",
       "create_constraint: {table: @t@, name: in_p_@i@, type: foreign_key, "
       "columns: [@c@], references: {table: p, columns: [id]}}"},
      {"create_constraint of another table",
       "create_constraint: {table: k, name: of_it_@i@, type: foreign_key, "
       "columns: [v], references: {table: @t@, columns: [@c@]}}"},
      {"drop_index", "drop_index: {name: t_c}"},
      {"drop_constraint", "drop_constraint: {table: @t@, name: c_low}"},
      {"rename_constraint",
       "rename_constraint: {table: @t@, from: c_low, to: c_renamed_@i@}"},
      {"set_replica_identity",
       "set_replica_identity: {table: @t@, identity: {type: full}}",
       {},
       {},
       "postgres"},
      {"change_primary_key",
       "change_primary_key: {table: @t@, column: id, type: bigint}",
       {},
       {},
       "postgres"},
      {"rebuild_table", "rebuild_table: {table: @t@}"},
      {"partition_table",
       "partition_table: {table: @t@, by: hash, key: [id], partitions: "
       "[part_@i@_a, part_@i@_b]}",
       {},
       {},
       "postgres"},
      {"split_table",
       "split_table: {table: @t@, to: {table: s@i@, columns: [d]}}"},
      {"rename_table", "rename_table: {from: @t@, to: r@i@}", {}, "r@i@"},
      {"drop_table", "drop_table: {name: @t@}", kGone, kGone},
      {"create_table of the name",
       "create_table: {name: @t@, columns: [{name: id, type: integer, pk: "
       "true}]}",
       kGone},
  };
  return kPatterns;
}

// These add the column or the table that the second operation is on.
const std::vector<Pattern>& Beginnings() {
  static const std::vector<Pattern> kPatterns = {
      {"add_column plain",
       "add_column: {table: @t@, column: {name: a, type: integer, nullable: "
       "true}}",
       "a"},
      {"add_column default",
       "add_column: {table: @t@, column: {name: a, type: integer, default: "
       "'3'}}",
       "a"},
      {"add_column up",
       "add_column: {table: @t@, column: {name: a, type: integer, nullable: "
       "true}, up: 'c + 10'}",
       "a"},
      {"create_table",
       "create_table: {name: m, columns: [{name: id, type: integer, pk: true}, "
       "{name: c, type: integer, nullable: true, unique: true}, {name: d, "
       "type: integer, nullable: true}]}",
       {},
       "m"},
  };
  return kPatterns;
}

std::string Filled(std::string text,
                   const std::map<std::string, std::string>& marks) {
  for (const auto& [mark, value] : marks) {
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

std::string Write(const std::string& table, const std::string& column, int id) {
  if (table == kGone) return "";
  const std::string key = std::to_string(id);
  if (column == kGone) {
    return "INSERT INTO " + table + "(id) VALUES (" + key + ")";
  }
  return "INSERT INTO " + table + "(id, " + column + ") VALUES (" + key +
         ", 5)";
}

Pair Made(const Pattern& first, const Pattern& second) {
  std::map<std::string, std::string> marks = {
      {"@t@", "t"}, {"@c@", "c"}, {"@i@", "1"}};
  Pair pair;
  pair.first = first.name;
  pair.second = second.name;
  pair.only = first.only.empty() ? second.only : first.only;
  pair.old_write = Write("t", "c", 101);
  const auto take = [&](const Pattern& pattern) {
    const std::string text = "  - " + Filled(pattern.operation, marks) + "\n";
    std::string column = Filled(pattern.column, marks);
    std::string table = Filled(pattern.table, marks);
    // What has no column any more is said of the name that it had.
    if (column == kGone) {
      column.clear();
    }
    if (table == kGone) table.clear();
    if (!column.empty()) marks["@c@"] = column;
    if (!table.empty()) marks["@t@"] = table;
    marks["@i@"] = "2";
    return text;
  };
  pair.one = take(first);
  pair.two = take(second);
  const bool gone = first.column == kGone || second.column == kGone;
  const bool no_table = second.table == kGone || first.table == kGone;
  pair.new_write =
      Write(no_table ? kGone : marks["@t@"], gone ? kGone : marks["@c@"], 102);
  return pair;
}

std::vector<Pair> MakePairs() {
  std::vector<Pair> pairs;
  for (const std::vector<Pattern>* firsts : {&OfColumns(), &Beginnings()}) {
    for (const Pattern& first : *firsts) {
      for (const Pattern& second : OfColumns()) {
        pairs.push_back(Made(first, second));
      }
    }
  }
  return pairs;
}

}  // namespace

const char* const kPairSetup =
    "CREATE TABLE p(id integer NOT NULL PRIMARY KEY);"
    "CREATE TABLE t(id integer NOT NULL PRIMARY KEY, c integer, d integer,"
    " CONSTRAINT c_low CHECK (c < 1000));"
    "CREATE UNIQUE INDEX t_c ON t(c);"
    "CREATE TABLE k(id integer NOT NULL PRIMARY KEY, v integer);"
    "INSERT INTO p VALUES (1), (2), (3), (4), (5), (11), (12), (13), (15);"
    "INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (3, 3, NULL), (4, NULL, 4);";

const std::vector<Pair>& Pairs() {
  static const std::vector<Pair> kPairs = MakePairs();
  return kPairs;
}

}  // namespace segue::test
