// The partitions of a table that is divided by ranges of one length.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "segue/database.h"
#include "segue/migrator.h"

namespace segue {

struct AheadRequest {
  std::string table;
  // How many ranges there have to be after today, or after the highest value
  // of whole numbers.
  int count = 3;
  std::string interval = {};  // "1 month"; empty: that of the last partition
};

struct MadePartition {
  std::string name;
  std::string from;  // the lowest value that it takes
  std::string to;    // the lowest value beyond it
};

// Every method throws segue::Error as the methods of Migrator do. An object is
// not thread-safe.
class Partitions {
 public:
  // `database` must outlive this object and stays with the caller.
  Partitions(Database& database, MigratorOptions options);
  ~Partitions();
  Partitions(const Partitions&) = delete;
  Partitions& operator=(const Partitions&) = delete;

  // Makes the partitions that are missing, and returns them; none when there
  // are enough. All are made in one transaction, within the lock budget. Throws
  // kNotFound when there is no such table, kUsage for an interval that is none,
  // and kRefused when the table is not divided by ranges of one column, when
  // the default partition has rows of the new ranges, or when the database has
  // no partitions.
  std::vector<MadePartition> Ahead(const AheadRequest& request);

 private:
  std::unique_ptr<engine::Context> context_;
};

}  // namespace segue
