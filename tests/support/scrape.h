// What a Prometheus server does.
#pragma once

#include <string>

namespace segue::test {

// GET of "http://host:port/path"; throws unless the answer is 200 and of the
// text format's content type.
std::string Scrape(const std::string& url);

}  // namespace segue::test
