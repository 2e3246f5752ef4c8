// The versions of a schema that are published, or were.
#pragma once

#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "segue/progress.h"

namespace segue::engine {

// The name of the version of an application that knows no version: it uses the
// tables as they were before the first migration, or as the last one left them.
inline constexpr const char* kBaseVersion = "base";

// Returns what an instance of the schema may name as its version: migrations,
// published versions with their schemas, and the base.
std::vector<std::string> KnownVersions(db::Connection& connection,
                                       const Ledger& ledger);

// All methods run on the given connection and join its open transaction.
class PublishedVersions {
 public:
  // `ledger` must outlive this object.
  explicit PublishedVersions(const Ledger& ledger) : ledger_(ledger) {}

  // Returns the versions in the order in which they were published.
  std::vector<VersionInfo> All(db::Connection& connection) const;
  void Add(db::Connection& connection, const std::string& name,
           const std::string& version_schema) const;
  void Remove(db::Connection& connection, const std::string& name) const;
  // Says that the version is being rolled back, if it is published.
  void BeginRollback(db::Connection& connection, const std::string& name) const;
  // Keeps since when it is retired.
  void Retire(db::Connection& connection, const VersionInfo& version) const;
  // Retires all live versions except this one and those with these schemas.
  void RetireOthers(db::Connection& connection, const std::string& name,
                    const std::vector<std::string>& kept) const;

 private:
  const Ledger& ledger_;
};

}  // namespace segue::engine
