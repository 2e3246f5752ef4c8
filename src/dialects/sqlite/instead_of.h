// INSTEAD OF triggers: a write of a view becomes the same write of what is
// under it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "segue/plan.h"

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
  // Columns of the target that an INSERT sets to kNewVersionWrites.
  std::vector<std::string> marks;

  // The target's name of a column that the view shows.
  const Column* ByTarget(const std::string& name) const;
};

// In the provenance column of a row that is being inserted: the new version
// writes it. The motion's trigger takes it away in the same statement.
inline constexpr char kNewVersionWrites[] = "-9";

// CREATE TRIGGER for INSERT, UPDATE and DELETE.
std::vector<Statement> InsteadOfTriggers(const InsteadOf& view);
std::string InsertTriggerName(const std::string& view);

// The text of such a trigger on INSERT without one of its marks, and with it
// again, as SQL expressions over `sql`. An edit of the text as it is then: the
// columns may have been renamed since it was written.
std::string WithoutMark(const std::string& column);
std::string WithMark(const std::string& column);

}  // namespace segue::sqlite
