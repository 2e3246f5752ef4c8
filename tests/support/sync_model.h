// The results that the dual writes must have, written from the rules alone (the
// design of the provenance column). The triggers of each database are compared
// with it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/support/client.h"

namespace segue::test {

// A row as both versions see it. `d` is 0 when it is not filled, 1 when the old
// side wrote, 2 when the new side wrote, and 3 when both were given.
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

// The definition of the old column, and how it is changed while both versions
// are live.
struct OldShape {
  bool not_null = false;
  Cell default_value = {};
  // The database checks NOT NULL before any trigger runs.
  bool null_checked_first = false;
};

class SyncModel {
 public:
  using Translation = std::function<Cell(const Cell&)>;
  SyncModel(OldShape shape, Translation up, Translation down)
      : shape_(std::move(shape)), up_(std::move(up)), down_(std::move(down)) {}

  // Returns nullopt when the statement fails and changes nothing.
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
