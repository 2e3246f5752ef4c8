// Makes every change that tests/sweep/sweep.cc knows to each object of a
// schema, and compares what is there afterwards with what the plain statement
// gives. Prints a line for each difference and a table of the counts.
//
//   segue_sweep [--all] [--every N] [--only TEXT] SCHEMA.sql...
//
// Both ways of access take turns; with --all each change is made in both. With
// --every only each N-th change is made, with --only those that have the text
// ("alter_column type shop.orders") in their names.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>

#include "tests/matrix/cells.h"
#include "tests/support/built.h"
#include "tests/sweep/sweep.h"

namespace segue::test {
namespace {

// So many differences of one change show what is wrong.
constexpr std::size_t kShown = 6;

struct Options {
  bool all = false;
  std::size_t every = 1;
  std::string only = {};
  std::vector<std::string> files = {};
};

struct Counts {
  int done = 0;
  int different = 0;
  std::size_t writes = 0;
  std::map<std::string, int> refused = {};  // by the id of the refusal
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Count(const SweptChange& swept, Access access, const Verdict& verdict,
           const Cells& cells, Counts& counts) {
  counts.writes += verdict.writes;
  const std::string what = swept.operation + " " + swept.object + " " +
                           std::string(ToString(access));
  if (!verdict.differences.empty()) {
    ++counts.different;
    for (std::size_t i = 0; i < verdict.differences.size(); ++i) {
      if (i == kShown) break;
      std::cout << "  different: " << what << ": " << verdict.differences[i]
                << std::endl;
    }
  } else if (verdict.refused.empty()) {
    ++counts.done;
  } else {
    const std::string id = cells.IdOf(verdict.refused);
    ++counts.refused[id];
    if (id == "new") {
      std::cout << "  new refusal: " << what << ": " << verdict.refused
                << std::endl;
    }
  }
}

// Returns the SQL of a schema, and that of its rows where they are apart.
std::string SetupOf(const std::filesystem::path& schema) {
  const auto rows =
      schema.parent_path().parent_path() / "rows" / schema.filename();
  std::string sql = ReadFile(schema);
  if (std::filesystem::exists(rows)) sql += "\n" + ReadFile(rows);
  return sql;
}

Counts SweepSchema(const std::string& path, const Options& options,
                   const Cells& cells) {
  BesidePlain beside(PostgresServer::Shared(), SetupOf(path), true);
  Counts counts;
  bool versioned = false;
  const std::vector<SweptChange> changes = ChangesToSweep(beside.twin());
  for (std::size_t i = 0; i < changes.size(); i += options.every) {
    const std::string name = changes[i].operation + " " + changes[i].object;
    if (name.find(options.only) == std::string::npos) continue;
    versioned = !versioned;
    for (Access access : {Access::kInPlace, Access::kVersioned}) {
      if (!options.all && (access == Access::kVersioned) != versioned) continue;
      Count(changes[i], access, beside.Try(changes[i].change, access), cells,
            counts);
    }
  }
  return counts;
}

std::string NameOf(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

int RefusedOf(const Counts& counts) {
  int refused = 0;
  for (const auto& [id, count] : counts.refused) refused += count;
  return refused;
}

void PrintRefusals(const std::string& path, const Counts& counts) {
  std::string ids;
  for (const auto& [id, count] : counts.refused) {
    ids += (ids.empty() ? "" : ", ") + id + " " + std::to_string(count);
  }
  std::cout << NameOf(path) << ": refused: " << ids << std::endl;
}

// The counts of all schemas stand together, below what is different.
void PrintTable(const std::map<std::string, Counts>& found) {
  const auto line = [](const std::string& schema, const auto& done,
                       const auto& refused, const auto& different,
                       const auto& writes) {
    std::cout << std::left << std::setw(16) << schema << std::right
              << std::setw(8) << done << std::setw(10) << refused
              << std::setw(12) << different << std::setw(10) << writes << "\n";
  };
  std::cout << "\n";
  line("schema", "done", "refused", "different", "writes");
  for (const auto& [path, counts] : found) {
    line(NameOf(path), counts.done, RefusedOf(counts), counts.different,
         counts.writes);
  }
}

Options ReadOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--all") == 0) {
      options.all = true;
    } else if (std::strcmp(argv[i], "--every") == 0 && i + 1 < argc) {
      options.every = std::stoul(argv[++i]);
    } else if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
      options.only = argv[++i];
    } else {
      options.files.emplace_back(argv[i]);
    }
  }
  return options;
}

int Main(int argc, char** argv) {
  const Options options = ReadOptions(argc, argv);
  const Cells cells = Cells::Read(SourceDir() + "/tests/matrix/cells.txt");
  std::map<std::string, Counts> found;
  int different = 0;
  for (const std::string& path : options.files) {
    found[path] = SweepSchema(path, options, cells);
    PrintRefusals(path, found[path]);
    different += found[path].different;
  }
  PrintTable(found);
  return different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace segue::test

int main(int argc, char** argv) {
  try {
    return segue::test::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
