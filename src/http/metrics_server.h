// GET /metrics, for a Prometheus server to scrape.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/address.h"

namespace segue::http {

class MetricsServer {
 public:
  // Listens when it returns. `text` is called on the server's threads and must
  // outlive the server. Throws Error{kUsage} when it cannot listen, as where
  // the port is taken.
  MetricsServer(const Address& address, std::function<std::string()> text);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // "http://127.0.0.1:9187/metrics", with the port that was found.
  std::string url() const;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace segue::http
