#include "http/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "base/clock.h"
#include "base/version.h"

namespace segue::http {
namespace {

using prometheus::Labels;
using Counters = prometheus::Family<prometheus::Counter>;
using Gauges = prometheus::Family<prometheus::Gauge>;
using Histograms = prometheus::Family<prometheus::Histogram>;

constexpr Phase kPhases[] = {Phase::kPending,   Phase::kExpanding,
                             Phase::kMigrating, Phase::kContracting,
                             Phase::kComplete,  Phase::kRolledBack};

// The kinds of errors that are retried. Their series exist from the start, so
// that a rate over them is 0 and not missing.
constexpr ErrorKind kRetried[] = {
    ErrorKind::kLockTimeout, ErrorKind::kRetryable, ErrorKind::kConnectionLost};

// The text of an error may quote whole documents, so it is cut.
constexpr std::size_t kMostCharacters = 200;

// The buckets double around the default target of 200 ms. A chunk in the last
// bucket shows that something is wrong.
std::vector<double> ChunkBuckets() {
  return {0.0125, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8};
}

double Seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// Returns a label such as "lock_timeout", without the spaces of the text for
// people.
std::string Label(std::string kind) {
  std::replace(kind.begin(), kind.end(), ' ', '_');
  return kind;
}

// Cuts the text at the end of a character.
std::string Shortened(const std::string& text) {
  if (text.size() <= kMostCharacters) return text;
  std::size_t end = kMostCharacters;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end) + "...";
}

}  // namespace

class Metrics::State {
 public:
  State() {
    NewGauges("segue_build_info", "Which segue this is; always 1.")
        .Add({{"version", std::string(base::Version())}})
        .Set(1);
    NewGauges("segue_start_time_seconds",
              "When this run began, in seconds since the epoch.")
        .Add({})
        .Set(Seconds(base::SystemClock().WallTime()));
    running_.Set(1);
  }

  void Show(const Progress& progress) {
    if (progress.migration.empty()) return;  // of a dry run
    const std::string& id = progress.migration;
    SetPhase(id, progress.phase);
    switch (progress.event) {
      case Progress::Event::kStarted:
      case Progress::Event::kReady:
      case Progress::Event::kSealed:
      case Progress::Event::kComplete:
      case Progress::Event::kRolledBack:
        return ShowRun(progress);
      case Progress::Event::kFailed:
        return ShowError(progress.cause, progress.message);
      case Progress::Event::kPaused:
      case Progress::Event::kResumed:
      case Progress::Event::kStepStarted:
      case Progress::Event::kStepDone:
      case Progress::Event::kStepRolledBack:
      case Progress::Event::kRows:
      case Progress::Event::kRetry:
      case Progress::Event::kNote:
        return ShowWork(progress);
    }
  }

  void Failed(const Error& error) {
    ShowError(std::string(ToString(error.kind())), error.what());
  }

  void Stop() { running_.Set(0); }

  std::string Text() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

  std::mutex& mutex() { return mutex_; }

 private:
  // Shows an event of the run as a whole.
  void ShowRun(const Progress& progress) {
    const std::string& id = progress.migration;
    if (progress.event == Progress::Event::kStarted) Prepare(id);
    At(progress_, id).Set(progress.progress_pct / 100);
    At(ready_, id).Set(progress.sub_state == SubState::kReady ? 1 : 0);
  }

  void ShowError(const std::string& cause, const std::string& message) {
    const std::string kind = Label(cause);
    errors_.Add({{"kind", kind}}).Increment();
    if (last_error_ != nullptr) error_.Remove(last_error_);
    last_error_ =
        &error_.Add({{"kind", kind}, {"message", Shortened(message)}});
    last_error_->Set(1);
  }

