#include "http/address.h"

#include <charconv>

#include "segue/error.h"

namespace segue::http {
namespace {

// By default the server is reachable from this machine only.
constexpr char kLoopback[] = "127.0.0.1";
constexpr int kMostPort = 65535;

Error NoAddress(const std::string& text) {
  return Error(ErrorKind::kUsage, "\"" + text + "\" is no address to listen on")
      .WithHint("write it as 127.0.0.1:9187 or [::1]:9187");
}

int ParsePort(const std::string& port, const std::string& text) {
  int number = -1;
  const auto [end, failure] =
      std::from_chars(port.data(), port.data() + port.size(), number);
  const bool whole = failure == std::errc() && end == port.data() + port.size();
  if (!whole || number < 0 || number > kMostPort) throw NoAddress(text);
  return number;
}

}  // namespace

std::string Address::ToString() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Address ParseAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {kLoopback, ParsePort(text, text)};
  std::string host = text.substr(0, colon);
  const int port = ParsePort(text.substr(colon + 1), text);
  if (host.empty()) return {kLoopback, port};
  const bool bracketed = host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  // "::1:9187" is ambiguous: it could be an address with or without a port.
  const bool has_colon = host.find(':') != std::string::npos;
  if (host.empty() || has_colon != bracketed) throw NoAddress(text);
  return {host, port};
}

}  // namespace segue::http
