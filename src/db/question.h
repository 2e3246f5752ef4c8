// The questions that planning asks the server. A question uses names that exist
// in the database now, not names that the migration will create.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/action.h"
#include "schema/schema.h"

namespace segue::db {

// Would the server accept ADD COLUMN with this default, and would it rewrite
// the table?
struct DefaultQuestion {
  schema::TableName table;
  std::string sql;
  std::string type;  // the column's
  friend bool operator==(const DefaultQuestion&,
                         const DefaultQuestion&) = default;
};

// Would the server change this column to `type` in place?
struct TypeQuestion {
  schema::TableName table;
  std::string column;
  std::string type;
  friend bool operator==(const TypeQuestion&, const TypeQuestion&) = default;
};

// What does a row get that leaves out a column of this type, and may it be
// NULL?
struct LeftOutQuestion {
  schema::TableName table;
  std::string type;
  friend bool operator==(const LeftOutQuestion&,
                         const LeftOutQuestion&) = default;
};

// Would the server accept this expression, as `up` or `down`, for a column of
// `type`?
struct ExpressionQuestion {
  schema::TableName table;
  std::string sql;
  std::vector<plan::Binding> bindings;  // the names in scope
  std::string type;
  friend bool operator==(const ExpressionQuestion&,
                         const ExpressionQuestion&) = default;
};

// Would the server accept CREATE INDEX?
struct IndexQuestion {
  schema::TableName table;
  // The columns of the table and the index over them, under the names that they
  // have in the database.
  std::vector<schema::Column> columns;
  schema::Index index;
  friend bool operator==(const IndexQuestion&, const IndexQuestion&) = default;
};

// Would the server accept CREATE TABLE, and what table would it create?
struct TableQuestion {
  // Two questions are the same only when they share this object.
  std::shared_ptr<const schema::Table> definition;
  friend bool operator==(const TableQuestion&, const TableQuestion&) = default;
};

// Is the name free for a table, or does any other object have it?
struct NameQuestion {
  schema::TableName table;
  friend bool operator==(const NameQuestion&, const NameQuestion&) = default;
};

// Which functions have the table's name in their text?
struct MentionQuestion {
  schema::TableName table;
  friend bool operator==(const MentionQuestion&,
                         const MentionQuestion&) = default;
};

// Which publications have the updates or deletes of the table, or of a part of
// it?
struct PublishedQuestion {
  schema::TableName table;
  friend bool operator==(const PublishedQuestion&,
                         const PublishedQuestion&) = default;
};

// Would the server accept this as the expression of a check?
struct CheckQuestion {
  schema::TableName table;
  std::string sql;
  std::vector<plan::Binding> bindings;  // the names in scope
  friend bool operator==(const CheckQuestion&, const CheckQuestion&) = default;
};

// What do the roles that may write `table` lack to read and write `other`,
// which its triggers do with their rights?
struct RightsQuestion {
  schema::TableName table;
  schema::TableName other;
  // Columns of `other`; empty: the whole table.
  std::vector<std::string> reads;
  std::vector<std::string> writes;
  friend bool operator==(const RightsQuestion&,
                         const RightsQuestion&) = default;
};

// Which of the constraints in Table::unproven do rows break? An update of such
// a row fails, whatever it changes.
struct UnprovenQuestion {
  schema::TableName table;
  friend bool operator==(const UnprovenQuestion&,
                         const UnprovenQuestion&) = default;
};

// Would the table take a row in which `sql` is the value of the column, as its
// checks, indexes, foreign keys, types and generated columns say? Where it has
// the same value in every row, it is tried on any two.
struct FilledQuestion {
  schema::TableName table;
  std::string column;  // physical
  std::string sql;
  std::vector<plan::Binding> bindings;  // the names in scope
  bool is_one_value = false;            // the same in every row
  bool only_null = true;  // only rows that have NULL there get the value
  friend bool operator==(const FilledQuestion&,
                         const FilledQuestion&) = default;
};

// What hangs on this column besides what a schema::Table tells, and would be
// lost with it?
enum class LossOf { kAll, kPrivileges, kAllButPrivileges };
struct LossQuestion {
  schema::TableName table;
  std::string column;
  std::string becomes;  // the name of the column that takes its place
  std::string type;     // of that column; both are empty: none does
  LossOf of = LossOf::kAll;
  // A constraint, or the index of one, that goes with this migration.
  std::string leaving = {};
  friend bool operator==(const LossQuestion&, const LossQuestion&) = default;
};

// How are the triggers of the table that an UPDATE fires held back for the time
// of a fill?
struct TriggersQuestion {
  schema::TableName table;
  friend bool operator==(const TriggersQuestion&,
                         const TriggersQuestion&) = default;
};

// How many values has the column left until its type is full?
struct RoomQuestion {
  schema::TableName table;
  std::string column;
  bool looks_on = false;  // for a second, at how fast they go
  friend bool operator==(const RoomQuestion&, const RoomQuestion&) = default;
};

// What of this table could its copy not get when it takes the table's place?
// With `partitioned`: what could it not have when the copy is partitioned? With
// `divided`: what could several copies not have, among which the rows are
// divided?
struct CopyQuestion {
  schema::TableName table;
  bool partitioned = false;
  bool divided = false;
  friend bool operator==(const CopyQuestion&, const CopyQuestion&) = default;
};

// Which ranges of one length hold the values of this column, from the lowest
// until today or the highest, and `ahead` more?
struct RangesQuestion {
  schema::TableName table;
  std::string column;
  std::string interval;  // "1 month"; "1000000" for whole numbers
  int ahead = 0;
  friend bool operator==(const RangesQuestion&,
                         const RangesQuestion&) = default;
};

// What does the database say of this table in parts of its catalogue that segue
// does not know, so that a change of the table might lose or break it?
struct UnknownFactsQuestion {
  schema::TableName table;
  friend bool operator==(const UnknownFactsQuestion&,
                         const UnknownFactsQuestion&) = default;
};

// Something that hangs on a column.
struct HangingFact {
  std::string kind;  // "statistics object": planning decides by it
  std::string what;  // for people: "statistics 'st'"
  // Gives it to the column that takes the place, once that has its name; empty:
  // no statement can.
  std::string sql;
  // Lets the column go, in the same transaction; empty: nothing holds it.
  std::string release = {};
};

// The room that an integer column has.
struct KeyRoom {
  std::int64_t left = 0;        // values above the highest that is taken
  double per_second = 0.0;      // rows that came, on average since `since`
  std::string since;            // when the counters began; empty: unknown
  double now_per_second = 0.0;  // values that went while one looked
  bool negative = false;        // a value below 0 is taken
  // One from 1 upwards numbers it, and belongs to it.
  bool owns_sequence = false;
};

// Stands for the table's schema in HangingFact::sql and Answer::held.
inline constexpr const char* kSchemaMark = "@segue_schema@";

using Question =
    std::variant<DefaultQuestion, TypeQuestion, LeftOutQuestion,
                 ExpressionQuestion, IndexQuestion, TableQuestion, NameQuestion,
                 MentionQuestion, PublishedQuestion, RightsQuestion,
                 CheckQuestion, UnprovenQuestion, FilledQuestion, LossQuestion,
                 UnknownFactsQuestion, TriggersQuestion, RoomQuestion,
                 CopyQuestion, RangesQuestion>;

// The answer of the server. A question sets the members whose comment names it.
struct Answer {
  // False: no server could be asked, and the members have what is safe to
  // assume.
  bool known = true;
  // The server's message when it refuses. LeftOutQuestion: it refuses NULL.
  // RangesQuestion: why there are none.
  std::string error;
  // DefaultQuestion, ExpressionQuestion; LeftOutQuestion: the default is.
  bool is_volatile = false;
  bool is_immutable = false;    // DefaultQuestion, ExpressionQuestion
  bool rewrites_table = false;  // DefaultQuestion, TypeQuestion
  bool scans_table = false;     // TypeQuestion: it looks at every row
  bool builds_index = false;    // TypeQuestion: it builds an index again
  // IndexQuestion: the whole CREATE INDEX as the database prints existing
  // indexes; empty on a database that keeps them as they were written.
  // CheckQuestion: the whole check as Inspect would print it, over the names as
  // they are given.
  std::string definition = {};
  // TableQuestion: the table as Inspect would read it.
  std::shared_ptr<const schema::Table> made = {};
  // ExpressionQuestion: the columns whose value it gives back wherever that is
  // not NULL. MentionQuestion. PublishedQuestion. UnprovenQuestion: each with
  // the number of rows, or why nobody knows it ("'positive' (2 rows)").
  // UnknownFactsQuestion: the parts of the catalogue. TriggersQuestion: which
  // triggers cannot be held back, each with the reason. CopyQuestion: each with
  // its name.
  std::vector<std::string> names = {};
  std::vector<HangingFact> hanging = {};        // LossQuestion
  std::vector<plan::HeldTrigger> held = {};     // TriggersQuestion
  std::optional<std::string> default_sql = {};  // LeftOutQuestion
  std::optional<KeyRoom> room = {};  // RoomQuestion; nullopt: no integers
  // RangesQuestion: one partition for each, with a name.
  std::vector<plan::Partitioning::Part> ranges = {};
  // CheckQuestion: the check over the physical names of the columns.
  std::string bound = {};
  // ExpressionQuestion, RightsQuestion: as plan::Expression has them.
  std::string lacking = {};
  std::vector<std::string> policies = {};
};

// Returns the answer to assume without a server: the server accepts what is
// given, and everything that might cost something does.
Answer Unknown(const Question& question);

// Returns the subject of a question for people: "default now() of table
// 'users'".
std::string Describe(const Question& question);

}  // namespace segue::db
