#include "http/metrics_server.h"

#include <httplib.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "segue/error.h"

namespace segue::http {
namespace {

constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kFrontPage[] = "segue; what it is doing is at /metrics\n";

// One thread serves the scraper, and one a person who looks.
constexpr std::size_t kThreads = 2;
// A client that connects and sends nothing must not delay the end of the run.
constexpr time_t kPatienceSeconds = 1;

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
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // A connection that is kept open would delay the end of the run.
    server_.set_keep_alive_max_count(1);
    server_.set_read_timeout(kPatienceSeconds);
    server_.set_write_timeout(kPatienceSeconds);
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
  httplib::Server server_;
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
