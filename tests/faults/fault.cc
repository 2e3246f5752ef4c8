#include "tests/faults/fault.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "base/text.h"
#include "segue/error.h"

namespace segue::test {
namespace {

std::mutex g_mutex;

std::string Variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

[[noreturn]] void Reject(const std::string& text) {
  throw std::runtime_error("SEGUE_FAULT is not understood: " + text);
}

}  // namespace

FaultSpec ParseFault(const std::string& text) {
  using Kind = FaultSpec::Kind;
  using Place = FaultSpec::Place;
  if (text.empty()) return {};
  const auto parts = base::Split(text, ':');
  FaultSpec spec;
  const auto number = [&text](const std::string& part) {
    const long value = std::strtol(part.c_str(), nullptr, 10);
    return value > 0 ? value : (Reject(text), 0L);
  };
  if (parts.size() == 2 &&
      (parts[0] == "drop" || parts[0] == "lost" || parts[0] == "refuse")) {
    spec.kind = parts[0] == "drop"   ? Kind::kDrop
                : parts[0] == "lost" ? Kind::kLost
                                     : Kind::kRefuse;
    spec.number = number(parts[1]);
    return spec;
  }
  if (parts.size() != 3) Reject(text);
  if (parts[0] != "kill" && parts[0] != "stop") Reject(text);
  spec.kind = parts[0] == "kill" ? Kind::kKill : Kind::kStop;
  if (parts[1] == "after") {
    spec.place = Place::kAfter;
  } else if (parts[1] == "backfill") {
    spec.place = Place::kBackfill;
  } else if (parts[1] == "commit") {
    spec.place = Place::kCommit;
    spec.text = parts[2];
    return spec;
  } else if (parts[1] != "before") {
    Reject(text);
  }
  spec.number = number(parts[2]);
  return spec;
}

FaultPoint& FaultPoint::Instance() {
  static FaultPoint point;
  return point;
}

FaultPoint::FaultPoint()
    : spec_(ParseFault(Variable("SEGUE_FAULT"))),
      count_file_(Variable("SEGUE_FAULT_COUNT")),
      trace_file_(Variable("SEGUE_FAULT_TRACE")) {}

void FaultPoint::Record(std::string_view sql) const {
  if (!count_file_.empty()) {
    std::ofstream(count_file_) << statements_ << " " << commits_ << "\n";
  }
  if (!trace_file_.empty()) {
    std::ofstream(trace_file_, std::ios::app)
        << statements_ << ": " << sql << "\n";
  }
}

void FaultPoint::Strike() const {
  // SIGSTOP returns when somebody continues us.
  ::kill(::getpid(), spec_.kind == FaultSpec::Kind::kStop ? SIGSTOP : SIGKILL);
}

bool FaultPoint::Before(std::string_view sql) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  ++statements_;
  Record(sql);
  if (!spec_.text.empty() && sql.find(spec_.text) != std::string_view::npos) {
    text_seen_ = true;
  }
  if (spec_.kind == FaultSpec::Kind::kRefuse) {
    if (statements_ == spec_.number) refused_ = sql;
    if (!refused_.empty() && sql == refused_) {
      throw Error(ErrorKind::kRefused, "the lock was not given (fault)");
    }
    return false;
  }
  if (statements_ != spec_.number) return false;
  if (spec_.kind == FaultSpec::Kind::kDrop) return true;
  const bool strikes = spec_.kind == FaultSpec::Kind::kKill ||
                       spec_.kind == FaultSpec::Kind::kStop;
  if (strikes && spec_.place == FaultSpec::Place::kBefore) Strike();
  return false;
}

void FaultPoint::After() {
  const std::lock_guard<std::mutex> lock(g_mutex);
  const bool committed = std::exchange(committing_, false);
  if (committed && text_seen_) Strike();
  if (spec_.place != FaultSpec::Place::kAfter) return;
  if (statements_ == spec_.number) Strike();
}

void FaultPoint::BeginBackfill() {
  const std::lock_guard<std::mutex> lock(g_mutex);
  if (spec_.place != FaultSpec::Place::kBackfill) return;
  if (++backfills_ == spec_.number) Strike();
}

bool FaultPoint::LosesCommit() {
  const std::lock_guard<std::mutex> lock(g_mutex);
  ++commits_;
  committing_ = true;
  Record("-- commit");
  return spec_.kind == FaultSpec::Kind::kLost && commits_ == spec_.number;
}

}  // namespace segue::test
