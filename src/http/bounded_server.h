// An HTTP server that nobody can hold up: a connection has a deadline as a
// whole, few are served at a time, and all end with the server.
#pragma once

#include <httplib.h>

#include <chrono>
#include <mutex>
#include <set>

namespace segue::http {

class BoundedServer : public httplib::Server {
 public:
  // A connection is closed when its request and answer take longer than this.
  // The library only limits the time of each read, so a client that sends a
  // byte now and then would stay for ever.
  static constexpr std::chrono::milliseconds kDeadline{2000};
  // Connections beyond this number are closed at once.
  static constexpr std::size_t kMostConnections = 16;

  BoundedServer();

  // Closes the connections that are open, and those that come from now on.
  // Call it before stop(), on any thread.
  void CloseConnections();

 private:
  bool process_and_close_socket(socket_t socket) override;
  // Returns false when the connection must be closed at once.
  bool Admit(socket_t socket);
  void Close(socket_t socket);

  std::mutex mutex_;
  std::set<socket_t> open_;
  bool closing_ = false;
};

}  // namespace segue::http
