#include "tests/support/case_file.h"

#include <algorithm>
#include <filesystem>

#include "base/node.h"
#include "manifest/document.h"
#include "segue/error.h"

namespace segue::test {
namespace {

namespace fs = std::filesystem;
using base::Node;

Error Bad(const Node& node, const std::string& what) {
  return {ErrorKind::kUsage, node.Where() + ": " + what};
}

const std::string& Text(const Node& node) {
  if (!node.is_scalar()) throw Bad(node, "text wanted");
  return node.scalar;
}

bool Flag(const Node& node) {
  if (Text(node) != "true") throw Bad(node, "true wanted");
  return true;
}

std::vector<std::string> Texts(const Node& node) {
  if (!node.is_list()) throw Bad(node, "a list wanted");
  std::vector<std::string> texts;
  for (const Node& item : node.items) texts.push_back(Text(item));
  return texts;
}

CaseStep ReadStep(const Node& node) {
  CaseStep step;
  step.line = node.line;
  for (const auto& [key, value] : node.entries) {
    if (key == "old" || key == "new") {
      step.as_new = key == "new";
      step.sql = Text(value);
    } else if (key == "rows") {
      step.rows = Texts(value);
    } else if (key == "fails") {
      step.fails = Flag(value);
    } else if (key == "only") {
      step.only = Text(value);
    } else if (key == "access") {
      step.access = Text(value);
    } else {
      throw Bad(value, "unknown key in a step");
    }
  }
  if (step.sql.empty()) throw Bad(node, "a step needs old or new");
  return step;
}

std::vector<CaseStep> ReadSteps(const Node& node) {
  if (!node.is_list()) throw Bad(node, "a list of steps wanted");
  std::vector<CaseStep> steps;
  for (const Node& item : node.items) steps.push_back(ReadStep(item));
  return steps;
}

// Reads "SQL", or a list of "SQL" and {sqlite: "SQL", postgres: "SQL"}.
std::vector<CaseSetup> ReadSetup(const Node& node) {
  if (!node.is_list()) return {{"", Text(node)}};
  std::vector<CaseSetup> setups;
  for (const Node& item : node.items) {
    if (item.is_scalar()) setups.push_back({"", Text(item)});
    for (const auto& [dialect, sql] : item.entries) {
      setups.push_back({dialect, Text(sql)});
    }
  }
  return setups;
}

bool ReadText(CaseFile& file, const std::string& key, const Node& value) {
  const std::vector<std::pair<const char*, std::string*>> texts = {
      {"only", &file.only},
      {"access", &file.access},
      {"migration", &file.migration},
      {"refused", &file.refused}};
  for (const auto& [name, member] : texts) {
    if (key != name) continue;
    *member = Text(value);
    return true;
  }
  return false;
}

void ReadEntry(CaseFile& file, const std::string& key, const Node& value) {
  if (ReadText(file, key, value)) return;
  if (key == "live") {
    file.live = ReadSteps(value);
  } else if (key == "since") {
    file.since = std::stoi(Text(value));
  } else if (key == "setup") {
    file.setup = ReadSetup(value);
  } else if (key == "rolled_back") {
    file.rolled_back = ReadSteps(value);
  } else if (key == "after") {
    file.after = ReadSteps(value);
  } else if (key == "columns") {
    file.columns = Texts(value);
  } else if (key == "complete") {
    file.complete = Flag(value);
  } else {
    throw Bad(value, "unknown key in a case");
  }
}

}  // namespace

std::string CaseFile::SetupFor(const std::string& dialect) const {
  std::string sql;
  for (const CaseSetup& part : setup) {
    if (part.only.empty() || part.only == dialect) sql += part.sql + "\n";
  }
  return sql;
}

CaseFile ReadCase(const std::string& path) {
  const Node root = manifest::ParseDocument(manifest::ReadTextFile(path), path);
  CaseFile file;
  file.path = path;
  file.name = fs::path(path).parent_path().filename().string() + "_" +
              fs::path(path).stem().string();
  for (const auto& [key, value] : root.entries) ReadEntry(file, key, value);
  if (file.migration.empty()) throw Bad(root, "a case needs a migration");
  return file;
}

std::vector<CaseFile> ReadCases(const std::string& folder) {
  std::vector<CaseFile> cases;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    cases.push_back(ReadCase(entry.path().string()));
  }
  if (cases.empty()) throw Error(ErrorKind::kUsage, "no cases in " + folder);
  std::sort(
      cases.begin(), cases.end(),
      [](const CaseFile& a, const CaseFile& b) { return a.name < b.name; });
  return cases;
}

}  // namespace segue::test
