// What the dual writes must come to, written down from the rules alone (design
// of the provenance column), to compare the triggers of each database with.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/support/client.h"

namespace segue::test {

// A row as both versions see it; `d` is 0 not filled, 1 the old side wrote, 2
// the new side wrote, 3 both were given.
struct ModelRow {
  Cell o;
  Cell n;
  int d = 0;
  friend bool operator==(const ModelRow&, const ModelRow&) = default;
};
std::string ToString(const std::optional<ModelRow>& row);

// What a statement does to one column.
struct Write {
  enum class What { kUntouched, kValue, kNull, kDefault };
  What what = What::kUntouched;
  std::string value = {};  // kValue
  bool touched() const { return what != What::kUntouched; }
};

// The old column and what had to be done to it for the duration.
struct OldShape {
  bool not_null = false;
  Cell default_value = {};
  // The trigger supplies the default, so NULL cannot be told from DEFAULT.
  bool default_moved = false;
  // The database looks at NOT NULL before any trigger runs.
  bool null_checked_first = false;
};

class SyncModel {
 public:
  using Translation = std::function<Cell(const Cell&)>;
  SyncModel(OldShape shape, Translation up, Translation down)
      : shape_(std::move(shape)), up_(std::move(up)), down_(std::move(down)) {}

  // nullopt: the statement fails and changes nothing.
  std::optional<ModelRow> Insert(const Write& o, const Write& n) const;
  std::optional<ModelRow> Update(const ModelRow& row, const Write& o,
                                 const Write& n) const;
  ModelRow Filled(const Cell& o) const { return {o, up_(o), 1}; }

 private:
  Cell OldValue(const Write& write, const Cell& otherwise) const;
  std::optional<ModelRow> Checked(ModelRow row) const;

  OldShape shape_;
  Translation up_;
  Translation down_;
};

}  // namespace segue::test
