// A table in use, a migration file with something wrong, and the real program.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {

// What one bad input has to come to.
struct Answer {
  int exit_code = 0;
  std::string message;  // the whole of standard error
};

class BadInputTest : public DialectTest {
 protected:
  void SetUp() override;

  void WriteFile(const std::string& name, const std::string& text);
  // Writes 01_full_name.yaml, which renames users.name to full_name.
  void WriteRename();
  // Runs segue beside the files; --url is added unless the arguments have it.
  Finished Segue(std::vector<std::string> arguments);
  // Runs it, and expects the answer word for word ({dir} and {pid} aside) and
  // that schema, rows and catalogue are as before.
  void Expect(const Answer& answer, std::vector<std::string> arguments);
  // The same for `start FILE` with this text in it.
  void ExpectFileRefused(const Answer& answer, const std::string& text);

  std::string Rows();
  const std::string& folder() const { return folder_.path(); }

 private:
  TempDir folder_;
};

}  // namespace segue::test
