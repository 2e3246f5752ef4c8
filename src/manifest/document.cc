#include "manifest/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/text.h"
#include "manifest/tree_builder.h"

namespace segue::manifest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// People write migrations, so a larger file is something else.
constexpr std::uintmax_t kMaxBytes = 16U << 20;

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
  std::error_code error;
  const std::filesystem::file_status status =
      std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::none) {
    throw FileError(path, 0, "the file cannot be opened: " + error.message());
  }
  if (!std::filesystem::exists(status)) {
    throw FileError(path, 0, "there is no such file");
  }
  if (std::filesystem::is_directory(status)) {
    throw FileError(path, 0, "it is a directory, not a file");
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    throw FileError(
        path, 0,
        "the file cannot be opened: " + std::generic_category().message(errno));
  }
  std::string text((std::istreambuf_iterator<char>(stream)),
                   std::istreambuf_iterator<char>());
  if (stream.bad()) throw FileError(path, 0, "the file cannot be read");
  if (text.size() > kMaxBytes) {
    throw FileError(path, 0, "the file is larger than 16 MB");
  }
  return text;
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
