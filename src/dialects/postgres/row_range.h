// The statements that walk a table by its key, or by physical position.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::postgres {

// True when this server finds the rows of a page without reading the table.
bool ScansPositions(const schema::Schema& schema);

class RowRange {
 public:
  // `row` is the alias of the table in the statements. With an empty `key` the
  // walk goes by physical position.
  RowRange(schema::TableName table, std::vector<schema::Column> key,
           const schema::Schema& schema, std::string row);

  bool partitioned() const { return partitioned_; }
  std::vector<std::string> key_columns() const;
  // Returns the key as text for people: t."id"::text, ...
  std::string KeyAsText() const;
  RangeSql NextBound() const;
  // Returns a SELECT of keys that cut the table into about $1 ranges, from a
  // sample of its pages.
  std::string Cuts() const;
  // Returns `head` WHERE <range> AND `condition` `tail` in the four shapes.
  RangeSql Over(const std::string& head, const std::string& condition,
                const std::string& tail = "") const;
  // Returns the same, with a condition of its own for each shape.
  RangeSql Over(const std::string& head, const RangeSql& condition,
                const std::string& tail = "") const;
  // Returns the same. `condition` gets "$n", the parameter that follows the
  // bounds, and returns the condition.
  RangeSql OverWith(
      const std::string& head,
      const std::function<std::string(const std::string&)>& condition) const;
  std::string EstimatedRows() const;
  // True when the rows can be walked range by range.
  bool walkable() const { return walkable_; }
  // Returns the walk of a SELECT that reads the whole table at once.
  WalkSql Whole(const std::string& statement) const;
  // Returns the walk of a statement over this range. Throws kRefused for a
  // table without a key on a server that cannot walk positions.
  WalkSql Walk(RangeSql statement, bool writes) const;

 private:
  bool by_position() const { return key_.empty(); }
  std::string Above(std::size_t first_parameter) const;
  std::string UpTo(std::size_t first_parameter) const;
  std::string Between(std::size_t lower, std::size_t upper) const;
  std::string Column(std::size_t at) const;
  std::string ColumnIs(std::size_t at, const std::string& op,
                       const std::string& bound) const;
  std::string Bound(std::size_t at, std::size_t first_parameter) const;
  std::string Beyond(std::size_t at, const char* op, const char* last_op,
                     std::size_t first_parameter) const;
  std::string Within(std::size_t at, std::size_t lower,
                     std::size_t upper) const;
  std::string Compare(const std::string& op, std::size_t first_parameter) const;
  std::string NextBoundByKey(const std::string& where,
                             std::size_t size_parameter) const;
  std::string NextBoundByPosition(const std::string& last_block,
                                  const std::string& end_block,
                                  std::size_t size_parameter) const;
  std::string KeyList() const;

  schema::TableName table_;
  bool partitioned_;
  std::vector<schema::Column> key_;
  std::string row_;
  bool walkable_ = true;
};

}  // namespace segue::postgres
