#include "manifest/queries.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "manifest/document.h"
#include "manifest/tree_builder.h"

namespace segue::manifest {
namespace {

// A database plans these without running them. Other statements change the
// schema, would be run (EXPLAIN ANALYZE), or have no plan.
constexpr std::array<std::string_view, 9> kPlanned = {
    "select", "with",   "values", "table",  "insert",
    "update", "delete", "merge",  "replace"};

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool InWord(char c) { return IsLetter(c) || (c >= '0' && c <= '9'); }

// Splits a text at semicolons. It knows what may contain a semicolon that ends
// nothing: strings, quoted names and comments, in the spellings of all
// databases.
class Splitter {
 public:
  Splitter(std::string_view text, const std::string& file)
      : text_(text), file_(file) {}

  std::vector<std::string> Run() {
    while (at_ < text_.size()) Step();
    Finish();
    return std::move(queries_);
  }

 private:
  bool Sees(std::string_view what) const {
    return text_.substr(at_).starts_with(what);
  }
  char Ahead(std::size_t by) const {
    return at_ + by < text_.size() ? text_[at_ + by] : '\0';
  }

  void Step() {
    const char c = text_[at_];
    if (Sees("--")) return SkipLine();
    if (Sees("/*")) return SkipComment();
    if (c == '\'' || c == '"' || c == '`') return TakeQuoted(c, false);
    if ((c == 'e' || c == 'E') && Ahead(1) == '\'') {
      Take(1);
      return TakeQuoted('\'', true);
    }
    if (InWord(c)) return TakeWord();
    if (c == '$') return TakeDollar();
    if (c != ';') return Take(1);
    Finish();
    ++at_;
  }

  void Take(std::size_t count) {
    if (query_.empty() && base::Trim(text_.substr(at_, 1)).empty()) {
      at_ += count;
      return;
    }
    if (query_.empty()) begin_ = at_;
    query_ += text_.substr(at_, count);
    at_ += count;
  }

  void TakeWord() {
    std::size_t end = at_;
    while (end < text_.size() && (InWord(text_[end]) || text_[end] == '$')) {
      ++end;
    }
    Take(end - at_);
  }

  void SkipLine() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  // Comments nest on PostgreSQL. A space replaces the comment, because it
  // separates words.
  void SkipComment() {
    const std::size_t start = at_;
    int depth = 0;
    do {
      if (at_ >= text_.size()) throw Unended("comment", start);
      const int change = Sees("/*") ? 1 : Sees("*/") ? -1 : 0;
      depth += change;
      at_ += change == 0 ? 1 : 2;
    } while (depth > 0);
    if (!query_.empty()) query_ += ' ';
  }

  void TakeQuoted(char quote, bool backslash_escapes) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote) {
      end += backslash_escapes && text_[end] == '\\' ? 2 : 1;
    }
    if (end >= text_.size()) throw Unended("string or name", at_);
    // A doubled quote is part of the text, which then continues with the next
    // piece.
    Take(end + 1 - at_);
    if (Ahead(0) == quote) TakeQuoted(quote, backslash_escapes);
  }

  // Takes $tag$ ... $tag$, or a parameter.
  void TakeDollar() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && InWord(text_[end])) ++end;
    const bool tag = end < text_.size() && text_[end] == '$' &&
                     (end == at_ + 1 || IsLetter(text_[at_ + 1]));
    if (!tag) return Take(end - at_);
    const std::string_view mark = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(mark, end + 1);
    if (close == std::string_view::npos) throw Unended("string", at_);
    Take(close + mark.size() - at_);
  }

  void Finish() {
    const std::string query(base::Trim(query_));
    query_.clear();
    if (query.empty()) return;
    RefuseUnplanned(query);
    queries_.push_back(query);
  }

  void RefuseUnplanned(const std::string& query) const {
    const std::size_t first = query.find_first_not_of("( \t\r\n");
    std::size_t end = std::min(first, query.size());
    while (end < query.size() && InWord(query[end])) ++end;
    const std::string word =
        first == std::string::npos ? "" : query.substr(first, end - first);
    if (std::find(kPlanned.begin(), kPlanned.end(), base::ToLower(word)) !=
        kPlanned.end()) {
      return;
    }
    throw FileError(file_, LineOf(begin_),
                    "'" + (word.empty() ? query.substr(0, 20) : word) +
                        "' begins no query that can be explained")
        .WithHint(
            "SELECT, WITH, VALUES, INSERT, UPDATE, DELETE and MERGE can; they "
            "are not run");
  }

  int LineOf(std::size_t offset) const {
    const auto begin = text_.begin();
    return 1 + static_cast<int>(std::count(
                   begin, begin + static_cast<std::ptrdiff_t>(offset), '\n'));
  }

  Error Unended(const std::string& what, std::size_t start) const {
    return FileError(file_, LineOf(start), "a " + what + " does not end");
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the query
  std::string query_;
  std::vector<std::string> queries_;
};

}  // namespace

std::vector<std::string> ParseQueries(std::string_view text,
                                      const std::string& file) {
  RequireText(text, file);
  std::vector<std::string> queries = Splitter(text, file).Run();
  if (queries.empty()) {
    throw FileError(file, 0, "there is no query in the file");
  }
  // A query that is given twice is explained once.
  std::vector<std::string> unique;
  for (std::string& query : queries) {
    if (std::find(unique.begin(), unique.end(), query) == unique.end()) {
      unique.push_back(std::move(query));
    }
  }
  return unique;
}

std::vector<std::string> LoadQueries(const std::string& path) {
  return ParseQueries(ReadTextFile(path), path);
}

}  // namespace segue::manifest
