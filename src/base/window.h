// The hours of a day in which something may be done.
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace date {
class time_zone;
}

namespace segue::base {

// "22:00-06:00 Europe/Berlin": from the first minute up to the second, by the
// wall clock of the zone (UTC where none is given), summer time included. Past
// midnight where it ends before it begins. A value.
class Window {
 public:
  // Always open.
  Window() = default;
  // Throws Error{kUsage} that says what is wrong; empty: always open.
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
