#include "report/json.h"

#include <gtest/gtest.h>

namespace segue::report {
namespace {

TEST(JsonTest, AnErrorHasKindMessageHintAndExitCode) {
  Error error(ErrorKind::kRefused, "no \"thanks\"");
  error.WithHint("give --yes");
  EXPECT_EQ(ErrorJson(error),
            "{\"error\":{\"kind\":\"refused\",\"message\":\"no "
            "\\\"thanks\\\"\",\"hint\":\"give --yes\",\"code\":3}}");
}

TEST(JsonTest, AnErrorInAnotherEncodingIsStillJson) {
  EXPECT_NE(ErrorJson(Error(ErrorKind::kInternal, "caf\xe9")).find("caf"),
            std::string::npos);
}

TEST(JsonTest, EveryResultIsOneObject) {
  EXPECT_EQ(StatusJson(std::nullopt), "{\"migration\":null}");
  EXPECT_EQ(HistoryJson({}), "{\"history\":[]}");
  EXPECT_EQ(VersionsJson({}), "{\"versions\":[]}");
  EXPECT_EQ(ObjectJson({{"b", "1"}, {"a", "2"}}), "{\"b\":\"1\",\"a\":\"2\"}");
  VerifyReport report;
  report.migration = "m";
  report.mismatches = {"t: 1"};
  EXPECT_EQ(VerifyJson(report),
            "{\"migration\":\"m\",\"rows_checked\":0,\"clean\":false,"
            "\"mismatches\":[\"t: 1\"],\"grants\":[]}");
  EXPECT_EQ(RefreshJson({{"GRANT a"}, {"b"}}),
            "{\"applied\":[\"GRANT a\"],\"left\":[\"b\"]}");
}

TEST(JsonTest, StatusHidesAnUnknownEta) {
  MigrationStatus status;
  status.id = "m";
  const std::string json = StatusJson(status);
  EXPECT_EQ(json.rfind("{\"migration\":{\"id\":\"m\",", 0), 0U) << json;
  EXPECT_NE(json.find("\"eta_seconds\":null"), std::string::npos) << json;
}

TEST(JsonTest, APlanIsNestedNotQuoted) {
  Plan plan;
  plan.id = "m";
  const std::string json = PlanJson(plan, Validate(plan));
  EXPECT_EQ(json.rfind("{\"plan\":{\"", 0), 0U) << json;
  EXPECT_NE(json.find("Migration plan has no steps"), std::string::npos);
}

TEST(JsonTest, AFindingHasItsIdAndItsPlace) {
  Finding finding;
  finding.id = "many-steps";
  finding.message = "m";
  finding.source = {"02_x.yaml", 4, 3};
  const std::string json = PlanJson({}, {finding, {}});
  EXPECT_NE(json.find("\"id\":\"many-steps\",\"severity\":\"warning\","
                      "\"message\":\"m\",\"why\":\"\",\"safe_way\":\"\","
                      "\"source\":{\"file\":\"02_x.yaml\",\"line\":4,"
                      "\"column\":3}"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find("\"source\":null"), std::string::npos) << json;
}

}  // namespace
}  // namespace segue::report
