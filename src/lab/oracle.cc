#include "lab/oracle.h"

#include <algorithm>

namespace segue::lab {

std::string ToText(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::kAbsent:
      return "no row";
    case Cell::Kind::kNull:
      return "NULL";
    case Cell::Kind::kValue:
      return std::to_string(cell.value);
  }
  return "";
}

void Oracle::Remember(std::int64_t key, const Cell& cell) {
  const std::lock_guard<std::mutex> lock(mutex_);
  entries_[key].cell = cell;
}

std::optional<Cell> Oracle::TryClaim(std::int64_t key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Entry& entry = entries_[key];
  if (entry.claimed || entry.in_doubt) return std::nullopt;
  entry.claimed = true;
  ++entry.stamp;
  return entry.cell;
}

void Oracle::Acknowledge(std::int64_t key, const Cell& now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Entry& entry = entries_[key];
  entry.cell = now;
  entry.claimed = false;
  ++entry.stamp;
}

void Oracle::Refused(std::int64_t key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Entry& entry = entries_[key];
  entry.claimed = false;
  ++entry.stamp;
}

void Oracle::InDoubt(std::int64_t key, const Cell& maybe) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Entry& entry = entries_[key];
  entry.maybe = maybe;
  entry.in_doubt = true;
  entry.claimed = false;
  ++entry.stamp;
}

bool Oracle::Matches(const Entry& entry, const Cell& seen) {
  return seen == entry.cell || (entry.in_doubt && seen == entry.maybe);
}

const Oracle::Entry& Oracle::Find(std::int64_t key) const {
  static const Entry kNone;
  const auto found = entries_.find(key);
  return found == entries_.end() ? kNone : found->second;
}

Oracle::Glimpse Oracle::BeforeRead(std::int64_t key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Entry& entry = Find(key);
  return {key, entry.stamp, entry.claimed};
}

bool Oracle::Explains(const Glimpse& before, const Cell& seen) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Entry& entry = Find(before.key);
  if (before.claimed || entry.stamp != before.stamp) return true;
  return Matches(entry, seen);
}

bool Oracle::Allows(std::int64_t key, const Cell& seen) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return Matches(Find(key), seen);
}

Cell Oracle::Expected(std::int64_t key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return Find(key).cell;
}

std::vector<std::int64_t> Oracle::Keys() const {
  std::vector<std::int64_t> keys;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [key, entry] : entries_) {
    if (entry.cell.present() || entry.in_doubt) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::int64_t Oracle::NextValue() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return next_value_++;
}

}  // namespace segue::lab
