#include "planning/shadow_column.h"

#include <utility>

#include "planning/shadow_stages.h"

namespace segue::ops {

ShadowColumn::ShadowColumn(TableWork& work, ShadowRequest request)
    : work_(work), shadow_(work, std::move(request)) {}

void ShadowColumn::Expand() {
  const TableWork::Together together(work_, Phase::kExpanding);
  LockBoth(false);
  AddColumns();
  StartSync();
  LockBoth(true);
}

// What deletes from the other table, or writes its column, goes on to this one.
void ShadowColumn::LockBoth(bool on_undo) {
  const auto& lookup = shadow_.request().lookup;
  if (!lookup || !work_.capabilities().parallel_writers) return;
  work_.Add(Phase::kExpanding,
            plan::LockTables{{lookup->table, work_.live().name}, on_undo});
}

void ShadowColumn::AddColumns() { AddShadowColumns(work_, shadow_); }

void ShadowColumn::StartSync() { StartShadowSync(work_, shadow_); }

void ShadowColumn::Migrate() { MigrateShadow(work_, shadow_); }

Place ShadowColumn::Switch() const {
  return shadow_.switches() ? kSeal : kDrop;
}

void ShadowColumn::StopSync() {
  CloseShadow(work_, shadow_);
  StopShadowSync(work_, shadow_);
  stopped_ = true;
}

void ShadowColumn::CarryOver() { CarryToShadow(work_, shadow_); }

void ShadowColumn::Contract() {
  const TableWork::Together together(work_, kDrop);
  const TableWork::Together sealed(work_, Switch());
  if (shadow_.request().keeps == Keeps::kOld) {
    CloseShadow(work_, shadow_);
  } else if (!stopped_) {
    StopSync();
  }
  SealShadow(work_, shadow_);
  DropShadow(work_, shadow_);
}

}  // namespace segue::ops
