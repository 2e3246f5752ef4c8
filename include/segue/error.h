// The one exception class of segue.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "segue/source.h"

namespace segue {

// What the catcher has to decide on, not a taxonomy of causes.
enum class ErrorKind {
  kUsage,           // bad command line, file or configuration; nothing was done
  kRefused,         // a rule of segue's forbids it; nothing was done
  kNotFound,        // the named table, column or migration is not there
  kConflict,        // another runner, or another active migration
  kLockTimeout,     // the lock budget is spent
  kRetryable,       // deadlock, serialization failure, busy database, full disk
  kConnectionLost,  // the connection is gone or cannot be made
  kInDoubt,         // the answer to a commit was lost: look again, never retry
  kConstraint,      // the data or an expression violates a rule
  kMismatch,        // old and new shape do not agree
  kCancelled,       // stopped by the user; resumable
  kCorrupt,         // the ledger or the database contradicts itself
  kInternal,        // a defect of segue's
};

std::string_view ToString(ErrorKind kind);

// Carries one clear message (what, where, why, what to do) and what a catcher
// needs to decide. Values are filled in with the chaining setters:
//   throw Error(ErrorKind::kRefused, "...").WithHint("...");
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message)
      : std::runtime_error(message), kind_(kind) {}

  Error& WithCode(std::string native_code) {
    native_code_ = std::move(native_code);
    return *this;
  }
  Error& WithSql(std::string sql) {
    sql_ = std::move(sql);
    return *this;
  }
  Error& WithHint(std::string hint) {
    hint_ = std::move(hint);
    return *this;
  }
  // Where the file asks for what is refused. The first one told counts.
  Error& WithSource(const Source& source) {
    if (!source_.known()) source_ = source;
    return *this;
  }
  // An error met while handling this one; it never replaces the first.
  Error& WithNote(std::string note) {
    notes_.push_back(std::move(note));
    return *this;
  }

  ErrorKind kind() const { return kind_; }
  const std::string& native_code() const { return native_code_; }
  const std::string& sql() const { return sql_; }
  const std::string& hint() const { return hint_; }
  const std::vector<std::string>& notes() const { return notes_; }
  const Source& source() const { return source_; }

  // True when the same work may succeed if tried again on this connection.
  bool retryable() const {
    return kind_ == ErrorKind::kRetryable || kind_ == ErrorKind::kLockTimeout;
  }
  bool in_doubt() const { return kind_ == ErrorKind::kInDoubt; }
  // True when the connection must be thrown away.
  bool poisons_connection() const {
    return kind_ == ErrorKind::kConnectionLost || kind_ == ErrorKind::kInDoubt;
  }

 private:
  ErrorKind kind_;
  std::string native_code_;
  std::string sql_;
  std::string hint_;
  std::vector<std::string> notes_;
  Source source_;
};

// The process exit code documented for an error of this kind (R12.4).
int ExitCode(ErrorKind kind);

}  // namespace segue
