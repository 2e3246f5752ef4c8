// This is the only file of this folder that includes nlohmann/json. It reads
// the events of the parser, because the library's own tree has no lines and
// keeps only the last of two equal keys.
#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "manifest/document.h"
#include "manifest/tree_builder.h"

namespace segue::manifest {
namespace {

// The place up to which the parser has read.
struct Progress {
  int line = 1;
  int column = 0;
  bool after_newline = false;
};

// Hands out the text and counts its lines. Copies share the count.
class CountingIterator {
 public:
  using difference_type = std::ptrdiff_t;
  using value_type = char;
  using pointer = const char*;
  using reference = const char&;
  using iterator_category = std::input_iterator_tag;

  CountingIterator(const char* at, Progress* progress)
      : at_(at), progress_(progress) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    progress_->after_newline = *at_ == '\n';
    ++progress_->column;
    if (progress_->after_newline) {
      ++progress_->line;
      progress_->column = 0;
    }
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
  Progress* progress_;
};

class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(const std::string& file, const Progress& progress)
      : file_(file), progress_(progress), builder_(file) {}

  base::Node Take() { return builder_.Take(); }

  bool null() override {
    builder_.Null({progress_.line, 0});
    return true;
  }
  bool boolean(bool value) override {
    return Plain(progress_.line, value ? "true" : "false");
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
    builder_.Scalar({progress_.line, 0}, std::move(value), true);
    return true;
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override {
    builder_.StartMap({progress_.line, progress_.column});
    return true;
  }
  bool key(string_t& value) override {
    builder_.Key({progress_.line, 0}, std::move(value));
    return true;
  }
  bool end_object() override { return End(); }
  bool start_array(std::size_t /*size*/) override {
    builder_.StartList({progress_.line, progress_.column});
    return true;
  }
  bool end_array() override { return End(); }

  bool parse_error(std::size_t /*offset*/, const std::string& /*token*/,
                   const nlohmann::json::exception& error) override {
    // The library's text is "[json.exception.parse_error.101] parse error at
    // line 1, column 5: ...".
    const std::string text = error.what();
    const std::size_t start = text.find("column ");
    throw FileError(
        file_, NumberLine(),
        "not valid JSON: " +
            (start == std::string::npos ? text : text.substr(start)));
  }

 private:
  bool Plain(int line, std::string text) {
    builder_.Scalar({line, 0}, std::move(text), false);
    return true;
  }
  bool End() {
    builder_.End();
    return true;
  }
  // A number ends before the next character, which may be a newline.
  int NumberLine() const {
    return progress_.line - (progress_.after_newline ? 1 : 0);
  }
  std::string file_;
  const Progress& progress_;
  TreeBuilder builder_;
};

}  // namespace

base::Node ParseJson(std::string_view text, const std::string& file) {
  Progress progress;
  Handler handler(file, progress);
  const CountingIterator first(text.data(), &progress);
  const CountingIterator last(text.data() + text.size(), &progress);
  nlohmann::json::sax_parse(first, last, &handler);
  return handler.Take();
}

}  // namespace segue::manifest
