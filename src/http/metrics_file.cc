#include "http/metrics_file.h"

#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mutex>

#include "base/log.h"
#include "segue/error.h"

namespace segue::http {

MetricsFile::MetricsFile(std::string path, std::function<std::string()> text,
                         std::chrono::milliseconds interval)
    : path_(std::move(path)), text_(std::move(text)), interval_(interval) {
  Write();
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

MetricsFile::~MetricsFile() {
  thread_.request_stop();
  thread_.join();
  TryToWrite();
}

void MetricsFile::Run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  // Nobody notifies the condition variable: the time or the stop token ends the
  // wait.
  while (!stopped.wait_for(lock, stop, interval_,
                           [&] { return stop.stop_requested(); })) {
    TryToWrite();
  }
}

void MetricsFile::TryToWrite() {
  try {
    Write();
    failed_ = false;
  } catch (const Error& error) {
    if (!failed_) base::Log(base::LogLevel::kWarning, error.what());
    failed_ = true;
  }
}

// Taking the place of a device would remove it from the system.
void MetricsFile::RequirePlainFile() const {
  const std::filesystem::file_status status = std::filesystem::status(path_);
  if (!std::filesystem::exists(status) ||
      std::filesystem::is_regular_file(status)) {
    return;
  }
  throw Error(ErrorKind::kUsage, "cannot write the metrics to " + path_ +
                                     ": it is a device, a pipe or a folder, "
                                     "not a file")
      .WithHint("name a file that segue may replace");
}

// The temporary name does not end in .prom, so the collector does not read it.
// It is made anew, so that a link which somebody put there is not followed.
void MetricsFile::Write() const {
  RequirePlainFile();
  const std::string text = text_();
  const std::string fresh = path_ + "." + std::to_string(getpid()) + ".tmp";
  std::remove(fresh.c_str());
  errno = 0;
  std::FILE* file = std::fopen(fresh.c_str(), "wbx");
  if (file != nullptr) {
    const bool written =
        std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const bool closed = std::fclose(file) == 0;
    if (written && closed && std::rename(fresh.c_str(), path_.c_str()) == 0) {
      return;
    }
  }
  const int reason = errno;
  std::remove(fresh.c_str());
  throw Error(ErrorKind::kUsage, "cannot write the metrics to " + path_ + ": " +
                                     std::strerror(reason))
      .WithHint("its folder must be there and take new files");
}

}  // namespace segue::http
