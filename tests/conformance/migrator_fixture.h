// What the tests of a whole migration share.
#pragma once

#include <string>

#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {

// A table of users, and what the last refusal has said.
class UsersTest : public DialectTest {
 protected:
  // `more` are further columns: ", age integer".
  void CreateUsers(const std::string& more, const std::string& rows) {
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL" +
              more + ")");
    db().Exec("INSERT INTO users VALUES " + rows);
    before_ = db().Dump();
  }

  template <typename Work>
  ErrorKind KindOf(const Work& work) {
    const Error error = ThrownBy(work);
    message_ = error.what();
    hint_ = error.hint();
    return error.kind();
  }

  std::string before_;
  std::string message_;
  std::string hint_;
};

}  // namespace segue::test
