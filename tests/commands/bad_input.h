// A table in use, a migration file with something wrong, and the real program.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {

// The answer that one bad input must get.
struct Answer {
  int exit_code = 0;
  std::string message;  // the whole of standard error
};

class BadInputTest : public DialectTest {
 protected:
  void SetUp() override;

  void WriteFile(const std::string& name, const std::string& text);
  // Runs segue in the folder of the files; --url is added unless the arguments
  // have it.
  Finished Segue(std::vector<std::string> arguments);
  // Runs segue and expects the answer word for word, {dir} and {pid} aside, and
  // the same schema, rows and catalogue as before.
  void Expect(const Answer& answer, std::vector<std::string> arguments);
  // Expects the same of `start FILE`, where the file has this text.
  void ExpectFileRefused(const Answer& answer, const std::string& text);

  std::string Rows();
  const std::string& folder() const { return folder_.path(); }

 private:
  TempDir folder_;
};

}  // namespace segue::test
