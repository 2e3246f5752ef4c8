// The one exception class of segue.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "segue/source.h"

namespace segue {

// The kinds are what the catcher of an error has to tell apart to decide what
// to do next. They are not a taxonomy of causes.
enum class ErrorKind {
  kUsage,           // bad command line, file or configuration; nothing was done
  kRefused,         // a rule of segue forbids it; nothing was done
  kNotFound,        // the named table, column or migration is not there
  kConflict,        // another runner holds the lease, or has taken over
  kLockTimeout,     // the lock budget is spent
  kRetryable,       // deadlock, serialization failure, busy database, full disk
  kConnectionLost,  // the connection is gone or cannot be made
  kInDoubt,         // the answer to a commit was lost: look again, never retry
  kConstraint,      // the data or an expression violates a rule
  kMismatch,        // old and new shape do not agree
  kCancelled,       // stopped on request
  kCorrupt,         // the ledger or the database contradicts itself
  kInternal,        // a defect of segue's
};

// Returns "lock timeout", "connection lost", ...: the text of error.kind in
// JSON.
std::string_view ToString(ErrorKind kind);

// An error carries one clear message (what happened, where, and why) and what
// the catcher needs to decide what to do. It is a value without references to
// other objects, so it may be kept and passed to another thread. The chaining
// setters fill in the details:
//   throw Error(ErrorKind::kRefused, "...").WithHint("...");
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message)
      : std::runtime_error(message), kind_(kind) {}

  // The code of the database: an SQLSTATE, or SQLite's extended result code.
  Error& WithCode(std::string native_code) {
    native_code_ = std::move(native_code);
    return *this;
  }
  // The statement that failed. It is for logs and may hold the user's data.
  Error& WithSql(std::string sql) {
    sql_ = std::move(sql);
    return *this;
  }
  // One sentence that says what the user can do.
  Error& WithHint(std::string hint) {
    hint_ = std::move(hint);
    return *this;
  }
  // The place in the file that asks for what is refused. The first call counts,
  // because the innermost catcher knows the place best.
  Error& WithSource(const Source& source) {
    if (!source_.known()) source_ = source;
    return *this;
  }
  // Adds an error that was met while this one was handled, as a failed undo. It
  // never replaces the first error.
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

  // True when the same work may succeed if it is tried again on the same
  // connection.
  bool retryable() const {
    return kind_ == ErrorKind::kRetryable || kind_ == ErrorKind::kLockTimeout;
  }
  // True when a commit may or may not have happened. Never try again before you
  // have looked at the database.
  bool in_doubt() const { return kind_ == ErrorKind::kInDoubt; }
  // True when the connection is unusable and must be replaced.
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

// Returns the exit code of the process for an error of this kind, as
// docs/exit-codes.md lists them.
int ExitCode(ErrorKind kind);

}  // namespace segue