  // Shows an event within the run.
  void ShowWork(const Progress& progress) {
    const std::string& id = progress.migration;
    At(progress_, id).Set(progress.progress_pct / 100);
    // The throttle reports a stop once, so a further report of a stop comes
    // from a pause that somebody requested.
    const bool by_throttle = progress.pace <= 0 && last_pace_ > 0;
    last_pace_ = progress.pace;
    SetPace(id, progress.pace, progress.pace_reason);
    At(workers_, id).Set(progress.workers);
    SetOrRemove(built_, id, progress.activity_pct / 100);
    switch (progress.event) {
      case Progress::Event::kRows:
        ShowRows(progress);
        break;
      case Progress::Event::kPaused:
        if (by_throttle) break;
        At(paused_, id).Set(1);
        SetPace(id, 0, "paused");
        break;
      case Progress::Event::kResumed:
        At(paused_, id).Set(0);
        break;
      case Progress::Event::kRetry:
        retries_.Add({{"migration", id}, {"kind", Label(progress.cause)}})
            .Increment();
        break;
      case Progress::Event::kStepStarted:
        Prepare(id);
        break;
      case Progress::Event::kStepDone:
      case Progress::Event::kStepRolledBack:
        SetOrRemove(eta_, id, -1);
        break;
      default:
        break;  // Show has handled the events of the run
    }
  }

