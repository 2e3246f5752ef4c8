#include "http/metrics_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "segue/error.h"

namespace segue::http {
namespace {

using testing::HasSubstr;

std::string Text() { return "segue_running 1\n"; }

httplib::Client ClientOf(const MetricsServer& server) {
  const std::string url = server.url();
  return httplib::Client(url.substr(0, url.rfind('/')));
}

TEST(AddressTest, IsLoopbackUnlessAHostIsNamed) {
  EXPECT_EQ(ParseAddress("9187").ToString(), "127.0.0.1:9187");
  EXPECT_EQ(ParseAddress(":9187").ToString(), "127.0.0.1:9187");
  EXPECT_EQ(ParseAddress("0.0.0.0:9187").ToString(), "0.0.0.0:9187");
  EXPECT_EQ(ParseAddress("[::1]:0").ToString(), "[::1]:0");
  EXPECT_EQ(ParseAddress("[::1]:0").host, "::1");
}

TEST(AddressTest, RefusesWhatIsNone) {
  for (const char* text : {"", ":", "host", "host:", "host:x", "host:65536",
                           "host:-1", "::1:9187", "[]:1", "[::1]", "1.5"}) {
    EXPECT_THROW(ParseAddress(text), Error) << text;
  }
}

TEST(MetricsServerTest, AnswersAScrape) {
  const MetricsServer server({"127.0.0.1", 0}, Text);
  auto client = ClientOf(server);
  const auto answer = client.Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, Text());
  EXPECT_EQ(answer->get_header_value("Content-Type"),
            "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(client.Get("/")->status, 200);
  EXPECT_EQ(client.Get("/other")->status, 404);
  EXPECT_EQ(client.Post("/metrics")->status, 404);
}

TEST(MetricsServerTest, SaysWhyItCannotListen) {
  const MetricsServer first({"127.0.0.1", 0}, Text);
  const std::string url = first.url();
  const std::string address =
      url.substr(7, url.size() - 7 - std::string("/metrics").size());
  try {
    const MetricsServer second(ParseAddress(address), Text);
    ADD_FAILURE() << "two servers share " << address;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(error.what(), "cannot listen on " + address +
                                " for metrics: Address already in use");
  }
}

TEST(MetricsServerTest, AHostThatIsNotHereIsAnError) {
  EXPECT_THROW(MetricsServer({"203.0.113.7", 0}, Text), Error);
}

TEST(MetricsServerTest, GivesItsPortBackAndIsNotHeldUpByAClient) {
  auto server = std::make_unique<MetricsServer>(Address{"127.0.0.1", 0}, Text);
  const std::string url = server->url();
  httplib::Client keeps = ClientOf(*server);
  keeps.set_keep_alive(true);
  ASSERT_TRUE(keeps.Get("/metrics"));
  const auto begin = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
  const std::size_t colon = url.rfind(':');
  const int port = std::stoi(url.substr(colon + 1));
  EXPECT_NO_THROW(MetricsServer({"127.0.0.1", port}, Text));
}

// Clients that send a byte now and then, each of which is in time.
class SlowClients {
 public:
  SlowClients(int port, int count) {
    for (int i = 0; i < count; ++i) sockets_.push_back(Connect(port));
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        for (const int socket : sockets_) {
          // A connection that the server has closed takes no more.
          [[maybe_unused]] const ssize_t sent =
              send(socket, "X", 1, MSG_NOSIGNAL);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    });
  }
  ~SlowClients() {
    thread_.request_stop();
    thread_.join();
    for (const int socket : sockets_) close(socket);
  }
  SlowClients(const SlowClients&) = delete;
  SlowClients& operator=(const SlowClients&) = delete;

 private:
  static int Connect(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const int one = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(
        connect(one, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return one;
  }

  std::vector<int> sockets_;
  std::jthread thread_;
};

int PortOf(const MetricsServer& server) {
  const std::string url = server.url();
  return std::stoi(url.substr(url.rfind(':') + 1));
}

// The case is sec-metrics-held-open.
TEST(MetricsServerTest, SlowClientsNeitherHoldTheEndUpNorKeepAScraperOut) {
  auto server = std::make_unique<MetricsServer>(Address{"127.0.0.1", 0}, Text);
  const SlowClients slow(PortOf(*server), 40);
  const auto begin = std::chrono::steady_clock::now();
  // The first clients have two seconds, and none of the others waits.
  bool answered = false;
  while (!answered &&
         std::chrono::steady_clock::now() - begin < std::chrono::seconds(8)) {
    answered = static_cast<bool>(ClientOf(*server).Get("/metrics"));
  }
  EXPECT_TRUE(answered);
  const SlowClients more(PortOf(*server), 10);
  const auto end = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - end, std::chrono::seconds(1));
}

}  // namespace
}  // namespace segue::http
