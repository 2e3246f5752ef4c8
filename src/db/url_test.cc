#include "db/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::db {
namespace {

using testing::HasSubstr;
using testing::Not;
using Parameters = std::map<std::string, std::string>;

TEST(UrlTest, SqliteInAllItsSpellings) {
  const std::pair<const char*, const char*> kCases[] = {
      {"sqlite:app.db", "app.db"},
      {"sqlite:data/app.db", "data/app.db"},
      {"sqlite::memory:", ":memory:"},
      {"sqlite:/abs/app.db", "/abs/app.db"},
      {"sqlite:///abs/app.db", "/abs/app.db"},
      {"sqlite://app.db", "app.db"},
      {"sqlite3:app.db", "app.db"},
      {"SQLite:my%20app%3f.db", "my app?.db"},
      {" sqlite:app.db\n", "app.db"},
  };
  for (const auto& [text, path] : kCases) {
    const Url url = ParseUrl(text);
    EXPECT_EQ(url.scheme, "sqlite") << text;
    EXPECT_EQ(url.database, path) << text;
    EXPECT_EQ(ParseUrl(url.ToString()).database, path) << url.ToString();
  }
}

TEST(UrlTest, SqliteParameters) {
  const Url url = ParseUrl("sqlite:app.db?mode=ro&x=a%26b");
  EXPECT_EQ(url.parameters, (Parameters{{"mode", "ro"}, {"x", "a&b"}}));
  EXPECT_EQ(url.ToString(), "sqlite:app.db?mode=ro&x=a%26b");
}

TEST(UrlTest, ServersPartByPart) {
  const Url url = ParseUrl(
      "postgresql://al%40ice:p%2Fw%3A@db.example:5433/my%20db?sslmode=require");
  EXPECT_EQ(url.scheme, "postgres");
  EXPECT_EQ(url.user, "al@ice");
  EXPECT_EQ(url.password, "p/w:");
  EXPECT_EQ(url.host, "db.example");
  EXPECT_EQ(url.port, "5433");
  EXPECT_EQ(url.database, "my db");
  EXPECT_EQ(url.parameters, (Parameters{{"sslmode", "require"}}));
  EXPECT_EQ(url.ToString(),
            "postgres://al%40ice:p%2Fw%3A@db.example:5433/my%20db"
            "?sslmode=require");
}

TEST(UrlTest, EveryPartOfAServersAddressMayBeLeftOut) {
  for (const char* text :
       {"postgres://", "postgres://host", "postgres:///db", "postgres://u@h",
        "postgres://u@h/db", "postgres://h:1/db", "mariadb://h/db",
        "postgres://u:p@/db"}) {
    EXPECT_EQ(ParseUrl(text).ToString(), text);
  }
  EXPECT_EQ(ParseUrl("mysql://h/db").scheme, "mariadb");
}

TEST(UrlTest, UnixSockets) {
  const Url encoded = ParseUrl("postgres://u@%2Frun%2Fpostgresql:5433/db");
  EXPECT_EQ(encoded.host, "/run/postgresql");
  EXPECT_EQ(encoded.port, "5433");
  EXPECT_EQ(encoded.ToString(), "postgres://u@%2Frun%2Fpostgresql:5433/db");
  const Url parameter = ParseUrl("postgres:///db?host=/run/postgresql&port=1");
  EXPECT_EQ(parameter.host, "/run/postgresql");
  EXPECT_EQ(parameter.port, "1");
  EXPECT_TRUE(parameter.parameters.empty());
  EXPECT_EQ(parameter.ToString(), "postgres://%2Frun%2Fpostgresql:1/db");
}

TEST(UrlTest, AddressesAndSeveralHosts) {
  const Url v6 = ParseUrl("postgres://u@[::1]:5433/db");
  EXPECT_EQ(v6.host, "::1");
  EXPECT_EQ(v6.port, "5433");
  EXPECT_EQ(v6.ToString(), "postgres://u@[::1]:5433/db");
  const Url several = ParseUrl("postgres://a:1,b:2/db");
  EXPECT_EQ(several.host, "a,b");
  EXPECT_EQ(several.port, "1,2");
  EXPECT_EQ(several.ToString(), "postgres://a:1,b:2/db");
  EXPECT_EQ(ParseUrl("postgres://a,b/db").ToString(), "postgres://a,b/db");
}

TEST(UrlTest, PasswordsAreNeverShown) {
  for (const char* text :
       {"postgres://u:s3cret@h/db", "postgres://:s3cret@h/db",
        "postgres://u@h/db?password=s3cret",
        "postgres://u@h/db?sslpassword=s3cret"}) {
    const Url url = ParseUrl(text);
    EXPECT_THAT(url.Redacted(), Not(HasSubstr("s3cret"))) << text;
    EXPECT_THAT(url.Redacted(), HasSubstr("***")) << text;
    EXPECT_THAT(url.ToString(), HasSubstr("s3cret")) << text;
  }
  EXPECT_EQ(ParseUrl("postgres://u:s3cret@h/db").Redacted(),
            "postgres://u:***@h/db");
  EXPECT_EQ(ParseUrl("postgres://u@h/db").Redacted(), "postgres://u@h/db");
}

TEST(UrlTest, AnAddressIsEncodedAgain) {
  for (const char* text :
       {"postgres://u:p@[::1%40]:2/d", "postgres://u@[fe80::1%25eth0]/d"}) {
    const Url url = ParseUrl(text);
    EXPECT_EQ(url.ToString(), text);
    EXPECT_EQ(ParseUrl(url.ToString()).host, url.host);
  }
}

// The shapes are those of the case sec-secrets-in-messages.
TEST(UrlTest, NothingThatMayBeSecretIsShown) {
  for (const char* text :
       {"postgres://own%3As3cret@h/d", "postgres://h/d?options=-c%20x%3Ds3cret",
        "postgres://h?dbname=host=h%20password=s3cret",
        "postgres://h/postgres%3A%2F%2Fu%3As3cret%40h",
        "postgres://h/d?sslpassword=s3cret", "postgres://h/d?passfile=s3cret",
        "postgres://host%3Dh%20password%3Ds3cret@h/d"}) {
    const Url url = ParseUrl(text);
    EXPECT_THAT(url.Redacted(), Not(HasSubstr("s3cret"))) << text;
    std::string message = "for \"" + url.user + "\" in \"" + url.database;
    for (const auto& [name, value] : url.parameters) message += " " + value;
    EXPECT_THAT(url.RedactedIn(message), Not(HasSubstr("s3cret"))) << text;
  }
  EXPECT_EQ(ParseUrl("postgres://own%3Apw@h/d").Redacted(),
            "postgres://own:***@h/d");
  EXPECT_EQ(ParseUrl("postgres://u:s3cret@h/d?xs3cret=1").Redacted(),
            "postgres://u:***@h/d?***=***");
  EXPECT_EQ(ParseUrl("sqlite://u:s3cret@h/x.db").Redacted(),
            "sqlite:***@h/x.db");
  for (const char* text :
       {"postgres://u:s3cret@h/d?PASSWORD=s3cret&sslpassword=s3cret",
        "sqlite:x.db?password=s3cret&key=s3cret"}) {
    EXPECT_THAT(ParseUrl(text).WithoutSecrets().ToString(),
                Not(HasSubstr("s3cret")));
  }
  EXPECT_EQ(ParseUrl("postgres://u@h/d?sslkey=k").WithoutSecrets().ToString(),
            "postgres://u@h/d?sslkey=k");
  EXPECT_EQ(ParseUrl("postgres://u:s3cret@h/d?sslmode=s3cret").Redacted(),
            "postgres://u:***@h/d?sslmode=***");
  EXPECT_EQ(ParseUrl("postgres://u@h/d?p%40ss=1").Redacted(),
            "postgres://u@h/d?***=***");
  EXPECT_EQ(ParseUrl("postgres://u@h/d?sslmode=require").Redacted(),
            "postgres://u@h/d?sslmode=require");
}

TEST(UrlTest, AnyUrlCanBeShown) {
  EXPECT_EQ(RedactedUrl("http://h:80/gate?token=s3cret&x=1#y"),
            "http://h:80/gate?token=***&x=***");
  EXPECT_EQ(RedactedUrl("http://svc:s3cret@h/gate"), "http://***@h/gate");
  EXPECT_EQ(RedactedUrl("http://svc:s3/cr@et@h/gate"), "http://***@h/gate");
  EXPECT_EQ(RedactedUrl("no url"), "no url");
}

TEST(UrlTest, AnUnencodedAtSignInAPasswordIsUnderstood) {
  EXPECT_EQ(ParseUrl("postgres://u:p@ss@h/db").password, "p@ss");
}

TEST(UrlTest, BadOnesAreUsageErrorsWithoutThePassword) {
  for (const char* text :
       {"", "app.db", "s3cret", "sqlite:", "sqlite:?mode=ro", "postgres:db",
        "://u:s3cret@h", "post gres://h", "postgres://u:s3cret/x@h/db",
        "postgres://u:12/s3cret@h/db", "postgres://u:s3cret@h:port/db",
        "postgres://u:s3cret@h:123456/db", "postgres://u:s3cret@[::1/db",
        "postgres://u:s3cret%@h/db", "postgres://u:s3cret%zz@h/db",
        "postgres://u:s3cret@h/db?x", "postgres://u:s3cret@h/db?=x",
        "postgres://u:s3cret@h/%00"}) {
    try {
      ParseUrl(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage) << text;
      EXPECT_THAT(error.what(), Not(HasSubstr("s3cret"))) << text;
      EXPECT_THAT(error.what(), HasSubstr("Bad database URL: ")) << text;
    }
  }
}

TEST(UrlTest, PercentEncoding) {
  EXPECT_EQ(PercentEncode("a-b_c.d~e f/\xc3\xa4%"),
            "a-b_c.d~e%20f%2F%C3%A4%25");
  EXPECT_EQ(PercentDecode("%C3%a4+x"), "\xc3\xa4+x");
  for (int byte = 1; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    EXPECT_EQ(PercentDecode(PercentEncode(text)), text);
  }
  for (const char* text : {"%", "%1", "%1g", "%00", "a%"}) {
    EXPECT_THROW(PercentDecode(text), Error) << text;
  }
}

}  // namespace
}  // namespace segue::db
