// Standard output and standard error. What the program prints has text that
// others wrote: names, rows, queries of other sessions, files. Such text must
// not clear the screen or move the cursor.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace segue::cli {

// Writes to a file descriptor, with every control character but newline and tab
// written out (base::Visible). Not thread-safe.
class OutputBuffer : public std::streambuf {
 public:
  explicit OutputBuffer(int file_descriptor) : descriptor_(file_descriptor) {}
  ~OutputBuffer() override;
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  // Writes a control sequence of the program's own as it is.
  void WriteControl(std::string_view sequence);
  // Returns the errno of the first write that failed; 0: every write has
  // succeeded. A reader that has closed the pipe has seen what it wanted, so
  // that is no failure.
  int error() const { return error_; }

 protected:
  int_type overflow(int_type character) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  void Write(std::string_view text);
  // Writes what is pending, up to a character that is not whole yet.
  void Flush();

  const int descriptor_;
  std::string pending_;
  int error_ = 0;
};

// Writes a control sequence to a stream, which may be of another kind in tests.
void WriteControl(std::ostream& out, std::string_view sequence);

// Opens /dev/null in place of standard input, output and error, where they are
// closed. Otherwise the connection to a database would get one of their
// numbers, and what is printed would go to the server.
void OpenClosedDescriptors();

}  // namespace segue::cli
