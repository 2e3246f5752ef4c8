#include "tests/support/sync_model.h"

namespace segue::test {
namespace {

using What = Write::What;

Cell NewValue(const Write& write, const Cell& otherwise) {
  if (write.what == What::kUntouched) return otherwise;
  // The new column has no default of its own until the contract.
  return write.what == What::kValue ? Cell(write.value) : Cell();
}

}  // namespace

std::string ToString(const std::optional<ModelRow>& row) {
  if (!row) return "an error";
  return "o=" + row->o.value_or("NULL") + " n=" + row->n.value_or("NULL") +
         " d=" + std::to_string(row->d);
}

Cell SyncModel::OldValue(const Write& write, const Cell& otherwise) const {
  if (write.what == What::kUntouched) return otherwise;
  if (write.what == What::kValue) return write.value;
  return write.what == What::kDefault ? shape_.default_value : Cell();
}

std::optional<ModelRow> SyncModel::Checked(ModelRow row) const {
  if (shape_.not_null && !row.o) return std::nullopt;
  return row;
}

std::optional<ModelRow> SyncModel::Insert(const Write& o,
                                          const Write& n) const {
  if (shape_.null_checked_first && o.what == What::kNull) return std::nullopt;
  const Write given = o.touched() ? o : Write{What::kDefault};
  Cell old_value = OldValue(given, {});
  Cell new_value = NewValue(n, {});
  if (!new_value) return Checked({old_value, up_(old_value), 1});
  // NULL beside a default that is none was given.
  if (old_value == shape_.default_value) {
    return Checked({down_(new_value), new_value, 2});
  }
  return Checked({old_value, new_value, 3});
}

std::optional<ModelRow> SyncModel::Update(const ModelRow& row, const Write& o,
                                          const Write& n) const {
  if (shape_.null_checked_first && o.what == What::kNull) return std::nullopt;
  Cell old_value = OldValue(o, row.o);
  Cell new_value = NewValue(n, row.n);
  bool old_changed = old_value != row.o;
  bool new_changed = new_value != row.n;
  if (old_changed && new_changed) return Checked({old_value, new_value, 3});
  if (new_changed) return Checked({down_(new_value), new_value, 2});
  if (old_changed || row.d == 0) {
    return Checked({old_value, up_(old_value), 1});
  }
  return row;
}

}  // namespace segue::test
