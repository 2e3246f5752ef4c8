// Serves GET /metrics for a Prometheus server.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/address.h"

namespace segue::http {

class MetricsServer {
 public:
  // The constructor returns when the server listens. `text` is called on the
  // server's threads and must outlive the server. Throws Error{kUsage} when the
  // server cannot listen, for example because the port is taken.
  MetricsServer(const Address& address, std::function<std::string()> text);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // Returns "http://127.0.0.1:9187/metrics", with the port that was chosen.
  std::string url() const;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace segue::http
