#include "tests/support/testbed.h"

#include <iostream>
#include <stdexcept>

namespace segue::test {

const std::string& Testbed::Text(const std::string& meaning) const {
  const auto text = texts.find(meaning);
  if (text != texts.end()) return text->second;
  throw std::runtime_error("the test bed " + name + " has no text for '" +
                           meaning + "'");
}

const std::vector<Testbed>& Testbeds() {
  static const std::vector<Testbed> testbeds = {SqliteTestbed(),
                                                PostgresTestbed()};
  return testbeds;
}

std::string TestbedName(const ::testing::TestParamInfo<Testbed>& info) {
  return info.param.name;
}

void PrintTo(const Testbed& testbed, std::ostream* out) {
  *out << testbed.name;
}

std::string WhyNotTested(const Testbed& testbed) {
  if (!testbed.missing.empty()) {
    std::cerr << "*** NOT TESTED on " << testbed.name << ": " << testbed.missing
              << " ***\n";
  }
  return testbed.missing;
}

void DialectTest::SetUp() {
  SEGUE_SKIP_UNLESS_INSTALLED(GetParam());
  db_ = GetParam().fresh();
}

}  // namespace segue::test
