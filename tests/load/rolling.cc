#include "tests/load/rolling.h"

#include <stdexcept>

#include "base/text.h"
#include "segue/undo.h"
#include "segue/versions.h"

namespace segue::test {
namespace {

constexpr std::int64_t kRows = 20'000;
constexpr std::int64_t kKeys = kRows + 2'000;  // some are not there yet
constexpr std::int64_t kMoment = 75;           // statements of each client
constexpr std::chrono::minutes kLimit{2};
constexpr int kClientsPerVersion = 2;

MigratorOptions OptionsFor(Access access, bool window) {
  MigratorOptions options;
  options.access = access;
  if (window) options.undo_window = std::chrono::hours(1);
  return options;
}

// segue opens files that are there; the application has created it.
Database OpenAfterTheApplication(const Testbed& testbed,
                                 TestDatabase* database) {
  database->Exec(testbed.Text("readers beside a writer"));
  return database->Open();
}

}  // namespace

Rolling::Rolling(const Testbed& testbed, TestDatabase* database,
                 const Scenario& scenario, Access access, bool window)
    : testbed_(testbed),
      database_(database),
      scenario_(scenario),
      access_(access),
      options_(OptionsFor(access, window)),
      session_(OpenAfterTheApplication(testbed, database)),
      migrator_(session_, options_),
      traffic_({1, kKeys, /*seed=*/20'240'601}) {
  traffic_.SetRatePerClient(testbed.traits.load_rate);
  Fill();
}

void Rolling::Fill() {
  std::string columns = scenario_.key + ", " + scenario_.column +
                        ", note TEXT NOT NULL DEFAULT ''";
  if (!scenario_.extra_column.empty()) columns += ", " + scenario_.extra_column;
  database_->Exec("CREATE TABLE items (" + columns + ")");
  if (!scenario_.setup.empty()) database_->Exec(scenario_.setup);
  const std::string value = scenario_.nullable ? "CASE WHEN i % 10 > 0 THEN " +
                                                     scenario_.fill + " END"
                                               : scenario_.fill;
  database_->Exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
      "FROM n WHERE i < " +
      std::to_string(kRows) + ") INSERT INTO items (id, v) SELECT i, " + value +
      " FROM n");
  for (std::int64_t key = 1; key <= kRows; ++key) {
    if (scenario_.nullable && key % 10 == 0) {
      traffic_.Remember(key, std::nullopt);
    } else {
      traffic_.Remember(key, key);
    }
  }
}

lab::ClientShape Rolling::Completed(lab::ClientShape shape,
                                    const std::string& label) const {
  shape.label = label;
  if (shape.table.empty()) shape.table = "items";
  shape.key_column = "id";
  if (shape.fixed_columns.empty()) {
    shape.fixed_columns = {"note"};
    shape.fixed_values = {"'noted'"};
  }
  shape.writes_null = scenario_.nullable;
  const bool in_place_table =
      access_ == Access::kInPlace && shape.table == "items";
  const bool view_takes =
      testbed_.traits.upserts_through_views && shape.parent_table.empty();
  shape.upserts = view_takes || in_place_table;
  const std::string& setup = testbed_.Text("patient session");
  if (!setup.empty()) shape.session_setup = {setup};
  return shape;
}

lab::ClientShape Rolling::OldShape() const {
  lab::ClientShape shape = Completed(scenario_.old_version, "old");
  shape.url = database_->Url();
  return shape;
}

lab::ClientShape Rolling::NewShape() {
  lab::ClientShape shape = Completed(scenario_.new_version, "new");
  shape.url = access_ == Access::kVersioned
                  ? Versions(session_, {}).UrlFor("latest")
                  : database_->Url();
  return shape;
}

std::vector<int> Rolling::AddClients(const lab::ClientShape& shape) {
  std::vector<int> numbers;
  for (int i = 1; i <= kClientsPerVersion; ++i) {
    lab::ClientShape one = shape;
    one.label += " " + std::to_string(i);
    numbers.push_back(traffic_.AddClient(one));
  }
  return numbers;
}

void Rolling::Moment(std::int64_t statements) {
  if (traffic_.WaitForEach(statements, kLimit)) return;
  throw std::runtime_error("the clients do not get on: " +
                           lab::Verdict(traffic_.Counts()));
}

void Rolling::StartUnderOldTraffic() {
  dump_before_ = database_->Dump();
  old_clients_ = AddClients(OldShape());
  Moment(kMoment / 3);
  migrator_.Start(scenario_.migration());
}

void Rolling::AddNewVersion() {
  if (access_ == Access::kVersioned || scenario_.new_shape_in_place) {
    new_clients_ = AddClients(NewShape());
  }
  Moment(kMoment);
}

void Rolling::JudgeBothShapes() {
  traffic_.StopAll();
  std::vector<lab::ClientShape> shapes = {OldShape()};
  if (!new_clients_.empty()) shapes.push_back(NewShape());
  const lab::TrafficReport report = traffic_.Judge(shapes);
  if (!report.clean()) {
    throw std::runtime_error("both live: " + lab::Verdict(report));
  }
  if (!scenario_.wrong_rows.empty() && CountOf(scenario_.wrong_rows) != 0) {
    throw std::runtime_error("both live: some rows are wrong by " +
                             scenario_.wrong_rows);
  }
  old_clients_ = AddClients(OldShape());
  if (!new_clients_.empty()) new_clients_ = AddClients(NewShape());
}

void Rolling::CompleteUnderNewTraffic() {
  Moment(kMoment / 3);
  // Where the old shape stays until the end, its clients run through it.
  if (!new_clients_.empty()) {
    for (const int number : old_clients_) traffic_.StopClient(number);
  }
  migrator_.Complete();
  Moment(kMoment);
}

void Rolling::RollBackUnderOldTraffic() {
  Moment(kMoment / 3);
  for (const int number : new_clients_) traffic_.StopClient(number);
  migrator_.Rollback();
  Moment(kMoment);
}

// Where the new shape appears at the seal only, its clients come then.
void Rolling::SealUnderNewTraffic() {
  Moment(kMoment / 3);
  for (const int number : old_clients_) traffic_.StopClient(number);
  migrator_.Complete();
  if (new_clients_.empty()) new_clients_ = AddClients(NewShape());
  Moment(kMoment);
}

void Rolling::UndoUnderNewTraffic() {
  const bool stays =
      access_ == Access::kVersioned || scenario_.new_shape_in_place;
  if (!stays) {
    for (const int number : new_clients_) traffic_.StopClient(number);
    new_clients_.clear();
  }
  UndoWindow(session_, options_).Undo();
}

void Rolling::GoOnWithBoth() {
  old_clients_ = AddClients(OldShape());
  Moment(kMoment);
}

void Rolling::DropUnderNewTraffic() {
  UndoWindow(session_, options_).Drop();
  Moment(kMoment);
}

std::int64_t Rolling::CountOf(const std::string& sql) {
  return std::stoll(database_->app().One(sql).value());
}

}  // namespace segue::test
