// Where a server listens.
#pragma once

#include <string>

namespace segue::http {

struct Address {
  std::string host;
  int port = 0;  // 0: any that is free

  // "127.0.0.1:9187", "[::1]:9187"
  std::string ToString() const;
};

// "127.0.0.1:9187", "[::1]:9187", "localhost:0"; without a host (":9187",
// "9187") loopback. Throws Error{kUsage}.
Address ParseAddress(const std::string& text);

}  // namespace segue::http
