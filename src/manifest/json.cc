// The only file of this folder that sees nlohmann/json. It is read by events,
// because the library's own tree keeps no lines and the last of two equal keys.
#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "manifest/document.h"
#include "manifest/tree_builder.h"

namespace segue::manifest {
namespace {

// Where the parser has read to.
struct Position {
  int line = 1;
  bool after_newline = false;
};

// Hands out the text and counts its lines; copies share the count.
class CountingIterator {
 public:
  using difference_type = std::ptrdiff_t;
  using value_type = char;
  using pointer = const char*;
  using reference = const char&;
  using iterator_category = std::input_iterator_tag;

  CountingIterator(const char* at, Position* position)
      : at_(at), position_(position) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    position_->after_newline = *at_ == '\n';
    if (position_->after_newline) ++position_->line;
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator!=(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ != b.at_;
  }

 private:
  const char* at_;
  Position* position_;
};

class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(const std::string& file, const Position& position)
      : file_(file), position_(position), builder_(file) {}

  base::Node Take() { return builder_.Take(); }

  bool null() override {
    builder_.Null(position_.line);
    return true;
  }
  bool boolean(bool value) override {
    return Plain(position_.line, value ? "true" : "false");
  }
  bool number_integer(number_integer_t value) override {
    return Plain(NumberLine(), std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Plain(NumberLine(), std::to_string(value));
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return Plain(NumberLine(), text);
  }
  bool string(string_t& value) override {
    RefuseNul(value);
    builder_.Scalar(position_.line, std::move(value), true);
    return true;
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override {
    builder_.StartMap(position_.line);
    return true;
  }
  bool key(string_t& value) override {
    RefuseNul(value);
    builder_.Key(position_.line, std::move(value));
    return true;
  }
  bool end_object() override { return End(); }
  bool start_array(std::size_t /*size*/) override {
    builder_.StartList(position_.line);
    return true;
  }
  bool end_array() override { return End(); }

  bool parse_error(std::size_t /*offset*/, const std::string& /*token*/,
                   const nlohmann::json::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: ..."
    const std::string text = error.what();
    const std::size_t start = text.find("column ");
    throw FileError(
        file_, NumberLine(),
        "not valid JSON: " +
            (start == std::string::npos ? text : text.substr(start)));
  }

 private:
  bool Plain(int line, std::string text) {
    builder_.Scalar(line, std::move(text), false);
    return true;
  }
  bool End() {
    builder_.End();
    return true;
  }
  // A number ends with the character after it, which may be a newline.
  int NumberLine() const {
    return position_.line - (position_.after_newline ? 1 : 0);
  }
  void RefuseNul(const std::string& text) const {
    if (text.find('\0') == std::string::npos) return;
    throw FileError(file_, position_.line, "a text with a NUL character");
  }

  std::string file_;
  const Position& position_;
  TreeBuilder builder_;
};

}  // namespace

base::Node ParseJson(std::string_view text, const std::string& file) {
  Position position;
  Handler handler(file, position);
  const CountingIterator first(text.data(), &position);
  const CountingIterator last(text.data() + text.size(), &position);
  nlohmann::json::sax_parse(first, last, &handler);
  return handler.Take();
}

}  // namespace segue::manifest
