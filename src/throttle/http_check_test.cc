#include "throttle/http_check.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace segue::engine {
namespace {

// Answers each request of one client with the same bytes.
class Server {
 public:
  explicit Server(std::string answer)
      : answer_(std::move(answer)), socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, raw, size), 0);
    EXPECT_EQ(listen(socket_, 4), 0);
    EXPECT_EQ(getsockname(socket_, raw, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Server() {
    shutdown(socket_, SHUT_RDWR);
    close(socket_);
    thread_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/may?x=1";
  }

 private:
  void Serve() {
    for (;;) {
      const int client = accept(socket_, nullptr, nullptr);
      if (client < 0) return;
      char request[4096];
      const bool asked = read(client, request, sizeof request) > 0;
      if (asked && !answer_.empty()) {
        EXPECT_GT(write(client, answer_.data(), answer_.size()), 0);
        EXPECT_EQ(std::string(request, 12), "GET /may?x=1");
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(2500));
      }
      close(client);
    }
  }

  std::string answer_;
  int socket_;
  int port_ = 0;
  std::thread thread_;
};

std::string Answer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status +
         "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

TEST(HttpCheckTest, AStatusSaysGoodOrBad) {
  EXPECT_EQ(CheckHttp(Server(Answer("200 OK", "go on")).Url()).value, 0);
  EXPECT_EQ(CheckHttp(Server(Answer("204 No Content", "")).Url()).value, 0);
  EXPECT_EQ(CheckHttp(Server(Answer("503 Busy", "0")).Url()).value, 1);
  EXPECT_EQ(CheckHttp(Server(Answer("302 Found", "")).Url()).value, 1);
}

TEST(HttpCheckTest, ANumberInTheBodyIsTheValue) {
  EXPECT_EQ(CheckHttp(Server(Answer("200 OK", " 3.5\n")).Url()).value, 3.5);
}

TEST(HttpCheckTest, NoAnswerIsNoValue) {
  const Server silent("");
  const auto begin = std::chrono::steady_clock::now();
  const Reading reading = CheckHttp(silent.Url());
  EXPECT_FALSE(reading.value);
  EXPECT_NE(reading.error, "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
  EXPECT_FALSE(CheckHttp("http://127.0.0.1:1/").value);
  EXPECT_FALSE(CheckHttp("no url").value);
}

}  // namespace
}  // namespace segue::engine
