#include "throttle/http_check.h"

#include <httplib.h>

#include "base/text.h"
#include "throttle/number.h"

namespace segue::engine {
namespace {

constexpr std::chrono::seconds kPatience{2};

struct Target {
  std::string origin;  // "http://host:port"
  std::string path;
};

Target Split(const std::string& url) {
  const std::size_t host = url.find("://");
  const std::size_t path =
      url.find('/', host == std::string::npos ? 0 : host + 3);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

}  // namespace

Reading CheckHttp(const std::string& url) {
  Reading reading{db::PaceReason::kHttp, url, std::nullopt};
  const Target target = Split(url);
  httplib::Client client(target.origin);
  if (!client.is_valid()) {
    reading.error = "'" + url + "' is no URL that can be asked";
    return reading;
  }
  client.set_connection_timeout(kPatience);
  client.set_read_timeout(kPatience);
  client.set_write_timeout(kPatience);
  const httplib::Result answer = client.Get(target.path);
  if (!answer) {
    reading.error = httplib::to_string(answer.error());
    return reading;
  }
  const bool good = answer->status >= 200 && answer->status < 300;
  reading.value = good ? 0 : 1;
  if (good) {
    const auto number = NumberIn(base::Trim(answer->body));
    if (number) reading.value = number;
  }
  return reading;
}

}  // namespace segue::engine
