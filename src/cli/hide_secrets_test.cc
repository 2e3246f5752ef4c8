#include "cli/hide_secrets.h"

#include <gtest/gtest.h>

#include <string>

namespace segue::cli {
namespace {

std::string Hidden(std::string argument) {
  std::string program = "segue";
  char* argv[] = {program.data(), argument.data()};
  HideSecrets(2, argv);
  return argument;
}

TEST(HideSecretsTest, PasswordsOfUrls) {
  EXPECT_EQ(Hidden("postgres://app:geheim@h:5432/db"),
            "postgres://app:******@h:5432/db");
  EXPECT_EQ(Hidden("--url=postgres://app:a:b@c@h/db?x=1"),
            "--url=postgres://app:*****@h/db?x=1");
  EXPECT_EQ(Hidden("postgres://h/db?user=u&password=pw&sslmode=require"),
            "postgres://h/db?user=u&password=**&sslmode=require");
  EXPECT_EQ(Hidden("postgres://app:a/b@h/db"), "postgres://app:***@h/db");
}

TEST(HideSecretsTest, NothingElse) {
  for (const char* plain :
       {"postgres://app@h:5432/db", "postgres://h:5432/db?options=a:b", "start",
        "sqlite:app.db", "postgres://app:@h/db", "--password=x",
        "postgres://"}) {
    EXPECT_EQ(Hidden(plain), plain);
  }
}

}  // namespace
}  // namespace segue::cli
