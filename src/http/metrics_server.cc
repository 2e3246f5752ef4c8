#include "http/metrics_server.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "http/bounded_server.h"
#include "segue/error.h"

namespace segue::http {
namespace {

constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kFrontPage[] = "segue; what it is doing is at /metrics\n";

// By default the library lets two processes share a port, and then either of
// them may answer.
void ShareNoPort(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

Error CannotListen(const Address& address, int reason) {
  std::string message =
      "cannot listen on " + address.ToString() + " for metrics";
  if (reason != 0) message += std::string(": ") + std::strerror(reason);
  return Error(ErrorKind::kUsage, message)
      .WithHint("give another address; port 0 takes one that is free");
}

}  // namespace

class MetricsServer::Listener {
 public:
  Listener(const Address& address, std::function<std::string()> text)
      : address_(address), text_(std::move(text)) {
    server_.set_socket_options(ShareNoPort);
    server_.Get("/metrics",
                [this](const httplib::Request&, httplib::Response& response) {
                  response.set_content(text_(), kContentType);
                });
    server_.Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content(kFrontPage, "text/plain");
    });
    Bind();
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    // The server cannot be stopped before it runs.
    while (!server_.is_running() && !ended_) std::this_thread::yield();
  }

  ~Listener() {
    server_.CloseConnections();
    server_.stop();
    thread_.join();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  const Address& address() const { return address_; }

 private:
  void Bind() {
    errno = 0;
    if (address_.port == 0) {
      const int port = server_.bind_to_any_port(address_.host);
      if (port <= 0) throw CannotListen(address_, errno);
      address_.port = port;
    } else if (!server_.bind_to_port(address_.host, address_.port)) {
      throw CannotListen(address_, errno);
    }
  }

  Address address_;
  std::function<std::string()> text_;
  BoundedServer server_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

MetricsServer::MetricsServer(const Address& address,
                             std::function<std::string()> text)
    : listener_(std::make_unique<Listener>(address, std::move(text))) {}

MetricsServer::~MetricsServer() = default;

std::string MetricsServer::url() const {
  return "http://" + listener_->address().ToString() + "/metrics";
}

}  // namespace segue::http
