#include "cli/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/visible.h"

namespace segue::cli {

namespace {

// So much is kept before it is written, although nobody has flushed.
constexpr std::size_t kMostPending = 64U << 10U;

}  // namespace

OutputBuffer::~OutputBuffer() {
  Flush();
  Write(base::Visible(pending_));
}

void OutputBuffer::WriteControl(std::string_view sequence) {
  Flush();
  Write(sequence);
}

OutputBuffer::int_type OutputBuffer::overflow(int_type character) {
  if (traits_type::eq_int_type(character, traits_type::eof())) {
    return traits_type::not_eof(character);
  }
  const char one = traits_type::to_char_type(character);
  return xsputn(&one, 1) == 1 ? character : traits_type::eof();
}

std::streamsize OutputBuffer::xsputn(const char* text, std::streamsize size) {
  pending_.append(text, static_cast<std::size_t>(size));
  if (pending_.size() > kMostPending) Flush();
  return size;
}

int OutputBuffer::sync() {
  Flush();
  return error_ == 0 ? 0 : -1;
}

void OutputBuffer::Flush() {
  const std::size_t whole = base::WholeCharacters(pending_);
  Write(base::Visible(std::string_view(pending_).substr(0, whole)));
  pending_.erase(0, whole);
}

void OutputBuffer::Write(std::string_view text) {
  while (!text.empty() && error_ == 0) {
    const ssize_t written = write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return;
    } else if (errno != EINTR && errno != EAGAIN) {
      error_ = errno;
    }
  }
}

void WriteControl(std::ostream& out, std::string_view sequence) {
  if (auto* buffer = dynamic_cast<OutputBuffer*>(out.rdbuf())) {
    buffer->WriteControl(sequence);
  } else {
    out << sequence;
  }
}

void OpenClosedDescriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest number that is free is taken, which is this one.
    [[maybe_unused]] const int opened = open("/dev/null", O_RDWR);
  }
}

}  // namespace segue::cli
