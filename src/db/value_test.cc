#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "db/connection.h"
#include "segue/error.h"

namespace segue::db {
namespace {

std::vector<Value> ThroughJson(const std::vector<Value>& values) {
  return ValuesFromJson(ValuesToJson(values));
}

TEST(ValueTest, AsText) {
  EXPECT_TRUE(IsNull(Value()));
  EXPECT_FALSE(IsNull(Value(std::string())));
  EXPECT_EQ(ToText(Value()), "NULL");
  EXPECT_EQ(ToText(Value(std::int64_t{-7})), "-7");
  EXPECT_EQ(ToText(Value(std::string("x"))), "x");
  EXPECT_EQ(ToText(Value(Blob{0, 0x1f, 0xff})), "\\x001fff");
  EXPECT_EQ(ToText(Value(1.0)), "1.0");
  EXPECT_EQ(ToText(Value(-0.1)), "-0.1");
  EXPECT_EQ(ToText(Value(1e300)), "1e+300");
}

TEST(ValueTest, AsInteger) {
  EXPECT_EQ(ToInt(Value(std::int64_t{5})), 5);
  EXPECT_EQ(ToInt(Value(std::string("-12"))), -12);
  EXPECT_EQ(ToInt(Value(std::string("9223372036854775807"))),
            std::numeric_limits<std::int64_t>::max());
  const std::vector<Value> bad = {Value(),
                                  Value(1.0),
                                  Value(Blob{1}),
                                  Value(std::string()),
                                  Value(std::string("1x")),
                                  Value(std::string(" 1")),
                                  Value(std::string("9223372036854775808"))};
  for (const Value& value : bad) {
    EXPECT_THROW(ToInt(value), Error) << ToText(value);
  }
}

TEST(ValueTest, JsonGivesEveryValueBack) {
  const std::vector<Value> values = {
      Value(),
      Value(std::numeric_limits<std::int64_t>::min()),
      Value(std::numeric_limits<std::int64_t>::max()),
      Value(0.1),
      Value(1.0),
      Value(-0.0),
      Value(std::numeric_limits<double>::denorm_min()),
      Value(std::numeric_limits<double>::infinity()),
      Value(-std::numeric_limits<double>::infinity()),
      Value(std::string()),
      Value(std::string("\"quoted\" \xc3\xa4\n\x01")),
      Value(std::string("NULL")),
      Value(std::string("not utf-8: \xff\x80", 13)),
      Value(std::string("a\0b", 3)),
      Value(Blob{}),
      Value(Blob{0, 255, 16}),
  };
  EXPECT_EQ(ThroughJson(values), values);
  EXPECT_EQ(ThroughJson({}), std::vector<Value>());
  EXPECT_TRUE(std::signbit(std::get<double>(ThroughJson({Value(-0.0)})[0])));
  EXPECT_TRUE(std::isnan(std::get<double>(ThroughJson({Value(NAN)})[0])));
}

TEST(ValueTest, JsonReadsWell) {
  EXPECT_EQ(ValuesToJson({Value(std::int64_t{1}), Value(std::string("a")),
                          Value(), Value(Blob{1})}),
            R"([1,"a",null,{"hex":"01"}])");
}

TEST(ValueTest, BadJsonIsCorrupt) {
  for (const char* json : {"", "[", "[{}]", "[{\"hex\":\"0\"}]",
                           "[{\"hex\":\"zz\"}]", "[{\"hex\":5}]", "[[1]]"}) {
    try {
      ValuesFromJson(json);
      ADD_FAILURE() << json;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt) << json;
    }
  }
}

}  // namespace
}  // namespace segue::db
