#include "segue/error.h"

namespace segue {

std::string_view ToString(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return "usage";
    case ErrorKind::kRefused:
      return "refused";
    case ErrorKind::kNotFound:
      return "not found";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kLockTimeout:
      return "lock timeout";
    case ErrorKind::kRetryable:
      return "retryable";
    case ErrorKind::kConnectionLost:
      return "connection lost";
    case ErrorKind::kInDoubt:
      return "in doubt";
    case ErrorKind::kConstraint:
      return "constraint";
    case ErrorKind::kMismatch:
      return "mismatch";
    case ErrorKind::kCancelled:
      return "cancelled";
    case ErrorKind::kCorrupt:
      return "corrupt";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

int ExitCode(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kRefused:
      return 3;
    case ErrorKind::kNotFound:
      return 4;
    case ErrorKind::kLockTimeout:
      return 5;
    case ErrorKind::kConnectionLost:
      return 6;
    case ErrorKind::kConflict:
      return 7;
    case ErrorKind::kMismatch:
      return 8;
    case ErrorKind::kCancelled:
      return 130;  // as shells do after SIGINT
    case ErrorKind::kRetryable:
    case ErrorKind::kInDoubt:
    case ErrorKind::kConstraint:
    case ErrorKind::kCorrupt:
    case ErrorKind::kInternal:
      return 1;
  }
  return 1;
}

}  // namespace segue
