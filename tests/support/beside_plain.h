// Makes a change of the schema with segue and, in a twin of the database, with
// plain SQL, and compares everything that the catalogue says afterwards.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "segue/migration.h"
#include "tests/support/catalogue.h"
#include "tests/support/idle_writes.h"
#include "tests/support/postgres_server.h"

namespace segue::test {

// One change, said in both ways.
struct Change {
  std::string operations;  // the YAML items of `operations`
  std::string plain;       // SQL that may run in a transaction
  // The columns that may stand last in their table afterwards, because others
  // have taken their place.
  std::vector<std::string> moves = {};
  std::string schema = "public";  // of the tables
  // NULL becomes a value, which is the application's own once it writes it back
  // into the same column, and which a rollback then keeps.
  bool fills = false;
};

struct Verdict {
  std::string refused;  // what segue said when it refused the change
  // What was not as before after a refusal or a rollback, and not as the plain
  // statement makes it after the contract.
  std::vector<std::string> differences;
  bool rolled_back = false;  // a change that replaces nothing cannot be
  std::size_t writes = 0;    // of both versions, while both were live
};

// Returns a statement that gives the indexes of partitions the names that
// segue gives them, where the server made some up: the name of the whole index
// and that of the partition. `which` is a condition on p, the whole index, and
// x, its part, rows of pg_class.
std::string NamesOfParts(const std::string& which);

// One schema, of which each change gets a copy. Not thread-safe.
class BesidePlain {
 public:
  // With `writes` both versions write while both are live.
  BesidePlain(PostgresServer& server, const std::string& setup,
              bool writes = false);
  ~BesidePlain();
  BesidePlain(const BesidePlain&) = delete;
  BesidePlain& operator=(const BesidePlain&) = delete;

  Verdict Try(const Change& change, Access access);
  // The session of the twin, which is always as `setup` made it.
  Client& twin() { return *twin_; }

 private:
  struct State {
    Snapshot catalogue;
    Snapshot data;
  };
  State StateOf(Client& client);
  struct Dropped {
    std::vector<std::string> views;  // their names
    std::string rules;               // statements that make them again
  };
  Dropped DropViewsFor(const std::string& plain);
  void RunPlain(const std::string& plain);
  State AfterPlain(const Change& change, std::string& error);
  void ReadOldWrites(const std::string& schema);
  void MakeWork();
  bool WorkIsUntouched();
  State OfWork();
  void RunBoth(const Change& change, Access access, Verdict& verdict);
  void WriteAsBoth(const Change& change, Access access, bool completes,
                   Verdict& verdict);
  void Compare(const std::string& when, const State& wanted,
               const std::vector<std::string>& moves, Verdict& verdict,
               bool compares_data = true);
  void DropWork();

  PostgresServer& server_;
  bool writes_;
  std::string original_;
  std::string twin_name_;
  std::unique_ptr<Client> twin_;
  State before_;
  std::string work_;  // the copy that segue changes; empty: none is there
  std::string work_fingerprint_;
  // What the last plain statement gave, for the other way of access.
  std::string last_plain_;
  State last_state_;
  IdleWrites last_writes_;                        // of the new version
  std::map<std::string, IdleWrites> old_writes_;  // by schema
  std::string last_error_;
};

}  // namespace segue::test
