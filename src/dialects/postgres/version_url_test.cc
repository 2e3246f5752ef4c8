#include "dialects/postgres/version_url.h"

#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

std::string OptionsOf(const std::string& url) {
  return db::ParseUrl(url).parameters.at("options");
}

TEST(VersionUrlTest, NamesTheVersionAndTheBase) {
  const db::Url url = db::ParseUrl("postgres://app:pw@h/d?sslmode=require");
  const std::string text = VersionUrl(url, {"public_01", "public"});
  EXPECT_EQ(OptionsOf(text), "-csearch_path=public_01,public");
  EXPECT_EQ(db::ParseUrl(text).parameters.at("sslmode"), "require");
  EXPECT_EQ(text.find(' '), std::string::npos);
}

TEST(VersionUrlTest, KeepsOtherOptions) {
  const db::Url url = db::ParseUrl("postgres://h/d?options=-cjit%3Doff");
  EXPECT_EQ(OptionsOf(VersionUrl(url, {"v", "public"})),
            "-cjit=off -csearch_path=v,public");
}

TEST(VersionUrlTest, QuotesNamesThatNeedIt) {
  const db::Url url = db::ParseUrl("postgres://h/d");
  EXPECT_EQ(OptionsOf(VersionUrl(url, {"v", "My S", "$user"})),
            "-csearch_path=v,\"My\\ S\",\"$user\"");
}

TEST(VersionUrlTest, LeavesOutWhatOnlySegueKnows) {
  const db::Url url = db::ParseUrl("postgres://h/d?pool_mode=session");
  EXPECT_EQ(VersionUrl(url, {}), "postgres://h/d");
}

}  // namespace
}  // namespace segue::postgres
