#include "tests/support/scrape.h"

#include <httplib.h>

#include <stdexcept>

namespace segue::test {

std::string Scrape(const std::string& url) {
  const std::size_t host = url.find("//") + 2;
  const std::size_t path = url.find('/', host);
  httplib::Client client(url.substr(0, path));
  const auto answer = client.Get(url.substr(path));
  if (!answer || answer->status != 200) {
    throw std::runtime_error("no answer from " + url);
  }
  const std::string type = answer->get_header_value("Content-Type");
  if (type != "text/plain; version=0.0.4; charset=utf-8") {
    throw std::runtime_error("content type '" + type + "' of " + url);
  }
  return answer->body;
}

}  // namespace segue::test
