// A database schema as values. This file does no I/O: Dialect::Inspect fills
// the values, and operations read them and apply their changes to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace segue::schema {

struct TableName {
  std::string schema;  // empty on databases without schemas
  std::string name;
  friend bool operator==(const TableName&, const TableName&) = default;
  std::string ToString() const {
    return schema.empty() ? name : schema + "." + name;
  }
};

// The portable types, which every database has. Any other type is the
// database's own and is passed through as it is.
enum class PortableType { kText, kInteger, kBoolean, kTimestamp, kJson };
// Returns the portable type of this name in any case; nullopt for a type of the
// database's own.
std::optional<PortableType> ParsePortableType(std::string_view text);

enum class Identity { kNone, kAlways, kByDefault };

struct Column {
  std::string name;
  std::string type;  // as the database prints it: "character varying(10)"
  bool nullable = true;
  std::optional<std::string> default_sql;  // the expression; nullopt: none
  // True when evaluating the default twice gives the same value and has no side
  // effect. Inspect fills it for existing columns.
  bool default_is_constant = true;
  // The default of the type, which counts while the column has none of its own
  // (a domain's); nullopt: the type has none.
  std::optional<std::string> type_default = {};
  bool type_default_is_constant = true;
  bool of_domain = false;  // the type is a domain, which may refuse NULL
  // The schema of the operators that compare values of the type, where another
  // schema could have some that fit the type better; empty: their names are
  // enough.
  std::string operators_in;
  // The type as which values are compared, where the database has no operators
  // for their own (a domain over an enum); empty: they are compared as they
  // are.
  std::string compared_as;
  std::string comment;
  std::string collation;  // empty: the type's own
  Identity identity = Identity::kNone;
  std::string identity_options;  // "START WITH 5 ..."; empty: the defaults
  std::string generated_sql;     // expression of a generated column
  // The physical name of the column, when the shape that is being planned shows
  // the column under another name; empty: both names are the same.
  std::string stored_as;
  bool has_column_grants = false;
  // The NOT NULL constraint of a column that refuses NULL in new rows only,
  // because nobody has checked the rows that were there before; empty: none.
  std::string unproven_not_null;

  const std::string& physical() const {
    return stored_as.empty() ? name : stored_as;
  }
  // Returns the expression that gives the value of a row which leaves the
  // column out; nullopt: the value is NULL.
  const std::optional<std::string>& LeftOut() const {
    return default_sql ? default_sql : type_default;
  }
  // True when that value is the same each time.
  bool LeftOutIsConstant() const {
    return default_sql ? default_is_constant : type_default_is_constant;
  }
  friend bool operator==(const Column&, const Column&) = default;
};

// Returns nullptr when there is no column of this name.
const Column* FindColumn(const std::vector<Column>& columns,
                         const std::string& name);
std::vector<std::string> NamesOf(const std::vector<Column>& columns);

struct IndexColumn {
  std::string name;        // empty when it is an expression
  std::string expression;  // empty when it is a column
  std::string collation;
  std::string opclass;  // with its parameters, as SQL writes them
  bool descending = false;
  std::optional<bool> nulls_first;  // nullopt: the database's default
  friend bool operator==(const IndexColumn&, const IndexColumn&) = default;
};

struct Index {
  std::string name;
  std::vector<IndexColumn> columns;
  std::vector<std::string> include;
  bool unique = false;
  bool primary = false;
  bool valid = true;
  bool deferrable = false;
  bool nulls_not_distinct = false;
  std::string predicate;   // empty: not partial
  std::string method;      // "btree"; empty: the database's default
  std::string definition;  // the whole CREATE INDEX, as the database prints it
  std::string constraint;  // the constraint it backs; empty: none
  std::string storage_parameters;  // "fillfactor = 70"; empty: none
  std::string tablespace;          // empty: the default one
  // The foreign keys that rely on the index: "public.orders.orders_user_fkey".
  std::vector<std::string> referenced_by;
  friend bool operator==(const Index&, const Index&) = default;
};

enum class ConstraintKind {
  kPrimaryKey,
  kUnique,
  kForeignKey,
  kCheck,
  kExclude
};

// The target of a foreign key. Actions are as SQL writes them ("SET NULL"); an
// empty one is the database's default.
struct Reference {
  std::string table;
  std::vector<std::string> columns;  // empty: the table's primary key
  std::string match;                 // "FULL"
  std::string on_delete;
  std::string on_update;
  // The columns that ON DELETE SET NULL or SET DEFAULT sets; empty: all.
  std::vector<std::string> on_delete_set_columns;
};

struct ExcludeElement {
  std::string expression;  // a column or an expression, with its opclass
  std::string op;          // the operator: "&&"
};

// A constraint that exists has its `definition`. A constraint that will be
// added has the structured fields of its kind instead.
struct Constraint {
  std::string name;
  ConstraintKind kind = ConstraintKind::kCheck;
  std::vector<std::string> columns;
  std::string check;        // expression of a check
  std::string definition;   // as the database prints it, without the name
  std::string using_index;  // unique: the index to adopt; empty: build one
  bool validated = true;    // every row keeps it
  bool enforced = true;     // the database refuses rows that break it
  Reference reference;      // foreign keys
  bool deferrable = false;
  bool initially_deferred = false;
  bool nulls_not_distinct = false;  // unique
  bool no_inherit = false;          // checks
  // Properties of the index of a unique, primary key or exclusion constraint.
  std::vector<std::string> include;
  std::string storage_parameters;
  std::string tablespace;
  std::string exclude_method;  // "gist"
  std::vector<ExcludeElement> exclude;
  std::string predicate;  // of an exclusion constraint; empty: all rows
};

