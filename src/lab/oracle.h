// Remembers what every row must be: the last acknowledged write of each key, or
// both possibilities when the answer to a write was lost.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace segue::lab {

// The content of one row, reduced to the value that the lab writes.
struct Cell {
  enum class Kind { kAbsent, kNull, kValue };

  static Cell Absent() { return {}; }
  static Cell Null() { return {Kind::kNull, 0}; }
  static Cell Of(std::int64_t value) { return {Kind::kValue, value}; }

  bool present() const { return kind != Kind::kAbsent; }
  friend bool operator==(const Cell&, const Cell&) = default;

  Kind kind = Kind::kAbsent;
  std::int64_t value = 0;
};

// Returns "no row", "NULL" or the number.
std::string ToText(const Cell& cell);

// A writer claims a key, writes, and reports the outcome. Therefore at most one
// write of a key is in flight, and the last write is known exactly, whichever
// client and version it came from. Thread-safe.
class Oracle {
 public:
  // The state of a key at the beginning of a read.
  struct Glimpse {
    std::int64_t key = 0;
    std::uint32_t stamp = 0;
    bool claimed = false;
  };

  // Records a row that exists before any client runs.
  void Remember(std::int64_t key, const Cell& cell);

  // Returns the current row, and reserves the key for the caller until the
  // caller gives one of the three answers below. nullopt when another writer
  // has claimed the key, or when it is in doubt for ever.
  std::optional<Cell> TryClaim(std::int64_t key);
  void Acknowledge(std::int64_t key, const Cell& now);
  void Refused(std::int64_t key);  // it had no effect
  void InDoubt(std::int64_t key, const Cell& maybe);

  Glimpse BeforeRead(std::int64_t key) const;
  // Returns false when no history of writes explains `seen`. Returns true also
  // when a write ran meanwhile, because then either value is right.
  bool Explains(const Glimpse& before, const Cell& seen) const;

  // True when `seen` is right at the end, when nobody writes any more.
  bool Allows(std::int64_t key, const Cell& seen) const;
  Cell Expected(std::int64_t key) const;
  // Returns the keys that certainly or perhaps have a row, in order.
  std::vector<std::int64_t> Keys() const;

  // Returns a value that never repeats, so that a row which fell back to an
  // earlier value shows.
  std::int64_t NextValue();

 private:
  struct Entry {
    Cell cell;
    std::uint32_t stamp = 0;  // raised by each claim and each answer
    bool claimed = false;
    bool in_doubt = false;  // `maybe` is as likely as `cell`
    Cell maybe;
  };

  static bool Matches(const Entry& entry, const Cell& seen);
  const Entry& Find(std::int64_t key) const;

  mutable std::mutex mutex_;
  std::unordered_map<std::int64_t, Entry> entries_;
  std::int64_t next_value_ = 1'000'000'000;  // above any value in the table
};

}  // namespace segue::lab
