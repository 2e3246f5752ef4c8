// The versions of a schema that are or were published.
#pragma once

#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "segue/progress.h"

namespace segue::engine {

// All calls run on the connection given and join its open transaction.
class PublishedVersions {
 public:
  // `ledger` must outlive it.
  explicit PublishedVersions(const Ledger& ledger) : ledger_(ledger) {}

  // In the order in which they were published.
  std::vector<VersionInfo> All(db::Connection& connection) const;
  void Add(db::Connection& connection, const std::string& name,
           const std::string& version_schema) const;
  void Remove(db::Connection& connection, const std::string& name) const;
  // All live versions but this one are retired.
  void RetireOthers(db::Connection& connection, const std::string& name) const;

 private:
  const Ledger& ledger_;
};

}  // namespace segue::engine
