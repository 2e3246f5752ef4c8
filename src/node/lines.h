// Lines from a file descriptor, of bounded length, and answers to another.
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
    kTooLong,  // it is skipped to its end, without being kept
    kEnd,
  };
  struct Line {
    Kind kind = Kind::kEnd;
    std::string_view text;  // without its end; valid until the next call
  };
  // Waits for the next line; the last one needs no newline.
  Line Next();
  // Whether Next would answer without waiting.
  bool ready() const;

 private:
  bool Fill();
  Line Take(std::size_t end, std::size_t next);

  int fd_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the line that is next
  std::size_t scanned_ = 0;  // up to here there is no newline
  bool skipping_ = false;    // within a line that is too long
  bool end_ = false;
};

// The longest line that is read, in bytes.
inline constexpr std::size_t kLongestLine = std::size_t{16} << 20;

// Collects answers and writes them out together.
class LineWriter {
 public:
  explicit LineWriter(int fd) : fd_(fd) {}
  // False once nobody reads any more.
  bool Write(const std::string& line);
  bool Flush();

 private:
  int fd_;
  std::string pending_;
};

}  // namespace segue::node