  Gauges& NewGauges(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
  }
  Counters& NewCounters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
  }

  static prometheus::Gauge& At(Gauges& family, const std::string& migration) {
    return family.Add({{"migration", migration}});
  }

  // A value below zero is unknown, so its series does not exist.
  static void SetOrRemove(Gauges& family, const std::string& migration,
                          double value) {
    prometheus::Gauge& gauge = At(family, migration);
    if (value < 0) {
      family.Remove(&gauge);
    } else {
      gauge.Set(value);
    }
  }

  // A counter exists, as 0, before it counts anything.
  void Prepare(const std::string& id) {
    for (const ErrorKind kind : kRetried) {
      retries_.Add(
          {{"migration", id}, {"kind", Label(std::string(ToString(kind)))}});
    }
    At(paused_, id);
    At(ready_, id);
    backfilled_.Add({{"migration", id}});
    verified_.Add({{"migration", id}});
  }

  void SetPhase(const std::string& id, Phase now) {
    for (const Phase phase : kPhases) {
      phase_.Add({{"migration", id}, {"phase", std::string(ToString(phase))}})
          .Set(phase == now ? 1 : 0);
    }
  }

  void SetPace(const std::string& id, double pace, const std::string& reason) {
    At(pace_, id).Set(pace);
    SetReason(id, reason);
  }

  // The series of the current reason is 1; those of earlier reasons are 0.
  void SetReason(const std::string& id, const std::string& reason) {
    const Labels labels = {{"migration", id},
                           {"reason", reason.empty() ? "none" : reason}};
    prometheus::Gauge& gauge = reason_.Add(labels);
    if (last_reason_ == &gauge) return;
    if (last_reason_ != nullptr) last_reason_->Set(0);
    gauge.Set(1);
    last_reason_ = &gauge;
  }

  void ShowRows(const Progress& progress) {
    if (progress.activity.empty()) return;  // a part of a build; see built_
    const std::string& id = progress.migration;
    const Labels labels = {{"migration", id}, {"activity", progress.activity}};
    Count(progress);
    done_.Add(labels).Set(static_cast<double>(progress.rows_done));
    expected_.Add(labels).Set(static_cast<double>(progress.rows_total));
    rate_.Add(labels).Set(progress.rows_per_second);
    SetOrRemove(eta_, id, progress.eta_seconds);
    At(paused_, id).Set(0);
    if (progress.chunk_rows > 0) {
      chunk_rows_.Add(labels).Set(static_cast<double>(progress.chunk_rows));
    }
    if (progress.chunk_seconds > 0) {
      chunk_seconds_.Add(labels, ChunkBuckets())
          .Observe(progress.chunk_seconds);
    }
  }

  // Counts only what is new since the last report. After a lost connection a
  // walk may go back a chunk, but a counter never goes back.
  void Count(const Progress& progress) {
    const std::string walk =
        progress.migration + "\n" + progress.step + "\n" + progress.activity;
    if (walk != walk_) {
      walk_ = walk;
      counted_ = 0;
    }
    const auto more = static_cast<double>(progress.rows_done - counted_);
    counted_ = std::max(counted_, progress.rows_done);
    if (more <= 0) return;
    const Labels labels = {{"migration", progress.migration}};
    if (progress.activity == "backfill") {
      backfilled_.Add(labels).Increment(more);
    } else if (progress.activity == "verify") {
      verified_.Add(labels).Increment(more);
    }
  }

  std::mutex mutex_;
  prometheus::Registry registry_;
  prometheus::Gauge& running_ =
      NewGauges("segue_running", "1 while this run is at work, 0 at its end.")
          .Add({});
  Gauges& phase_ = NewGauges("segue_migration_phase",
                             "1 for the phase the migration is in.");
  Gauges& progress_ = NewGauges("segue_migration_progress_ratio",
                                "Steps done, between 0 and 1; within a "
                                "backfill refined by rows.");
  Gauges& ready_ = NewGauges("segue_migration_ready",
                             "1 when both versions are live and the contract "
                             "may come.");
  Gauges& paused_ =
      NewGauges("segue_paused", "1 while somebody has it paused.");
  Counters& backfilled_ =
      NewCounters("segue_backfill_rows_total",
                  "Rows filled, those of earlier runs of it included.");
  Counters& verified_ =
      NewCounters("segue_verify_rows_total", "Rows checked by this run.");
  Gauges& done_ = NewGauges("segue_walk_rows",
                            "Rows that the walk over a table has behind it.");
  Gauges& expected_ = NewGauges("segue_walk_expected_rows",
                                "Rows of that table, by the estimate of the "
                                "database.");
  Gauges& rate_ = NewGauges("segue_walk_rows_per_second",
                            "Rows per second of the walk, on average.");
  Gauges& eta_ = NewGauges("segue_walk_remaining_seconds",
                           "Until the walk is at its end; missing while "
                           "unknown.");
  Gauges& built_ = NewGauges("segue_statement_progress_ratio",
                             "Of what one long statement builds, between 0 "
                             "and 1; missing while nothing is built.");
  Gauges& chunk_rows_ =
      NewGauges("segue_chunk_rows", "Rows that the last chunk was to have.");
  Histograms& chunk_seconds_ =
      prometheus::BuildHistogram()
          .Name("segue_chunk_duration_seconds")
          .Help("How long chunks took, from their begin to their commit.")
          .Register(registry_);
  Counters& retries_ = NewCounters("segue_retries_total",
                                   "Statements and chunks tried again, by "
                                   "what made it needed.");
  Gauges& pace_ = NewGauges("segue_pace_ratio",
                            "Share of full speed that is used now; 0 is "
                            "held or paused.");
  Gauges& reason_ =
      NewGauges("segue_pace_reason", "1 for what holds the pace where it is.");
  Gauges& workers_ =
      NewGauges("segue_workers", "Workers that move rows at once.");
  Counters& errors_ =
      NewCounters("segue_errors_total", "Errors that ended the run.");
  Gauges& error_ = NewGauges("segue_last_error_info",
                             "The error that ended the run; missing where "
                             "none did.");
  prometheus::Gauge* last_error_ = nullptr;
  prometheus::Gauge* last_reason_ = nullptr;
  double last_pace_ = 1;
  std::string walk_;  // the walk of `counted_`
  std::int64_t counted_ = 0;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}

Metrics::~Metrics() = default;

void Metrics::Show(const Progress& progress) {
  const std::lock_guard lock(state_->mutex());
  state_->Show(progress);
}

void Metrics::Failed(const Error& error) {
  const std::lock_guard lock(state_->mutex());
  state_->Failed(error);
}

void Metrics::Stop() {
  const std::lock_guard lock(state_->mutex());
  state_->Stop();
}

std::string Metrics::Text() const {
  const std::lock_guard lock(state_->mutex());
  return state_->Text();
}

}  // namespace segue::http
