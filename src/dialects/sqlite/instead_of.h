// INSTEAD OF triggers: a write of a view becomes the same write of what is
// under it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/action.h"
#include "plan/planned.h"

namespace segue::sqlite {

// A view, what is under it, and how they correspond.
struct InsteadOf {
  struct Column {
    std::string shown;   // by the view
    std::string target;  // under it
    std::optional<std::string> default_sql;
    bool generated = false;
  };

  std::string view;
  std::string target;
  bool temporary = false;  // the view is a TEMP view
  std::vector<Column> columns;
  // Columns of the target that identify a row and are shown. Empty: `rowid`.
  std::vector<std::string> key;
  // The target's name for its rowid. One of the rows that look the same is
  // taken, unless the view shows the rowid too, under `shown_rowid`.
  std::string rowid;
  std::string shown_rowid;
  // Looked at first where all columns are compared: an index may be over them.
  std::vector<std::string> hints;
  // Why the view takes no writes; empty: it does, and the fields above say how.
  std::string refusal;
  // Set to kNewVersionWrites by an INSERT.
  std::vector<plan::VersionView::Mark> marks;

  // The target's name of a column that the view shows.
  const Column* ByTarget(const std::string& name) const;
};

// In the provenance column of a row that is being inserted: the new version
// writes it. The motion's trigger takes it away in the same statement.
inline constexpr char kNewVersionWrites[] = "-9";

// The refusal of a view of several tables, under the name that it has for
// applications.
std::string TakesNoWrites(const std::string& shown);

// CREATE TRIGGER for INSERT, UPDATE and DELETE.
std::vector<Statement> InsteadOfTriggers(const InsteadOf& view);

// Takes a motion's mark out of the triggers that set it, and puts it back:
// edits of sqlite_schema. The text is taken as it is then, because columns may
// have been renamed since it was written.
std::string WithoutMarkSql(const plan::VersionView::Mark& mark);
std::string WithMarkSql(const plan::VersionView::Mark& mark);

}  // namespace segue::sqlite
