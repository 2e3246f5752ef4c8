#include "schema/schema.h"

#include <algorithm>

#include "base/text.h"
#include "segue/error.h"

namespace segue::schema {
namespace {

template <typename List>
auto FindNamed(List& list, const std::string& name) {
  const auto found = std::find_if(
      list.begin(), list.end(), [&](const auto& x) { return x.name == name; });
  return found == list.end() ? nullptr : &*found;
}

template <typename Tables>
auto FindTableIn(Tables& tables, const std::string& name) {
  const auto found =
      std::find_if(tables.begin(), tables.end(),
                   [&](const Table& table) { return table.shown() == name; });
  return found == tables.end() ? nullptr : &*found;
}

std::string DidYouMean(const std::string& word,
                       const std::vector<std::string>& candidates) {
  const std::string nearest = base::Nearest(word, candidates);
  if (nearest.empty()) return {};
  return "; did you mean " + base::Quoted(nearest, '\'') + "?";
}

Error NoSuchTable(const Schema& schema, const std::string& name) {
  std::string message = "There is no table " + base::Quoted(name, '\'');
  if (!schema.name.empty()) {
    message += " in schema " + base::Quoted(schema.name, '\'');
  }
  const std::string& own = schema.own_prefix;
  if (!own.empty() && base::ToLower(name).starts_with(own)) {
    return Error(ErrorKind::kRefused, message + ": names that begin with " +
                                          base::Quoted(own, '\'') +
                                          " are segue's own, and it leaves "
                                          "such tables out")
        .WithHint("give the table another name first");
  }
  return Error(ErrorKind::kNotFound,
               message + DidYouMean(name, schema.TableNames()));
}

// A comparison with NULL is never true, so a walk by a key that may be NULL
// would never find such rows.
bool AllNotNull(const Table& table, const std::vector<std::string>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](const auto& name) {
    const Column* column = table.FindColumn(name);
    return column != nullptr && !column->nullable &&
           column->unproven_not_null.empty();
  });
}

std::vector<std::string> NamesOf(const std::vector<IndexColumn>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const IndexColumn& column : columns) names.push_back(column.name);
  return names;
}

std::vector<std::string> PrimaryKey(const Table& table) {
  for (const Index& index : table.indexes) {
    if (index.primary) return NamesOf(index.columns);
  }
  // The INTEGER PRIMARY KEY of a rowid table has no index of its own.
  for (const Constraint& constraint : table.constraints) {
    if (constraint.kind == ConstraintKind::kPrimaryKey) {
      return constraint.columns;
    }
  }
  return {};
}

// A key that is unique under another collation than its column's may have two
// rows that are equal for the walk, which would step over one of them.
bool ComparesAsItsColumn(const Table& table, const IndexColumn& key) {
  const Column* column = table.FindColumn(key.name);
  return column != nullptr &&
         (key.collation.empty() || key.collation == column->collation);
}

bool CanWalkBy(const Table& table, const Index& index) {
  if (!index.unique || !index.valid || index.deferrable) return false;
  if (!index.predicate.empty() || index.columns.empty()) return false;
  return std::all_of(index.columns.begin(), index.columns.end(),
                     [&](const IndexColumn& column) {
                       return ComparesAsItsColumn(table, column);
                     }) &&
         AllNotNull(table, NamesOf(index.columns));
}

}  // namespace

const Column* FindColumn(const std::vector<Column>& columns,
                         const std::string& name) {
  return FindNamed(columns, name);
}

std::vector<std::string> NamesOf(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

std::string Trigger::ToString() const {
  const std::string of =
      partition.empty() ? "" : " of partition '" + partition + "'";
  return "'" + name + "'" + of;
}

std::string Dependent::ToString() const {
  std::string text;
  for (const std::string* part : {&schema, &table, &name}) {
    if (part->empty()) continue;
    text += (text.empty() ? "" : ".") + *part;
  }
  return text;
}

bool Table::IsStrict() const {
  const std::string text = base::ToLower(definition);
  const std::size_t end = text.rfind(')');
  return end != std::string::npos &&
         text.find("strict", end) != std::string::npos;
}

const Column* Table::FindColumn(const std::string& column) const {
  return FindNamed(columns, column);
}

Column* Table::FindColumn(const std::string& column) {
  return FindNamed(columns, column);
}

std::vector<std::string> Table::ColumnNames() const { return NamesOf(columns); }

const Index* Table::FindIndex(const std::string& index) const {
  return FindNamed(indexes, index);
}

const Constraint* Table::FindConstraint(const std::string& constraint) const {
  return FindNamed(constraints, constraint);
}

std::vector<std::string> Table::WalkKey() const {
  std::vector<std::string> primary = PrimaryKey(*this);
  if (!primary.empty() && AllNotNull(*this, primary)) {
    return primary;
  }
  const Index* best = nullptr;
  for (const Index& index : indexes) {
    if (!CanWalkBy(*this, index)) continue;
    const bool shorter =
        best == nullptr || index.columns.size() < best->columns.size();
    if (shorter) best = &index;
  }
  return best == nullptr ? std::vector<std::string>{} : NamesOf(best->columns);
}

std::vector<Column> Table::WalkKeyColumns() const {
  std::vector<Column> key;
  for (const std::string& part : WalkKey()) key.push_back(*FindColumn(part));
  return key;
}

const Table* Schema::FindTable(const std::string& table) const {
  return FindTableIn(tables, table);
}

Table* Schema::FindTable(const std::string& table) {
  return FindTableIn(tables, table);
}

std::vector<std::string> Schema::TableNames() const {
  std::vector<std::string> names;
  names.reserve(tables.size());
  for (const Table& table : tables) names.push_back(table.shown());
  return names;
}

std::optional<PortableType> ParsePortableType(std::string_view text) {
  const std::string lower = base::ToLower(base::Trim(text));
  if (lower == "text") return PortableType::kText;
  if (lower == "integer") return PortableType::kInteger;
  if (lower == "boolean") return PortableType::kBoolean;
  if (lower == "timestamp") return PortableType::kTimestamp;
  if (lower == "json") return PortableType::kJson;
  return std::nullopt;
}

const Table& RequireTable(const Schema& schema, const std::string& table) {
  const Table* found = schema.FindTable(table);
  if (found == nullptr) throw NoSuchTable(schema, table);
  return *found;
}

Table& RequireTable(Schema& schema, const std::string& table) {
  Table* found = schema.FindTable(table);
  if (found == nullptr) throw NoSuchTable(schema, table);
  return *found;
}

const Column& RequireColumn(const Table& table, const std::string& column) {
  const Column* found = table.FindColumn(column);
  if (found != nullptr) return *found;
  const std::vector<std::string> names = table.ColumnNames();
  throw Error(ErrorKind::kNotFound,
              "Table " + base::Quoted(table.name.name, '\'') +
                  " has no column " + base::Quoted(column, '\'') +
                  " (its columns: " + base::Join(names, ", ") + ")" +
                  DidYouMean(column, names));
}

}  // namespace segue::schema
