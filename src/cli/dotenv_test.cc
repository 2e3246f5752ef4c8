#include "cli/dotenv.h"

#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::cli {
namespace {

TEST(DotEnvTest, ReadsTheUsualForms) {
  auto values = ParseDotEnv(
      "# comment\n"
      "DATABASE_URL=postgres://u@h/db?x=1#y\n"
      "\n"
      "export NAME = value # comment\r\n"
      "SINGLE='as $it \\n stands' # c\n"
      "DOUBLE=\"a\\tb \\\"c\\\"\"\n"
      "EMPTY=\n",
      ".env");
  EXPECT_EQ(values["DATABASE_URL"], "postgres://u@h/db?x=1#y");
  EXPECT_EQ(values["NAME"], "value");
  EXPECT_EQ(values["SINGLE"], "as $it \\n stands");
  EXPECT_EQ(values["DOUBLE"], "a\tb \"c\"");
  EXPECT_EQ(values.count("EMPTY"), 1U);
}

TEST(DotEnvTest, NamesTheLineAndNeverTheValue) {
  try {
    ParseDotEnv("A=1\nURL=\"postgres://u:secret@h\n", ".env");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), ".env:2: the quote of URL is never closed");
  }
  try {
    ParseDotEnv("secret\n", ".env");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), ".env:1: expected NAME=value");
  }
}

}  // namespace
}  // namespace segue::cli
