// The work of one operation on one table: what it reads, what it claims, and
// the steps that it builds, at most one for each place.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"
#include "segue/error.h"

namespace segue::ops {

// What an operation can work on: a partition has the columns of its parent, but
// it may have indexes, constraints and defaults of its own, and a name. What
// makes no new column, index or constraint can be done to foreign tables, too.
enum class Reach { kWholeTables, kPartitionsToo, kForeignToo };

// Returns the description of the step that removes a column of the old version.
std::string DropText(const std::string& table, const std::string& column);

class TableWork {
 public:
  // Throws Error{kNotFound} when there is no such table, and Error{kRefused}
  // when it is not a table that the operation reaches, or when this migration
  // works on its parent or its partitions, too.
  TableWork(PlanContext& context, const std::string& operation,
            const std::string& table, Reach reach = Reach::kWholeTables);

  PlanContext& context() { return context_; }
  const PlanContext& context() const { return context_; }
  const db::Capabilities& capabilities() const {
    return context_.capabilities();
  }
  const db::Spelling& spelling() const { return context_.language.spelling(); }
  bool versioned() const { return context_.access == Access::kVersioned; }
  // True when this migration creates the table, which then has no rows and no
  // users.
  bool creates() const;
  bool of_partition() const { return live_.kind == "partition"; }
  // The table as it is in the database before the migration.
  const schema::Table& live() const { return live_; }
  // The table as the new version sees it; the operation applies itself here.
  schema::Table& shape() { return shape_; }

  // Claims and returns a column of the shape. Throws Error{kNotFound} when
  // there is none of that name.
  schema::Column Take(const std::string& column, Use use);
  // Claims a name for a new column. Throws Error{kRefused} when it is taken, or
  // when no column of the table can have it.
  void TakeFreeName(const std::string& column, Use use = Use::kChanges);
  void TakeIndex(const std::string& index, Use use);
  // Claims the columns that an expression reads, except for `own`, the
  // operation's own column.
  void TakeReferences(const std::string& sql, const std::string& own);

  // Throws Error{kRefused} when a type decides which columns the table has.
  void RefuseFixedColumns() const;
  // Throws Error{kRefused} when other tables inherit from the table: a trigger
  // of the table does not run for their rows.
  void RefuseInherited() const;
  // Counts an added column. Throws when the table would have more columns than
  // it may, or when a trigger function writes whole rows elsewhere, which fails
  // once the row has another column.
  void CountAddedColumn();

  // Returns the step of a place. It exists once it has a description or an
  // action.
  DraftStep& step(Place place);
  void Describe(Place place, std::string description);
  // Records that the drop removes this column of the old version.
  void DescribeRemoval(const std::string& table, const std::string& column);
  void Add(Place place, plan::Action action);
  void Note(Place place, std::string note);
  // Moves the steps into the context.
  void Finish();

  // While an object of this class lives, the actions that are added to the
  // place's step are marked to take effect together. A nested object joins the
  // outer one.
  class Together {
   public:
    Together(TableWork& work, Place place);
    ~Together();
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;

   private:
    TableWork& work_;
    Place place_;
    std::size_t begin_;
  };

  // Returns Error{kRefused} "rename_column 'a' of table 't': reason".
  Error Refused(const std::string& column, const std::string& reason) const;

 private:
  void RefuseRelatives() const;
  void RefuseWholeRows() const;

  PlanContext& context_;
  std::string operation_;
  schema::Table& shape_;
  const schema::Table& live_;
  std::vector<DraftStep> steps_;
};

}  // namespace segue::ops
