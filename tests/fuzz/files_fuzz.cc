// Every reader of text that a user or a stranger may have written: migrations
// in YAML and JSON, segue.yaml, .env, URLs, durations, rates, queries, types.
// The first byte of an input chooses the reader. A reader returns or throws
// segue::Error, and what is shown of an input has no control characters.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/visible.h"
#include "cli/dotenv.h"
#include "db/clause.h"
#include "db/url.h"
#include "manifest/amount.h"
#include "manifest/config.h"
#include "manifest/duration.h"
#include "manifest/manifest.h"
#include "manifest/queries.h"
#include "segue/error.h"

namespace {

using segue::base::Visible;

void Require(bool holds) {
  if (!holds) std::abort();
}

void ReadUrl(std::string_view text) {
  const segue::db::Url url = segue::db::ParseUrl(text);
  const segue::db::Url again = segue::db::ParseUrl(url.ToString());
  Require(again.password == url.password && again.database == url.database);
  // A short password may occur in the rest of the URL by chance.
  constexpr std::size_t kTelling = 8;
  const bool elsewhere =
      (url.host + url.database + url.user + url.port).find(url.password) !=
      std::string::npos;
  if (url.password.size() >= kTelling && !elsewhere) {
    Require(url.Redacted().find(segue::db::PercentEncode(url.password)) ==
            std::string::npos);
  }
}

void Show(std::string_view text) {
  const std::string shown = segue::base::VisibleInLine(text);
  Require(segue::base::IsUtf8(shown));
  for (const char c : shown) Require(static_cast<unsigned char>(c) >= 0x20);
  Require(Visible(Visible(text)) == Visible(text));
  Require(segue::base::WholeCharacters(text) <= text.size());
}

void Read(char reader, std::string_view text) {
  switch (reader) {
    case 'y':
      segue::manifest::Parse(text, "01_fuzz.yaml");
      break;
    case 'j':
      segue::manifest::Parse(text, "01_fuzz.json");
      break;
    case 'c':
      segue::manifest::ParseConfig(text, "segue.yaml");
      break;
    case 'e':
      segue::cli::ParseDotEnv(text, ".env");
      break;
    case 'u':
      ReadUrl(text);
      break;
    case 'd':
      segue::manifest::ParseDuration(text);
      break;
    case 'r': {
      segue::PaceOptions pace;
      segue::manifest::ParseRate(std::string(text), pace);
      break;
    }
    case 'q':
      segue::manifest::ParseQueries(text, "queries.sql");
      break;
    case 't':
      segue::db::IsTypeText(text, [](const std::string&) { return true; });
      segue::db::NameParts(text);
      segue::db::IsSettingText(text);
      break;
    default:
      Show(text);
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  try {
    Read(input[0], input.substr(1));
  } catch (const segue::Error& error) {
    Show(error.what());
  }
  return 0;
}
