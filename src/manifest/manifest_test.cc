#include "manifest/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/sha256.h"
#include "planning/operation.h"
#include "segue/error.h"

namespace segue::manifest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kYaml = R"(# widen it
name: Widen the balance
version_schema: bigint
access: versioned
on_transform_error: refuse
backfill: {chunk_time: 50ms, user_triggers: skip}
operations:
  - alter_column:
      table: accounts
      column: balance
      type: bigint
  - sql:
      up: |
        SELECT 1;
        	SELECT 2;
)";

constexpr const char* kJson = R"({
  "operations": [
    {"rename_column": {"table": "t", "from": "a", "to": "b"}}
  ]
})";

std::string UsageErrorOf(std::string_view text,
                         const std::string& file = "m.yaml") {
  try {
    Parse(text, file);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << error.what();
    return error.what();
  }
  return "";
}

TEST(Manifest, ReadsYaml) {
  const Migration migration = Parse(kYaml, "dir/01_bigint.yaml");
  EXPECT_EQ(migration.id, "01_bigint");
  EXPECT_EQ(migration.title, "Widen the balance");
  EXPECT_EQ(migration.version, "bigint");
  EXPECT_EQ(migration.access, Access::kVersioned);
  EXPECT_EQ(migration.chunk_time, std::chrono::milliseconds(50));
  EXPECT_EQ(migration.user_triggers, UserTriggers::kSkip);
  ASSERT_EQ(migration.operations.size(), 2U);
  EXPECT_EQ(migration.operations[0]->name(), "alter_column");
  EXPECT_EQ(migration.operations[1]->name(), "sql");
  EXPECT_EQ(migration.source, kYaml);
  EXPECT_EQ(migration.checksum, base::Sha256(kYaml));
}

TEST(Manifest, ReadsJson) {
  const Migration migration = Parse(kJson, "02_full_name.json");
  EXPECT_EQ(migration.id, "02_full_name");
  EXPECT_EQ(migration.title, "02_full_name");
  EXPECT_FALSE(migration.access);
  ASSERT_EQ(migration.operations.size(), 1U);
  // YAML is a superset of JSON.
  EXPECT_EQ(Parse(kJson, "02.yaml").operations.size(), 1U);
}

TEST(Manifest, ByteOrderMarkIsNoContent) {
  EXPECT_EQ(UsageErrorOf(std::string("\xEF\xBB\xBF") + kYaml), "");
  EXPECT_EQ(UsageErrorOf(std::string("\xEF\xBB\xBF") + kJson, "m.json"), "");
}

TEST(Manifest, NamesTheNearestKey) {
  EXPECT_EQ(
      UsageErrorOf("operations:\n"
                   "  - rename_column:\n"
                   "      table: t\n"
                   "      form: a\n"
                   "      to: b\n"),
      "m.yaml:4: operations[0].rename_column: unknown key 'form', nearest "
      "is 'from'");
  EXPECT_EQ(UsageErrorOf("{\n\"operation\": []}", "m.json"),
            "m.json:2: unknown key 'operation', nearest is 'operations'");
  EXPECT_THAT(UsageErrorOf("operations:\n- add_colum: {}\n"),
              HasSubstr("m.yaml:2: operations[0].add_colum: unknown operation "
                        "'add_colum', nearest is 'add_column'"));
}

TEST(Manifest, DuplicateKeys) {
  EXPECT_EQ(UsageErrorOf("operations:\n"
                         "  - sql:\n"
                         "      up: SELECT 1\n"
                         "      up: SELECT 2\n"),
            "m.yaml:4: operations[0].sql: duplicate key 'up', first on line 3");
  EXPECT_EQ(UsageErrorOf("{\"operations\": [{\"sql\":\n {\"up\": \"a\",\n"
                         "  \"up\": \"b\"}}]}",
                         "m.json"),
            "m.json:3: operations[0].sql: duplicate key 'up', first on line 2");
}

