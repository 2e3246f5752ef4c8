// Reads lines of bounded length from one file descriptor, and writes answers to
// another.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace segue::node {

class LineReader {
 public:
  explicit LineReader(int fd) : fd_(fd) {}

  enum class Kind {
    kLine,
    kTooLong,  // skipped to its end and not kept
    kEnd,
  };
  struct Line {
    Kind kind = Kind::kEnd;
    std::string_view text;  // without newline; valid until the next call
  };
  // Waits for the next line. The last line needs no newline.
  Line Next();
  // True when Next returns without waiting.
  bool ready() const;

 private:
  bool Fill();
  Line Take(std::size_t end, std::size_t next);

  int fd_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the next line
  std::size_t scanned_ = 0;  // no newline before this
  bool skipping_ = false;    // inside a line that is too long
  bool end_ = false;
};

// The longest line that is accepted, in bytes.
inline constexpr std::size_t kLongestLine = std::size_t{16} << 20;

// Collects answers and writes several of them together.
class LineWriter {
 public:
  explicit LineWriter(int fd) : fd_(fd) {}
  // Returns false once the reader has closed the other end.
  bool Write(const std::string& line);
  bool Flush();

 private:
  int fd_;
  std::string pending_;
};

}  // namespace segue::node
