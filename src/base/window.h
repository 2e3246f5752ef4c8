// The hours of a day in which a backfill may run.
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace date {
class time_zone;
}

namespace segue::base {

// A window such as "22:00-06:00 Europe/Berlin". It lasts from the first minute
// up to the second, by the wall clock of the time zone (UTC if none is given)
// with its summer time. A window that ends before it begins goes past midnight.
// The type is a value.
class Window {
 public:
  // Makes a window that is always open.
  Window() = default;
  // Reads a window; an empty text gives one that is always open. Throws
  // Error{kUsage} that says what is wrong with the text.
  static Window Parse(const std::string& text);

  bool Contains(std::chrono::system_clock::time_point time) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::chrono::minutes begin_{0};
  std::chrono::minutes end_{0};
  const date::time_zone* zone_ = nullptr;  // of the tz library, never freed
};

}  // namespace segue::base
