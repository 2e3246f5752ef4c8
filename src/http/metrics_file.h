// The metrics as a file, for node_exporter's textfile collector: where nothing
// can connect to the process, and for what is left when it is gone.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

namespace segue::http {

// Written whole under another name and then renamed, so that nobody reads half
// a file: now, every `interval`, and at the end.
class MetricsFile {
 public:
  static constexpr std::chrono::seconds kInterval{5};

  // `text` is called on a thread of its own, too, and must outlive the file.
  // Throws Error{kUsage} when the file cannot be written.
  MetricsFile(std::string path, std::function<std::string()> text,
              std::chrono::milliseconds interval = kInterval);
  ~MetricsFile();
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

 private:
  void Run(const std::stop_token& stop);
  void Write() const;
  // A disk that is full must not end a migration: told once, in the log.
  void TryToWrite();

  const std::string path_;
  const std::function<std::string()> text_;
  const std::chrono::milliseconds interval_;
  bool failed_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace segue::http
