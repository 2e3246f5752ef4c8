// Sequences by which the triggers of a motion count writes. A writer takes the
// next number without waiting for the transactions of others, and the number is
// not given back when its own transaction fails.
#pragma once

#include <string>
#include <vector>

#include "db/write_counts.h"
#include "dialects/postgres/motion_terms.h"

namespace segue::postgres {

// Return a statement of PL/pgSQL that counts a write of the old side, or one
// that the final shape refuses; empty where this form of the triggers does not
// count them.
std::string CountOldWrite(const MotionTerms& terms);
std::string CountWriteToFail(const MotionTerms& terms);

// Returns the statements that make the sequences of the motion, safe to repeat,
// and let everybody take their numbers.
std::vector<std::string> CreateCounters(const MotionTerms& terms);
std::vector<std::string> DropCounters(const MotionTerms& terms);

// Returns a condition on the name of a relation of the ledger's schema, that it
// is such a sequence: whoever takes its numbers only raises a count.
std::string IsCounter(const std::string& name);

class PostgresWriteCounts : public db::WriteCounts {
 public:
  bool counts_rows() const override { return false; }
  std::optional<std::int64_t> CountWrites(db::Connection& connection,
                                          const std::string& schema_name,
                                          const MotionSql& motion,
                                          db::Writes which) const override;
};

}  // namespace segue::postgres
