#include "node/lines.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace segue::node {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;

// Waits on a descriptor that another process has made non-blocking.
void WaitFor(int fd, short events) {
  pollfd one{fd, events, 0};
  poll(&one, 1, -1);
}

}  // namespace

bool LineReader::ready() const {
  return buffer_.find('\n', begin_) != std::string::npos;
}

bool LineReader::Fill() {
  std::array<char, kChunk> chunk;
  for (;;) {
    const ssize_t got = read(fd_, chunk.data(), chunk.size());
    if (got > 0) {
      buffer_.append(chunk.data(), static_cast<std::size_t>(got));
      return true;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      WaitFor(fd_, POLLIN);
      continue;
    }
    return false;
  }
}

LineReader::Line LineReader::Take(std::size_t end, std::size_t next) {
  const bool too_long = skipping_ || end - begin_ > kLongestLine;
  std::string_view text(buffer_.data() + begin_, end - begin_);
  begin_ = scanned_ = next;
  skipping_ = false;
  if (too_long) return {Kind::kTooLong, {}};
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return {Kind::kLine, text};
}

LineReader::Line LineReader::Next() {
  for (;;) {
    const std::size_t newline = buffer_.find('\n', scanned_);
    if (newline != std::string::npos) return Take(newline, newline + 1);
    if (end_) {
      if (begin_ == buffer_.size() && !skipping_) return {};
      return Take(buffer_.size(), buffer_.size());
    }
    // The line that was returned last is erased only now, because its caller's
    // view ended with this call.
    buffer_.erase(0, begin_);
    begin_ = 0;
    if (skipping_ || buffer_.size() > kLongestLine) {
      skipping_ = true;
      buffer_.clear();
    }
    scanned_ = buffer_.size();
    end_ = !Fill();
  }
}

bool LineWriter::Write(const std::string& line) {
  pending_ += line;
  pending_ += '\n';
  return pending_.size() < kChunk || Flush();
}

bool LineWriter::Flush() {
  std::size_t done = 0;
  while (done < pending_.size()) {
    const ssize_t put =
        write(fd_, pending_.data() + done, pending_.size() - done);
    if (put >= 0) {
      done += static_cast<std::size_t>(put);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      WaitFor(fd_, POLLOUT);
    } else if (errno != EINTR) {
      return false;
    }
  }
  pending_.clear();
  return true;
}

}  // namespace segue::node
