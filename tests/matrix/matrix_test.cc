// Each operation on tables that use everything, in both ways of access: what
// is there after the contract is compared with what the plain statement gives,
// and what is there after a rollback or a refusal with what was there before.
// tests/matrix/cells.txt says which cells are refused, and with what message.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <tuple>

#include "base/append.h"
#include "base/text.h"
#include "tests/matrix/cells.h"
#include "tests/matrix/copies.h"
#include "tests/matrix/kitchen_sink.h"
#include "tests/matrix/operations.h"
#include "tests/support/built.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

std::string CellsPath() { return SourceDir() + "/tests/matrix/cells.txt"; }
bool Writes() { return std::getenv("SEGUE_WRITE_CELLS") != nullptr; }
bool TestAll() { return Writes() || std::getenv("SEGUE_TEST_ALL") != nullptr; }

struct Cell {
  CellName name;
  Change change;
  Hanging hanging = Hanging::kEverything;
};

void PrintTo(const Cell& cell, std::ostream* out) {
  *out << cell.change.operations << cell.change.plain;
}

const Cells& Expectations() {
  static const Cells kCells = Cells::Read(CellsPath());
  return kCells;
}

void AddCells(const NamedChange& named, Form form, Key key,
              std::vector<Cell>* cells) {
  for (Access access : {Access::kInPlace, Access::kVersioned}) {
    cells->push_back(
        {{named.name, form, key, access}, named.change, named.hanging});
  }
}

std::vector<Cell> AllCells() {
  std::vector<Cell> cells;
  for (Form form : Forms()) {
    for (const NamedChange& named : ChangesOf(TableOf(form))) {
      for (Key key : Keys()) AddCells(named, form, key, &cells);
    }
  }
  return cells;
}

std::vector<Cell> AllCopies() {
  std::vector<Cell> cells;
  for (Form form : Forms()) {
    for (Key key : Keys()) {
      for (const NamedChange& named : CopiesOf(form, key)) {
        AddCells(named, form, key, &cells);
      }
    }
  }
  return cells;
}

// Every n-th cell, so that all forms and operations are among them.
std::vector<Cell> Sample(const std::vector<Cell>& cells, std::size_t count) {
  std::vector<Cell> sample;
  for (std::size_t i = 0; i < count && i < cells.size(); ++i) {
    sample.push_back(cells[i * cells.size() / count]);
  }
  return sample;
}

// A cell that is carried out says more than one that is refused.
struct Counts {
  std::size_t done;
  std::size_t refused;
};
constexpr Counts kOfCells = {32, 8};
constexpr Counts kOfCopies = {5, 3};

void AddSample(std::vector<Cell> cells, Counts counts,
               std::vector<Cell>* sample) {
  const auto refused =
      std::stable_partition(cells.begin(), cells.end(), [](const Cell& cell) {
        return Expectations().Expected(cell.name) == "ok";
      });
  base::Append(Sample({cells.begin(), refused}, counts.done), *sample);
  base::Append(Sample({refused, cells.end()}, counts.refused), *sample);
}

std::vector<Cell> Params() {
  std::vector<Cell> cells;
  if (TestAll()) {
    cells = AllCells();
    base::Append(AllCopies(), cells);
    return cells;
  }
  AddSample(AllCells(), kOfCells, &cells);
  AddSample(AllCopies(), kOfCopies, &cells);
  return cells;
}

std::string NameOfCell(const ::testing::TestParamInfo<Cell>& info) {
  const CellName& cell = info.param.name;
  std::string name = cell.operation + "_" + NameOf(cell.form) + "_" +
                     NameOf(cell.key) + "_" +
                     std::string(ToString(cell.access));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '.'; },
      '_');
  return name;
}

class MatrixTest : public ::testing::TestWithParam<Cell> {
 protected:
  void SetUp() override { SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed()); }

  static void TearDownTestSuite() {
    if (Writes()) Found().Write(CellsPath());
    Sinks().clear();
  }

  // The kitchen sinks are made once in this program.
  using Sink = std::tuple<Form, Key, Hanging>;
  static std::map<Sink, std::unique_ptr<BesidePlain>>& Sinks() {
    static std::map<Sink, std::unique_ptr<BesidePlain>> sinks;
    return sinks;
  }
  static BesidePlain& SinkOf(const Cell& cell) {
    const auto& [operation, form, key, access] = cell.name;
    std::unique_ptr<BesidePlain>& sink = Sinks()[{form, key, cell.hanging}];
    if (!sink) {
      sink = std::make_unique<BesidePlain>(
          PostgresServer::Shared(), KitchenSink(form, key, cell.hanging));
    }
    return *sink;
  }
  static Cells& Found() {
    static Cells found = Expectations();
    return found;
  }
};

TEST_P(MatrixTest, IsAsThePlainStatementOrRefused) {
  const Cell& cell = GetParam();
  const Verdict verdict = SinkOf(cell).Try(cell.change, cell.name.access);
  EXPECT_EQ(base::Join(verdict.differences, "\n"), "");
  const std::string outcome =
      verdict.refused.empty() ? "ok" : Expectations().IdOf(verdict.refused);
  if (Writes()) {
    Found().Set(cell.name, outcome);
    std::cout << "cell: " << outcome << " " << verdict.refused << "\n";
    return;
  }
  EXPECT_EQ(outcome, Expectations().Expected(cell.name)) << verdict.refused;
}

INSTANTIATE_TEST_SUITE_P(All, MatrixTest, ::testing::ValuesIn(Params()),
                         NameOfCell);

}  // namespace
}  // namespace segue::test
