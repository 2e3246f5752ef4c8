// Remembers what every row must be: the last acknowledged write of each key,
// and of a write whose answer was lost both possibilities.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace segue::lab {

// What one row is, reduced to the value the lab writes.
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

// "no row", "NULL" or the number.
std::string ToText(const Cell& cell);

// A writer claims a key, writes, and says what came of it; so at most one
// write of a key is in flight and the last one is known exactly, whichever
// client and version it came from. Thread-safe.
class Oracle {
 public:
  // The state of a key when a read began.
  struct Glimpse {
    std::int64_t key = 0;
    std::uint32_t stamp = 0;
    bool claimed = false;
  };

  // A row that is there before any client runs.
  void Remember(std::int64_t key, const Cell& cell);

  // What the row is now, and the key is the caller's until one of the three
  // answers below. nullopt: claimed by another, or in doubt for good.
  std::optional<Cell> TryClaim(std::int64_t key);
  void Acknowledge(std::int64_t key, const Cell& now);
  void Refused(std::int64_t key);  // the statement certainly had no effect
  void InDoubt(std::int64_t key, const Cell& maybe);

  Glimpse BeforeRead(std::int64_t key) const;
  // False when no history of writes explains `seen`. True also when a write
  // ran meanwhile, because then either value is right.
  bool Explains(const Glimpse& before, const Cell& seen) const;

  // For the judgement at the end, when nobody writes any more.
  bool Allows(std::int64_t key, const Cell& seen) const;
  Cell Expected(std::int64_t key) const;
  // Keys with a row, for certain or perhaps, in order.
  std::vector<std::int64_t> Keys() const;

  // Values never repeat, so a row that fell back to an earlier one shows.
  std::int64_t NextValue();

 private:
  struct Entry {
    Cell cell;
    std::uint32_t stamp = 0;  // raised by every claim and every answer
    bool claimed = false;
    bool in_doubt = false;  // then `maybe` is as good as `cell`
    Cell maybe;
  };

  static bool Matches(const Entry& entry, const Cell& seen);
  const Entry& Find(std::int64_t key) const;

  mutable std::mutex mutex_;
  std::unordered_map<std::int64_t, Entry> entries_;
  std::int64_t next_value_ =
      1'000'000'000;  // above any value a table starts with
};

}  // namespace segue::lab
