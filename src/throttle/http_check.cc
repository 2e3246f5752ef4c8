#include "throttle/http_check.h"

#include <httplib.h>

#include "base/text.h"
#include "base/watchdog.h"
#include "db/url.h"
#include "throttle/number.h"

namespace segue::engine {
namespace {

constexpr std::chrono::seconds kPatience{2};
// A number is short; a longer body is no answer to the question.
constexpr std::size_t kMostBody = 64U << 10U;

struct Target {
  std::string origin;  // "http://host:port"
  std::string path;
  std::string user;
  std::string password;
};

Target Split(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t path = url.find_first_of("/?", host);
  std::string authority = url.substr(host, path - host);
  Target target;
  if (const std::size_t at = authority.rfind('@'); at != std::string::npos) {
    const std::string login = authority.substr(0, at);
    const std::size_t colon = login.find(':');
    target.user = db::PercentDecode(login.substr(0, colon));
    if (colon != std::string::npos) {
      target.password = db::PercentDecode(login.substr(colon + 1));
    }
    authority.erase(0, at + 1);
  }
  target.origin = url.substr(0, host) + authority;
  if (path != std::string::npos) target.path = url.substr(path);
  if (!target.path.starts_with("/")) target.path.insert(0, "/");
  return target;
}

}  // namespace

Reading CheckHttp(const std::string& url) {
  Reading reading{db::PaceReason::kHttp, db::RedactedUrl(url), std::nullopt};
  const Target target = Split(url);
  httplib::Client client(target.origin);
  if (!client.is_valid()) {
    reading.error =
        "'" + db::RedactedUrl(url) + "' is no URL that can be asked";
    return reading;
  }
  client.set_connection_timeout(kPatience);
  client.set_read_timeout(kPatience);
  client.set_write_timeout(kPatience);
  if (!target.user.empty() || !target.password.empty()) {
    client.set_basic_auth(target.user, target.password);
  }
  std::string body;
  const auto receive = [&](const char* text, std::size_t size) {
    body.append(text, size);
    return body.size() <= kMostBody;
  };
  const httplib::Result answer = [&] {
    // The library limits the time of each read only, and a server may send its
    // answer byte by byte for ever.
    const base::Watchdog watchdog(2 * kPatience, [&] { client.stop(); });
    return client.Get(target.path, receive);
  }();
  if (!answer) {
    reading.error = body.size() > kMostBody
                        ? "its answer is longer than 64 KiB"
                        : httplib::to_string(answer.error());
    return reading;
  }
  const bool good = answer->status >= 200 && answer->status < 300;
  reading.value = good ? 0 : 1;
  if (good) {
    const auto number = NumberIn(base::Trim(body));
    if (number) reading.value = number;
  }
  return reading;
}

}  // namespace segue::engine
