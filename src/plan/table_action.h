// The primitive actions (plan/action.h) that make, copy, exchange, divide and
// merge whole tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::plan {

// Creates a table with its columns, constraints and comment.
struct CreateTable {
  schema::Table table;
};

// What a copy of a table has otherwise than the table; empty: as the table has
// it.
struct TableTraits {
  struct Column {
    std::string name;
    std::string storage;
    std::string compression;
  };
  struct Parameter {
    std::string name;   // "fillfactor"
    std::string value;  // "70"
  };
  std::vector<Parameter> parameters;
  std::string tablespace;
  std::vector<Column> columns;
};

// An index of a table, and that of the table's copy until they exchange their
// names.
struct IndexPair {
  std::string name;
  std::string copy;
};

// How a copy is divided into partitions.
struct Partitioning {
  enum class Method { kRange, kList, kHash };
  // A value is a text as the column's type reads it; MINVALUE and MAXVALUE are
  // the ends of a range. By hash the parts follow one another.
  struct Part {
    std::string name;
    bool is_default = false;  // takes what no other takes
    std::vector<std::string> from = {};
    std::vector<std::string> to = {};
    std::vector<std::string> values = {};
  };
  Method method = Method::kRange;
  std::vector<std::string> columns;
  std::vector<Part> parts;
  // All indexes, as the copy has them until the exchange.
  std::vector<schema::Index> indexes = {};
  // Those of the table whose copies have the columns of the key besides.
  std::vector<std::string> widened = {};
};

// Creates the hidden copy of a table, which is empty. It has everything that
// rows are checked against or stored by: columns, defaults, checks, the key and
// what can only be built with it. SwapTables gives it the rest.
struct CopyTable {
  schema::Table table;               // that is copied
  std::string copy;                  // its name, in the schema of the table
  std::vector<std::string> columns;  // in the order in which the copy has them
  TableTraits traits;
  std::vector<IndexPair> indexes;               // that are built with the copy
  std::optional<Partitioning> partitions = {};  // nullopt: it has none
};

// Marks the copy as filled: a transaction that has begun before cannot see the
// rows of it, and the copy must not take the table's place under its eyes. With
// `taken` it fails as long as there is such a transaction, and takes the mark
// away; this is not undone.
struct MarkCopied {
  schema::TableName table;  // the copy
  bool taken = false;
};

// Lets the copy of a motion take the place of its source: it gets all that the
// source has had, and the name. The source gets the name `aside`; where it is
// kept, it follows the copy from then on, and an undo exchanges them back.
struct SwapTables {
  // A partition of the source, and its name while the source is put aside.
  struct Part {
    schema::TableName table;
    std::string aside;
  };

  MotionId motion;
  std::string aside;
  bool kept = false;
  TableTraits traits;  // as CopyTable has them
  std::vector<IndexPair> indexes;
  std::optional<Partitioning> partitions = {};
  std::vector<Part> parts = {};  // all of them, where the source is kept
};

// Proves the foreign keys from and to a table that SwapTables has added without
// a look at the rows. With `unite` those of all partitions, which are proven,
// become one of the table. With `back` only an undo does so.
struct ProveForeignKeys {
  schema::TableName table;
  bool back = false;
  bool unite = false;
};

// Drops a table. This cannot be undone.
struct DropTable {
  schema::Table table;
};

struct RenameTable {
  schema::TableName from;
  std::string to;
};

// Lets the copies of a table among which its rows are divided take its place:
// each gets its name, and goes on with the numbers of the table. Fails when a
// row belongs to none of them, or when somebody has given something to the
// table that they would not have. The table itself is dropped afterwards, in
// the same transaction.
struct DivideTable {
  struct Piece {
    MotionId motion;
    std::string name;  // that the copy gets
  };
  schema::Table table;
  std::vector<Piece> pieces;
  MotionId rest =
      {};  // TableMotion::must_be_empty; empty: there can be no rest
};

// Creates a partitioned table of which tables that are there become the
// partitions, each with one value of the partition key. A check of each, which
// holds for all rows, spares a look at them.
struct AttachTables {
  struct Part {
    schema::Table table;
    std::string value;  // as SQL: 'eu', 1
  };
  schema::Table table;  // that is created
  std::vector<Part> parts;
  schema::Index key;  // a unique one, which the contract gives it
  // The columns that each part numbers for itself, also what is inserted
  // through the table.
  std::vector<std::string> numbered = {};
};

// Gives the table its key, of which each part has an index of its own by then.
struct UniteKeys {
  schema::TableName table;
  AttachTables merged;
  std::vector<std::string> indexes;  // by name, in the order of the parts
};

// Lets one sequence, that of the first part, number a column of all parts, from
// behind their highest number.
struct UniteNumbers {
  schema::TableName table;
  AttachTables merged;
  std::string column;
};

}  // namespace segue::plan
