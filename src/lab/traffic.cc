#include "lab/traffic.h"

#include <atomic>
#include <map>
#include <thread>

#include "base/text.h"
#include "lab/client.h"
#include "lab/oracle.h"

namespace segue::lab {

struct Traffic::State {
  explicit State(const TrafficOptions& traffic_options)
      : options(traffic_options) {}

  const TrafficOptions options;
  Oracle oracle;
  Tally tally;
  std::atomic<double> rate{0};
  std::vector<std::unique_ptr<Client>> clients;  // last: they stop first
};

namespace {

using View = std::map<std::int64_t, Cell>;

// Reads every row of the clients' keys, as one version sees it.
View ReadAll(const ClientShape& shape, const TrafficOptions& options) {
  const auto connection = Connect(shape);
  const db::Result result = connection->Execute(
      "SELECT " + shape.key_column + ", " + ReadExpression(shape) + " FROM " +
          shape.table + " WHERE " + shape.key_column + " BETWEEN $1 AND $2",
      {options.first_key, options.last_key});
  View view;
  for (const db::Row& row : result.rows) {
    view[db::ToInt(row[0])] = CellOf(row[1]);
  }
  return view;
}

Cell At(const View& view, std::int64_t key) {
  const auto found = view.find(key);
  return found == view.end() ? Cell::Absent() : found->second;
}

void JudgeKey(std::int64_t key, const std::vector<ClientShape>& shapes,
              const std::vector<View>& views, const Oracle& oracle,
              Tally* tally) {
  const std::string which = "key " + std::to_string(key);
  for (std::size_t i = 0; i < views.size(); ++i) {
    const Cell seen = At(views[i], key);
    if (!oracle.Allows(key, seen)) {
      tally->Lost(shapes[i].label + " at the end: " + which + " is " +
                  ToText(seen) + ", written " + ToText(oracle.Expected(key)));
    }
    if (i > 0 && !(seen == At(views[0], key))) {
      tally->Diverged(which + ": " + shapes[0].label + " sees " +
                      ToText(At(views[0], key)) + ", " + shapes[i].label +
                      " sees " + ToText(seen));
    }
  }
}

}  // namespace

std::string Verdict(const TrafficReport& report) {
  std::string text = "failed " + base::WithThousands(report.failed) +
                     ", lost " + base::WithThousands(report.lost) +
                     ", diverged " + base::WithThousands(report.diverged);
  for (const std::string& sample : report.samples) text += "\n  " + sample;
  return text;
}

Traffic::Traffic(const TrafficOptions& options)
    : state_(std::make_unique<State>(options)) {}

Traffic::~Traffic() = default;

void Traffic::Remember(std::int64_t key, std::optional<std::int64_t> value) {
  state_->oracle.Remember(key, value ? Cell::Of(*value) : Cell::Null());
}

int Traffic::AddClient(const ClientShape& shape) {
  const auto number = static_cast<int>(state_->clients.size());
  const std::uint64_t seed =
      state_->options.seed * 1000 + static_cast<std::uint64_t>(number);
  state_->clients.push_back(
      std::make_unique<Client>(shape, state_->options, seed, &state_->oracle,
                               &state_->tally, &state_->rate));
  return number;
}

void Traffic::StopClient(int number) {
  state_->clients.at(static_cast<std::size_t>(number))->Stop();
}

void Traffic::StopAll() {
  for (const auto& client : state_->clients) client->Stop();
}

void Traffic::SetRatePerClient(double statements_per_second) {
  state_->rate = statements_per_second;
}

bool Traffic::WaitForEach(std::int64_t statements,
                          std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::vector<std::int64_t> wanted;
  for (const auto& client : state_->clients) {
    wanted.push_back(client->statements() + statements);
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Client& client = *state_->clients[i];
    while (client.running() && client.statements() < wanted[i]) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  return true;
}

TrafficReport Traffic::Judge(const std::vector<ClientShape>& shapes) {
  std::vector<View> views;
  for (const ClientShape& shape : shapes) {
    views.push_back(ReadAll(shape, state_->options));
  }
  for (auto key = state_->options.first_key; key <= state_->options.last_key;
       ++key) {
    JudgeKey(key, shapes, views, state_->oracle, &state_->tally);
  }
  return Counts();
}

TrafficReport Traffic::Counts() const { return state_->tally.Report(); }

void Traffic::StartPeriod() { state_->tally.ResetLatencies(); }

}  // namespace segue::lab
