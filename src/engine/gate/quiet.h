// Since when a count has not risen, from one look to the next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/context.h"
#include "ledger/observations.h"

namespace segue::engine {

// Times are in seconds since 1970, by the clock of the server that counts.
struct Counted {
  std::int64_t count = 0;
  std::int64_t now = 0;
  // Tells the counts of a server from those that it began anew.
  std::string begun = {};
  std::int64_t last = 0;  // when it rose for the last time; 0: not told
  // A count of rows, which falls without being begun anew.
  bool falls = false;
  // What is looked at for the first time has come since both versions are live.
  bool fresh = false;
};

struct Quiet {
  std::int64_t since = 0;     // the count has not risen since then
  std::int64_t last_use = 0;  // when it rose; 0: that was not seen
  std::int64_t rises = 0;     // since the first look
  bool anew = false;          // it was begun anew then
};

// Returns the time of the database, as Counted has it.
std::int64_t NowOf(const Context& context);

// What the ledger keeps of a look.
struct Kept {
  std::int64_t count = 0;
  std::string begun;
  std::int64_t since = 0;
  std::int64_t last_use = 0;
  std::int64_t rises = 0;
  bool anew = false;
};

// Returns what the last look has kept; nullopt when there was none.
std::optional<Kept> LastLook(const Context& context, const MigrationRow& row,
                             ObservationKind kind, const std::string& name);

// Compares a count with the last look and keeps what it says. The first look
// knows nothing of the time before. Joins the open transaction, if any.
Quiet LookAt(const Context& context, const MigrationRow& row,
             ObservationKind kind, const std::string& name,
             const Counted& counted);

// Returns the soak in whole seconds, at least one.
std::int64_t SoakSeconds(const Context& context);
// Returns how much of the soak is left; 0 or less: nothing.
std::int64_t SoakLeft(const Context& context, const Counted& counted,
                      const Quiet& quiet);

// Returns "2026-01-31T12:00:00Z".
std::string TimeText(std::int64_t moment);
// Returns "90 s", "10 min" or "3 h", rounded up.
std::string SpanText(std::int64_t seconds);
// Returns "used until TIME, quiet since TIME, 5 min left"; the last part only
// when some is left.
std::string EvidenceText(const Quiet& quiet, std::int64_t left);

}  // namespace segue::engine
