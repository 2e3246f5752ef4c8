#include "base/window.h"

#include <date/tz.h>

#include <charconv>
#include <optional>

#include "base/text.h"
#include "segue/error.h"

namespace segue::base {
namespace {

using std::chrono::minutes;

constexpr minutes kDay = std::chrono::hours(24);

[[noreturn]] void Refuse(const std::string& text, const std::string& why) {
  throw Error(ErrorKind::kUsage, "'" + text + "' is no window of hours: " + why)
      .WithHint("write it like 22:00-06:00 Europe/Berlin");
}

std::optional<int> TwoDigits(std::string_view text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end || text.size() != 2) {
    return std::nullopt;
  }
  return number;
}

// Parses "22:00"; 24:00 is the end of a day.
std::optional<minutes> TimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = TwoDigits(text.substr(0, 2));
  const auto parts = TwoDigits(text.substr(3, 2));
  if (!hours || !parts || *hours < 0 || *parts < 0 || *parts > 59) {
    return std::nullopt;
  }
  const minutes time = std::chrono::hours(*hours) + minutes(*parts);
  if (time > kDay) return std::nullopt;
  return time;
}

const date::time_zone* ZoneNamed(const std::string& text,
                                 const std::string& zone) {
  try {
    return date::locate_zone(zone);
  } catch (const std::runtime_error&) {
    // The library's message names the folders that it has searched, which helps
    // nobody.
    Refuse(text, "no time zone is called '" + zone + "'");
  }
}

}  // namespace

Window Window::Parse(const std::string& text) {
  Window window;
  window.text_ = std::string(Trim(text));
  if (window.text_.empty()) return window;
  const std::size_t space = window.text_.find(' ');
  const std::string hours = window.text_.substr(0, space);
  const std::size_t dash = hours.find('-');
  if (dash == std::string::npos) Refuse(text, "it has no '-'");
  const auto begin = TimeOfDay(Trim(std::string_view(hours).substr(0, dash)));
  const auto end = TimeOfDay(Trim(std::string_view(hours).substr(dash + 1)));
  if (!begin || !end) Refuse(text, "times are HH:MM");
  if (*begin == *end) Refuse(text, "it begins when it ends");
  window.begin_ = *begin;
  window.end_ = *end;
  const std::string zone =
      space == std::string::npos
          ? "UTC"
          : std::string(Trim(std::string_view(window.text_).substr(space)));
  window.zone_ = ZoneNamed(text, zone);
  return window;
}

bool Window::Contains(std::chrono::system_clock::time_point time) const {
  if (zone_ == nullptr) return true;
  const auto local =
      zone_->to_local(std::chrono::floor<std::chrono::seconds>(time));
  const auto since_midnight = local - date::floor<date::days>(local);
  const auto now = std::chrono::floor<minutes>(since_midnight);
  if (begin_ < end_) return now >= begin_ && now < end_;
  return now >= begin_ || now < end_;
}

}  // namespace segue::base