struct Trigger {
  std::string name;
  std::string definition;
  std::vector<std::string> arguments = {};  // of its function, as texts
  // The columns that it depends on are among the table's dependents, so that
  // nobody has to look for their names in its text.
  bool columns_known = false;
  std::string function = {};  // "public.audit"; empty: it has none of its own
  // True when it fires for a write of any column, before the row is written,
  // and may change the row. Where this is not known, it is false.
  bool changes_rows = false;
  // True when its function hands whole rows to something else, as to_jsonb(NEW)
  // does, or runs SQL that it builds as text, which nobody can see before.
  bool passes_rows = false;
  bool builds_sql = false;
  // The partition that alone has it; empty: the table itself does.
  std::string partition = {};

  // Returns "'audit'" or "'audit' of partition 't_2024'", for messages.
  std::string ToString() const;
};

// An object that a change of the table would break, or that forbids the change.
struct Dependent {
  std::string kind;    // "view", "materialized view", "function", "foreign key"
  std::string schema;  // that has it; empty on databases without schemas
  std::string table;   // whose part it is, as a foreign key; empty: no table's
  std::string name;
  std::string column;  // the column depended on; empty: the table itself

  // Returns "public.orders.user_fkey", for messages.
  std::string ToString() const;
};

struct Table {
  TableName name;
  std::string kind =
      "table";  // "table", "partitioned table", "partition", "view"
  std::vector<Column> columns;
  std::vector<Index> indexes;
  std::vector<Constraint> constraints;
  std::vector<Trigger> triggers;
  std::vector<Dependent> dependents;
  std::vector<std::string> grants;  // "SELECT TO app"
  std::string owner;
  std::string definition;  // SQLite: the CREATE TABLE text; else empty
  std::string comment;
  // The type that decides which columns the table has (CREATE TABLE ... OF);
  // empty: none.
  std::string of_type;
  std::int64_t estimated_rows = 0;
  std::int64_t bytes = 0;
  // The number of columns that the table has had, including dropped ones, where
  // the database counts these against Capabilities::max_columns; otherwise 0.
  int columns_had = 0;
  bool row_security = false;        // policies apply to some roles
  bool row_security_hides = false;  // policies apply to the session's role
  bool owned_by_session = true;     // the session's role may alter it
  std::vector<std::string> partition_key;
  // The checks and NOT NULL constraints of the table and its partitions that
  // new rows have to keep and the rows that were there before need not, for
  // messages: "'positive'", "'positive' of t_2024".
  std::vector<std::string> unproven;
  std::vector<TableName> partitions;      // right below; those that hold rows
  std::vector<TableName> subpartitioned;  // those that are partitioned again
  std::vector<TableName> foreign_partitions;  // at any depth; on other servers
  TableName parent;  // whose partition it is; without a name: of none
  // The subscriptions that write to it, or to a partition of it.
  std::vector<std::string> subscriptions;
  // The name under which the shape that is being planned shows the table, while
  // the database still has `name`; empty: both names are the same.
  std::string shown_as;
  // The table whose rows the shape that is being planned shows here, until the
  // contract; without a name: its own.
  TableName part_of = {};
  // The condition of the rows of `part_of` that it shows with all their
  // columns; empty: it shows some columns of each row.
  std::string part_where = {};
  // "DEFAULT", "FULL", "NOTHING", "INDEX"; empty: the database has none.
  std::string replica_identity;
  std::string replica_identity_index;

  const std::string& shown() const {
    return shown_as.empty() ? name.name : shown_as;
  }
  // True when its text says that it takes no values of other types than its
  // columns have (SQLite).
  bool IsStrict() const;
  const Column* FindColumn(const std::string& column) const;
  Column* FindColumn(const std::string& column);
  std::vector<std::string> ColumnNames() const;
  // Returns nullptr when the table has no index of this name.
  const Index* FindIndex(const std::string& index) const;
  const Constraint* FindConstraint(const std::string& constraint) const;
  // Returns the columns of the best key for a walk, in key order: the primary
  // key, otherwise a unique key that is NOT NULL, complete and immediate. Empty
  // when there is none.
  std::vector<std::string> WalkKey() const;
  std::vector<Column> WalkKeyColumns() const;
};

struct Schema {
  std::string name;            // "public"; "main" on SQLite
  std::string server_version;  // for messages and history
  // Tables whose names begin so are segue's own and left out; empty: none are.
  std::string own_prefix = {};
  // How many locks all sessions together can hold; 0: no limit is known.
  std::int64_t lock_slots = 0;
  std::vector<Table> tables;  // ordinary tables, then views, by name

  // Finds a table by the name under which it is shown; nullptr when there is
  // none. The pointer is into this schema.
  const Table* FindTable(const std::string& table) const;
  Table* FindTable(const std::string& table);
  std::vector<std::string> TableNames() const;
};

// Returns the table, or throws Error{kNotFound} that names the nearest one.
const Table& RequireTable(const Schema& schema, const std::string& table);
Table& RequireTable(Schema& schema, const std::string& table);
// Returns the column, or throws Error{kNotFound} that names the columns of the
// table.
const Column& RequireColumn(const Table& table, const std::string& column);

// Returns the names among `columns` that occur as identifiers in `expression`,
// by a tokenizer that knows strings, quoted identifiers and comments. The
// result is a superset of the columns that are really referenced, because a
// function may share a column's name. It therefore serves to bind an expression
// and never to rewrite it. Unquoted identifiers match in any case.
std::vector<std::string> ReferencedColumns(
    const std::string& expression, const std::vector<std::string>& columns);

}  // namespace segue::schema
