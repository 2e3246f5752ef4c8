// Writes the metrics to a file for the textfile collector of node_exporter. It
// serves where nothing can connect to the process, and its last values stay
// when the process has ended.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

namespace segue::http {

// The file is written under another name and then renamed, so that a reader
// never sees half a file. It is written at construction, then every `interval`,
// and at the end.
class MetricsFile {
 public:
  static constexpr std::chrono::seconds kInterval{5};

  // `text` is also called on a thread of this object and must outlive the file.
  // Throws Error{kUsage} when the file cannot be written.
  MetricsFile(std::string path, std::function<std::string()> text,
              std::chrono::milliseconds interval = kInterval);
  ~MetricsFile();
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

 private:
  void Run(const std::stop_token& stop);
  void RequirePlainFile() const;
  void Write() const;
  // A full disk must not end a migration, so a failure is only logged, once.
  void TryToWrite();

  const std::string path_;
  const std::function<std::string()> text_;
  const std::chrono::milliseconds interval_;
  bool failed_ = false;
  std::jthread thread_;  // last, because it uses the others
};

}  // namespace segue::http
