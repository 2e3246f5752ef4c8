// Reads metrics as a Prometheus server does.
#pragma once

#include <string>

namespace segue::test {

// Sends GET to "http://host:port/path". Throws unless the answer is 200 and has
// the content type of the text format.
std::string Scrape(const std::string& url);

}  // namespace segue::test
