// The SQL terms of a table and its hidden copy (plan::TableMotion).
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/partition_watch.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/table_motion.h"

namespace segue::postgres {

// The aliases of the source and the copy in a statement.
inline constexpr const char* kSource = "t";
inline constexpr const char* kCopy = "c";

// True where the copy is what the table was before the seal.
inline bool IsSealed(const plan::TableMotion& motion) {
  return !motion.put_aside.empty() && motion.target.name == motion.put_aside;
}

// Returns the column of `row`.
inline std::string Field(const std::string& row, const schema::Column& column) {
  return row + "." + Ident(column.physical());
}

// The SQL terms of a copy. The motion must outlive them.
class CopyTerms {
 public:
  using Column = plan::TableMotion::Column;

  explicit CopyTerms(const plan::TableMotion& motion) : motion_(motion) {
    for (const Column& column : motion.columns) {
      if (column.column.generated_sql.empty()) columns_.push_back(&column);
    }
  }

  std::string source() const { return Name(motion_.source.name); }
  std::string target() const { return Name(motion_.target); }
  // The columns that the copy is written with.
  const std::vector<const Column*>& columns() const { return columns_; }

  std::string TriggerFunction() const { return Function(Id()); }
  std::string RowTrigger() const { return Trigger("_row"); }
  std::string TruncateTrigger() const { return Trigger("_truncate"); }
  bool OfPartitions() const { return IsOfPartitions(motion_); }
  PartitionWatch Watch() const {
    return {motion_.source.name, RowTrigger(), TruncateTrigger(),
            TriggerFunction(), IsSealed(motion_)};
  }

  static bool NeedsFunction(const Column& column) {
    return !IsCopy(column.value, column.column);
  }
  std::string FunctionOf(const Column& column) const {
    return Function(Id() + "." + column.column.physical());
  }
  // Returns the value of the copy's column, computed from the columns of `row`.
  std::string Value(const Column& column, const std::string& row) const {
    if (NeedsFunction(column))
      return Call(FunctionOf(column), column.value, row);
    return row + "." + Ident(*column.value.PlainColumn());
  }

  std::string FilterFunction() const { return Function(Id() + " rows"); }
  const plan::Expression& filter() const { return motion_.where; }
  // Returns the condition that the copy has `row`, which is not NULL.
  std::string Has(const std::string& row) const {
    if (filter().empty()) return "true";
    return Call(FilterFunction(), motion_.where, row) + " IS TRUE";
  }
  std::string AndHas(const std::string& row) const {
    return filter().empty() ? "" : " AND " + Has(row);
  }

  // Returns `a`.key = `b`.key.
  std::string SameKey(const std::string& a, const std::string& b) const {
    std::vector<std::string> same;
    for (const schema::Column& column : motion_.key) {
      same.push_back(Comparable(Field(a, column), column) + " " +
                     Operator("=", column.operators_in) + " " +
                     Comparable(Field(b, column), column));
    }
    return base::Join(same, " AND ");
  }
  // The keys are compared by bytes, because the copy has the key as it is
  // spelled.
  std::string KeyChanged() const {
    std::vector<std::string> changes;
    for (const schema::Column& column : motion_.key) {
      changes.push_back(Differs(Field("NEW", column), Field("OLD", column),
                                column.type, column.collation));
    }
    return base::Join(changes, " OR ");
  }
  std::string Key() const {
    std::vector<std::string> names;
    for (const schema::Column& column : motion_.key) {
      names.push_back(Ident(column.physical()));
    }
    return "(" + base::Join(names, ", ") + ")";
  }
  // True where two rows with different keys may be one too many for the copy.
  bool UniqueByLess() const { return !motion_.unique.empty(); }
  bool IsKey(const schema::Column& column) const {
    return std::any_of(motion_.key.begin(), motion_.key.end(),
                       [&](const schema::Column& key) {
                         return key.physical() == column.physical();
                       });
  }

  // Returns "INSERT INTO copy (...) SELECT ", followed by the values for the
  // columns of `row`.
  std::string Insert(const std::string& row) const {
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const Column* column : columns_) {
      names.push_back(Ident(column->column.physical()));
      values.push_back(Value(*column, row));
    }
    return "INSERT INTO " + target() + " (" + base::Join(names, ", ") +
           ") OVERRIDING SYSTEM VALUE SELECT " + base::Join(values, ", ");
  }
  std::string InsertFromSource() const {
    return Insert(kSource) + " FROM " + source() + " AS " + kSource;
  }

 private:
  const std::string& Id() const { return motion_.name; }
  std::string Function(const std::string& motion) const {
    return FunctionName("copy_", motion_.source.name.schema, motion);
  }
  // The names sort after every name that begins with a letter, so these
  // triggers see what the user's triggers make of a row.
  std::string Trigger(const char* suffix) const {
    return base::ShortName("~segue_" + Id() + suffix, kMaxIdentifier);
  }

  const plan::TableMotion& motion_;
  std::vector<const Column*> columns_;
};

}  // namespace segue::postgres
