// The page of the throttle names every signal with its defaults, and every
// reason.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "db/signal.h"
#include "tests/support/built.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

std::string Page() {
  std::ifstream file(SourceDir() + "/docs/throttle.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "1 s" of "1.0 s": as a person writes it.
std::string Short(std::string text) {
  const std::size_t zero = text.find(".0 ");
  return zero == std::string::npos ? text : text.erase(zero, 2);
}

TEST(ThrottlePage, HasEverySignalWithItsDefaults) {
  const std::string page = Page();
  for (const db::SignalInfo& info : db::KnownSignals()) {
    const std::string name = "| `" + std::string(ToString(info.reason)) + "` |";
    const std::size_t at = page.find(name);
    ASSERT_NE(at, std::string::npos) << name;
    const std::string row = page.substr(at, page.find('\n', at) - at);
    const bool hours = info.hard == 21'600;
    const std::string limits =
        "| " + Short(FormatSignal(info.unit, info.soft)) + " | " +
        (hours ? "6 h" : Short(FormatSignal(info.unit, info.hard))) + " |";
    if (info.origin == db::SignalOrigin::kCustom) continue;
    EXPECT_THAT(row, HasSubstr(limits));
  }
}

TEST(ThrottlePage, HasEveryReason) {
  const std::string page = Page();
  const std::string reasons = page.substr(page.find("## Reasons"));
  for (const db::PaceReason reason :
       {db::PaceReason::kRequested, db::PaceReason::kPaused,
        db::PaceReason::kWindow, db::PaceReason::kSignalLost}) {
    EXPECT_THAT(reasons, HasSubstr("`" + std::string(ToString(reason)) + "`"));
  }
}

}  // namespace
}  // namespace segue::test
