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

  // The header of the last request that has been answered.
  std::string Authorization() const { return authorization_; }

  std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/may?x=1";
  }

 private:
  void Serve() {
    for (;;) {
      const int client = accept(socket_, nullptr, nullptr);
      if (client < 0) return;
      char request[4096] = {};
      const bool asked = read(client, request, sizeof request) > 0;
      if (asked && !answer_.empty()) {
        EXPECT_EQ(std::string(request, 12), "GET /may?x=1");
        KeepAuthorization(std::string(request, sizeof request));
        EXPECT_GT(send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL),
                  0);
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(2500));
      }
      close(client);
    }
  }

  void KeepAuthorization(const std::string& request) {
    const std::string name = "Authorization: ";
    const std::size_t at = request.find(name);
    if (at == std::string::npos) return;
    const std::size_t value = at + name.size();
    authorization_ = request.substr(value, request.find('\r', value) - value);
  }

  std::string answer_;
  std::string authorization_;
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

TEST(HttpCheckTest, AnAnswerWithoutAnEndIsNoValue) {
  const Server endless("HTTP/1.1 200 OK\r\n\r\n" + std::string(1U << 20U, '1'));
  const Reading reading = CheckHttp(endless.Url());
  EXPECT_FALSE(reading.value);
  EXPECT_EQ(reading.error, "its answer is longer than 64 KiB");
}

// The case is sec-secrets-in-messages.
TEST(HttpCheckTest, SendsTheUserAndShowsNoSecret) {
  const Server server(Answer("200 OK", "7"));
  const std::string url = server.Url();
  const Reading reading =
      CheckHttp("http://svc:t0p@" + url.substr(std::string("http://").size()));
  EXPECT_EQ(reading.value, 7);
  EXPECT_EQ(server.Authorization(), "Basic c3ZjOnQwcA==");
  EXPECT_EQ(reading.subject.find("t0p"), std::string::npos);
  EXPECT_EQ(reading.subject.find("x=1"), std::string::npos);
}

}  // namespace
}  // namespace segue::engine
