#include "manifest/document.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/text.h"
#include "manifest/tree_builder.h"

namespace segue::manifest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// People write migrations, so a larger file is something else.
constexpr std::size_t kMaxBytes = 16U << 20;

// An open file, which is closed at the end of the scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  const int number_;
};

std::string Reason(int error) { return std::generic_category().message(error); }

Error TooLarge(const std::string& path) {
  return FileError(path, 0, "the file is larger than 16 MB");
}

// A device or a pipe may have no end.
void RequireFile(const Descriptor& file, const std::string& path) {
  struct stat status {};
  if (fstat(file.number(), &status) != 0) {
    throw FileError(path, 0, "the file cannot be read: " + Reason(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    throw FileError(path, 0, "it is a directory, not a file");
  }
  if (!S_ISREG(status.st_mode)) {
    throw FileError(path, 0, "it is a device or a pipe, not a file");
  }
  if (status.st_size > static_cast<off_t>(kMaxBytes)) throw TooLarge(path);
}

int LineAt(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::count(
                 text.begin(),
                 text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

bool IsJson(std::string_view text, const std::string& file) {
  const std::string ending =
      base::ToLower(std::filesystem::path(file).extension().string());
  if (ending == ".sql") {
    throw FileError(file, 0, "plain SQL files are not supported yet");
  }
  if (ending == ".json") return true;
  if (ending == ".yaml" || ending == ".yml") return false;
  return base::Trim(text).starts_with("{");
}

}  // namespace

std::string ReadTextFile(const std::string& path) {
  // A named pipe would block without O_NONBLOCK.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) {
    const int reason = errno;
    throw FileError(path, 0,
                    reason == ENOENT
                        ? "there is no such file"
                        : "the file cannot be opened: " + Reason(reason));
  }
  RequireFile(file, path);
  std::string text;
  std::array<char, 64U << 10U> buffer{};
  for (;;) {
    const ssize_t size = read(file.number(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      throw FileError(path, 0, "the file cannot be read: " + Reason(errno));
    }
    if (size == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    // A file can grow, and those of /proc have no size.
    if (text.size() > kMaxBytes) throw TooLarge(path);
  }
}

void RequireText(std::string_view text, const std::string& file) {
  std::size_t bad = 0;
  if (!base::IsUtf8(text, &bad)) {
    throw FileError(file, LineAt(text, bad),
                    fmt::format("not valid UTF-8 at byte {}", bad));
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    throw FileError(file, LineAt(text, nul),
                    fmt::format("a NUL byte at byte {}", nul));
  }
}

base::Node ParseDocument(std::string_view text, const std::string& file) {
  RequireText(text, file);
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (base::Trim(text).empty()) return {};
  return IsJson(text, file) ? ParseJson(text, file) : ParseYaml(text, file);
}

std::string Stem(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

}  // namespace segue::manifest
