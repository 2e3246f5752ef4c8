#include "http/bounded_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <utility>

namespace segue::http {
namespace {

using Clock = std::chrono::steady_clock;

// A connection that is given up at a fixed time. The library reads byte by
// byte, so what has arrived is kept in a buffer.
class DeadlineStream : public httplib::Stream {
 public:
  DeadlineStream(socket_t socket, Clock::time_point deadline)
      : socket_(socket), deadline_(deadline) {}

  bool is_readable() const override { return next_ < size_ || Wait(POLLIN); }
  bool is_writable() const override { return Wait(POLLOUT); }

  ssize_t read(char* text, std::size_t size) override {
    if (next_ == size_ && !Fill()) return -1;
    const std::size_t count = std::min(size, size_ - next_);
    std::copy_n(buffer_.data() + next_, count, text);
    next_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* text, std::size_t size) override {
    if (!is_writable()) return -1;
    return send(socket_, text, size, MSG_NOSIGNAL);
  }

  // Nobody asks for the addresses.
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  socket_t socket() const override { return socket_; }

 private:
  bool Wait(short events) const {
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline_ - Clock::now());
      if (left.count() <= 0) return false;
      pollfd one{socket_, events, 0};
      const int ready = poll(&one, 1, static_cast<int>(left.count()));
      if (ready > 0) return true;
      if (ready == 0 || errno != EINTR) return false;
    }
  }
  // Returns false at the end of the connection and after the deadline.
  bool Fill() {
    if (!Wait(POLLIN)) return false;
    const ssize_t received = recv(socket_, buffer_.data(), buffer_.size(), 0);
    next_ = 0;
    size_ = received > 0 ? static_cast<std::size_t>(received) : 0;
    return size_ > 0;
  }

  const socket_t socket_;
  const Clock::time_point deadline_;
  std::array<char, 4096> buffer_{};
  std::size_t next_ = 0;
  std::size_t size_ = 0;
};

// True on the thread that accepts connections while it hands over one that is
// too many.
thread_local bool t_too_many = false;

// One thread serves each connection that may be open, so that slow clients do
// not keep a scraper waiting.
class ConnectionThreads : public httplib::ThreadPool {
 public:
  ConnectionThreads() : ThreadPool(BoundedServer::kMostConnections) {}

  void enqueue(std::function<void()> serve) override {
    if (open_ >= BoundedServer::kMostConnections) {
      // The server closes it at once, on this thread.
      t_too_many = true;
      serve();
      t_too_many = false;
      return;
    }
    ++open_;
    ThreadPool::enqueue([this, serve = std::move(serve)] {
      serve();
      --open_;
    });
  }

 private:
  std::atomic<std::size_t> open_{0};
};

}  // namespace

BoundedServer::BoundedServer() {
  new_task_queue = [] { return new ConnectionThreads; };
  // A connection that is kept open would delay the end of the run.
  set_keep_alive_max_count(1);
}

void BoundedServer::CloseConnections() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  for (const socket_t socket : open_) shutdown(socket, SHUT_RDWR);
}

bool BoundedServer::process_and_close_socket(socket_t socket) {
  bool answered = false;
  if (Admit(socket)) {
    DeadlineStream stream(socket, Clock::now() + kDeadline);
    bool closed = false;
    answered = process_request(stream, true, closed, nullptr);
  }
  Close(socket);
  return answered;
}

bool BoundedServer::Admit(socket_t socket) {
  const std::lock_guard lock(mutex_);
  if (closing_ || t_too_many) return false;
  open_.insert(socket);
  return true;
}

void BoundedServer::Close(socket_t socket) {
  const std::lock_guard lock(mutex_);
  open_.erase(socket);
  shutdown(socket, SHUT_RDWR);
  close(socket);
}

}  // namespace segue::http
