// One operation at work on one table: what it looks at, what it claims, and
// its steps while they grow, at most one a place.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"
#include "segue/error.h"

namespace segue::ops {

class TableWork {
 public:
  // Throws Error{kNotFound} when there is no such table and Error{kRefused}
  // when it is none whose columns can be changed.
  TableWork(PlanContext& context, const std::string& operation,
            const std::string& table);

  PlanContext& context() { return context_; }
  const PlanContext& context() const { return context_; }
  const db::Capabilities& capabilities() const {
    return context_.capabilities();
  }
  const db::Spelling& spelling() const { return context_.language.spelling(); }
  bool versioned() const { return context_.access == Access::kVersioned; }
  // This migration creates the table: it has no rows and nobody uses it.
  bool creates() const;
  // As it is in the database before the migration.
  const schema::Table& live() const { return live_; }
  // As the new version sees it; the operation applies itself here.
  schema::Table& shape() { return shape_; }

  // A column of the shape, or Error{kNotFound}. Claims it.
  schema::Column Take(const std::string& column, Use use);
  // Claims a name for a new column, or Error{kRefused} when it is taken.
  void TakeFreeName(const std::string& column, Use use = Use::kChanges);
  void TakeIndex(const std::string& index, Use use);
  // Claims what an expression reads, but for `own`, the column at work.
  void TakeReferences(const std::string& sql, const std::string& own);

  // Counts a column that is added, against the limit of a table.
  void CountAddedColumn();

  // The step of a place; it exists once it is described or given an action.
  DraftStep& step(Place place);
  void Describe(Place place, std::string description);
  // The drop takes this column of the old version away.
  void DescribeRemoval(const std::string& table, const std::string& column);
  void Add(Place place, plan::Action action);
  void Note(Place place, std::string note);
  // Hands the steps over to the context.
  void Finish();

  // While it lives, the actions that are added to the place's step are marked
  // to take effect together. One within another is a part of the outer one.
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

  // Error{kRefused} "rename_column 'a' of table 't': reason".
  Error Refused(const std::string& column, const std::string& reason) const;

 private:
  PlanContext& context_;
  std::string operation_;
  schema::Table& shape_;
  const schema::Table& live_;
  std::vector<DraftStep> steps_;
};

}  // namespace segue::ops
