// The address on which a server listens.
#pragma once

#include <string>

namespace segue::http {

struct Address {
  std::string host;
  int port = 0;  // 0: any free port

  // Returns "127.0.0.1:9187" or "[::1]:9187".
  std::string ToString() const;
};

// Parses "127.0.0.1:9187", "[::1]:9187" or "localhost:0". Without a host
// (":9187", "9187") it is the loopback address. Throws Error{kUsage}.
Address ParseAddress(const std::string& text);

}  // namespace segue::http
