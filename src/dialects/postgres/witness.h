// What the server tells of the sessions of clients.
#pragma once

#include "db/witness.h"

namespace segue::postgres {

class PostgresWitness : public db::Witness {
 public:
  std::int64_t Moment(db::Connection& connection) const override;
  std::vector<db::Sighting> Introduced(
      db::Connection& connection,
      const std::string& schema_name) const override;
  std::vector<db::Sighting> SessionsOf(
      db::Connection& connection,
      const std::vector<std::string>& roles) const override;
  std::vector<db::Sighting> Holding(
      db::Connection& connection,
      const std::string& version_schema) const override;
  db::Sightings TransactionsBefore(db::Connection& connection,
                                   std::int64_t moment) const override;
};

}  // namespace segue::postgres
