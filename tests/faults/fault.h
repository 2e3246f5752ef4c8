// Which fault to make, and when: read from the environment, so that the real
// command line runs up to it.
//   SEGUE_FAULT        kill:before:17   SIGKILL before the 17th statement
//                      kill:after:17    ... after it, its answer not yet seen
//                      stop:before:17   SIGSTOP instead (a hung runner)
//                      stop:backfill:2  before the 2nd backfill transaction
//                      kill:commit:TEXT when a statement that has TEXT in it is
//                                       committed
//                      drop:17          the connection goes at statement 17
//                      lost:5           the answer of the 5th COMMIT is lost
//                      refuse:17        statement 17 fails, and so does each
//                                       later one with its text: a lock that
//                                       outlasts the patience, without the wait
//   SEGUE_FAULT_COUNT  file that gets "statements commits" so far
//   SEGUE_FAULT_TRACE  file that gets every statement, for whoever debugs
#pragma once

#include <string>
#include <string_view>

#include "db/connection.h"

namespace segue::test {

struct FaultSpec {
  enum class Kind { kNone, kKill, kStop, kDrop, kLost, kRefuse };
  enum class Place { kBefore, kAfter, kBackfill, kCommit };
  Kind kind = Kind::kNone;
  Place place = Place::kBefore;
  long number = 0;
  std::string text;  // of kCommit, instead of a number
};

// Throws std::runtime_error on a text that it does not understand, because a
// fault that never happens would make a test pass.
FaultSpec ParseFault(const std::string& text);

// Counts what this process sends and makes the fault when its time has come.
// Thread-safe. One a process.
class FaultPoint {
 public:
  static FaultPoint& Instance();

  // Before and after each statement. Before answers true when the connection
  // is to be dropped, and throws where the statement is to be refused.
  bool Before(std::string_view sql);
  void After();
  void BeginBackfill();
  // True when the answer of this commit is to be lost.
  bool LosesCommit();

 private:
  FaultPoint();
  void Record(std::string_view sql) const;
  void Strike() const;

  FaultSpec spec_;
  std::string count_file_;
  std::string trace_file_;
  long statements_ = 0;
  long commits_ = 0;
  long backfills_ = 0;
  std::string refused_;  // the text of the statement that is refused
  bool text_seen_ = false;
  bool committing_ = false;
};

}  // namespace segue::test