TEST(Manifest, OperationsMustBeAList) {
  EXPECT_EQ(UsageErrorOf("name: x\n"), "m.yaml:1: missing key 'operations'");
  EXPECT_THAT(UsageErrorOf("operations: []\n"), HasSubstr("must not be empty"));
  EXPECT_THAT(UsageErrorOf("operations: {sql: {up: x}}\n"),
              HasSubstr("m.yaml:1: operations: expected a list, found a map"));
  EXPECT_THAT(UsageErrorOf("operations:\n- {sql: {up: x}, b: 1}\n"),
              HasSubstr("m.yaml:2: operations[0]: expected a map with exactly "
                        "one key"));
  EXPECT_THAT(UsageErrorOf("- a\n"), HasSubstr("expected a map"));
}

TEST(Manifest, BrokenText) {
  EXPECT_EQ(UsageErrorOf("name: a\xFF\n"),
            "m.yaml:1: not valid UTF-8 at byte 7");
  EXPECT_EQ(UsageErrorOf("a: 1\nb: \xC3\x28\n"),
            "m.yaml:2: not valid UTF-8 at byte 8");
  EXPECT_EQ(UsageErrorOf(""), "m.yaml: the file is empty");
  EXPECT_EQ(UsageErrorOf("# nothing\n"), "m.yaml: the file is empty");
  EXPECT_EQ(UsageErrorOf("\n", "m.json"), "m.json: the file is empty");
  EXPECT_THAT(UsageErrorOf(std::string_view("a: \0", 4)), HasSubstr("NUL"));
  EXPECT_THAT(UsageErrorOf("a: \"x\\0y\""), HasSubstr("NUL"));
  EXPECT_THAT(UsageErrorOf("\"x\\0y\": 1"), HasSubstr("NUL"));
  EXPECT_EQ(UsageErrorOf("operations:\n\t- sql: {up: x}\n"),
            "m.yaml:2: indented with a tab; YAML needs spaces");
  EXPECT_EQ(UsageErrorOf("name: a\n---\nname: b\n"),
            "m.yaml:2: a second document begins here");
  EXPECT_THAT(UsageErrorOf("name: [a\noperations: b\n"),
              HasSubstr("not valid YAML"));
  EXPECT_THAT(UsageErrorOf("a: &x 1\nb: *x\n"), HasSubstr("anchors"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "- ";
  EXPECT_THAT(UsageErrorOf(deep + "x"), HasSubstr("64 levels"));
}

TEST(Manifest, BrokenJson) {
  EXPECT_THAT(UsageErrorOf("{\"name\": 1,\n\"operations\": [}\n", "m.json"),
              HasSubstr("m.json:2: not valid JSON: column 16: "));
  EXPECT_THAT(UsageErrorOf("{} {}", "m.json"), HasSubstr("not valid JSON"));
  EXPECT_THAT(UsageErrorOf("{'a': 1}", "m.json"), HasSubstr("not valid JSON"));
  EXPECT_THAT(UsageErrorOf("{\"a\": \"\\u0000\"}", "m.json"), HasSubstr("NUL"));
  EXPECT_THAT(UsageErrorOf(std::string(100, '['), "m.json"),
              HasSubstr("64 levels"));
}

TEST(Manifest, LinesOfJsonValuesAreExact) {
  EXPECT_THAT(UsageErrorOf("{\"operations\": [\n 1\n, 2]}", "m.json"),
              HasSubstr("m.json:2: operations[0]"));
}

TEST(Manifest, WhatIsNotActedOnYetIsRefused) {
  const std::string operations = "operations: [{sql: {up: x}}]\n";
  EXPECT_EQ(UsageErrorOf(operations), "");
  EXPECT_THAT(UsageErrorOf(operations + "gate: {soak: 1h}\n"),
              HasSubstr("m.yaml:2: gate: 'gate' is not supported yet"));
  EXPECT_THAT(UsageErrorOf(operations + "backfill: {workers: 0}\n"),
              HasSubstr("a whole number above zero"));
  EXPECT_THAT(UsageErrorOf(operations, "m.sql"), HasSubstr("plain SQL"));
}

TEST(Manifest, ReadsWhatBecomesOfATransformationThatFails) {
  const std::string operations = "operations: [{sql: {up: x}}]\n";
  const auto read = [&](const std::string& more) {
    return Parse(operations + more, "m.yaml").on_transform_error;
  };
  EXPECT_EQ(read(""), std::nullopt);
  EXPECT_EQ(read("on_transform_error: refuse\n"), OnTransformError::kRefuse);
  EXPECT_EQ(read("on_transform_error: mark\n"), OnTransformError::kMark);
  EXPECT_THAT(UsageErrorOf(operations + "on_transform_error: log\n"),
              HasSubstr("unknown value 'log'; known are refuse, mark"));
}

TEST(Manifest, SettingsAreChecked) {
  const std::string operations = "operations: [{sql: {up: x}}]\n";
  EXPECT_THAT(UsageErrorOf(operations + "access: in-place\n"),
              HasSubstr("unknown access 'in-place', nearest is 'in_place'"));
  EXPECT_THAT(UsageErrorOf(operations + "backfill: {user_triggers: off}\n"),
              HasSubstr("backfill.user_triggers: unknown value 'off'"));
  EXPECT_THAT(UsageErrorOf(operations + "backfill: {chunk_time: fast}\n"),
              HasSubstr("'fast' is no length of time"));
  EXPECT_THAT(UsageErrorOf(operations + "backfill: {chunk_time: 0}\n"),
              HasSubstr("above zero"));
  EXPECT_THAT(UsageErrorOf(operations + "backfill: {window: 25:00-26:00}\n"),
              HasSubstr("times are HH:MM"));
  const Migration paced = Parse(
      operations + "backfill: {max_rate: 100 rows/s, window: 01:00-05:00}\n",
      "01_a.yaml");
  EXPECT_EQ(paced.pace.rows_per_second, 100);
  EXPECT_EQ(paced.pace.window, "01:00-05:00");
}

TEST(Manifest, FilesThatCannotBeRead) {
  const auto message = [](const std::string& path) -> std::string {
    try {
      LoadFile(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message("/nowhere/m.yaml"),
            "/nowhere/m.yaml: there is no such file");
  EXPECT_THAT(message("/tmp"), HasSubstr("directory"));
  // The case is sec-input-files: a device has no end, and a pipe has no
  // beginning.
  EXPECT_EQ(message("/dev/zero"),
            "/dev/zero: it is a device or a pipe, not a file");
  const std::string pipe = ::testing::TempDir() + "pipe.yaml";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(message(pipe), pipe + ": it is a device or a pipe, not a file");
  std::filesystem::remove(pipe);
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / "07_from_disk.yaml";
  std::ofstream(path) << kYaml;
  EXPECT_EQ(LoadFile(path.string()).id, "07_from_disk");
  std::filesystem::remove(path);
}

TEST(Manifest, ManyKeysAreReadInTheirTime) {
  std::string yaml;
  for (int i = 0; i < 100'000; ++i) yaml += "k" + std::to_string(i) + ": 1\n";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(Parse(yaml + "k5: 1\n", "m.yaml"), Error);
  // Comparing each key with all others takes minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Manifest, AnOperationKnowsWhereItStands) {
  const auto places = [](const std::string& text, const std::string& file) {
    std::vector<std::string> found;
    for (const auto& operation : Parse(text, file).operations) {
      found.push_back(operation->source().ToString());
    }
    return found;
  };
  EXPECT_THAT(places("operations:\n- sql: {up: x}\n-\n    sql:\n      up: x\n",
                     "02_x.yaml"),
              ElementsAre("02_x.yaml:2:3", "02_x.yaml:4:5"));
  EXPECT_THAT(places("{\"operations\": [\n  {\"sql\": {\"up\": \"x\"}}, "
                     "{\"sql\": {\"up\": \"x\"}}]}",
                     "02_x.json"),
              ElementsAre("02_x.json:2:3", "02_x.json:2:25"));
}

}  // namespace
}  // namespace segue::manifest
