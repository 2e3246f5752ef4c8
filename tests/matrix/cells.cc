#include "tests/matrix/cells.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "base/text.h"

namespace segue::test {
namespace {

constexpr const char* kRefusal = "refusal ";
constexpr const char* kSerial = " (serial)";

std::vector<std::string> PartsOf(const std::string& line) {
  std::vector<std::string> parts = base::Split(line, '|');
  for (std::string& part : parts) part = base::Trim(part);
  return parts;
}

}  // namespace

Cells Cells::Read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  Cells cells;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line.starts_with("#")) continue;
    if (line.starts_with(kRefusal)) {
      const std::size_t colon = line.find(": ");
      const std::size_t start = std::string(kRefusal).size();
      cells.refusals_.emplace_back(line.substr(start, colon - start),
                                   line.substr(colon + 2));
      continue;
    }
    const std::vector<std::string> parts = PartsOf(line);
    if (parts.size() != Forms().size() + 1) {
      throw std::runtime_error(path + ": " + line);
    }
    std::string name = parts.front();
    if (name == "forms") continue;
    const bool serial = name.ends_with(kSerial);
    if (serial) name.resize(name.size() - std::string(kSerial).size());
    for (std::size_t i = 0; i < Forms().size(); ++i) {
      const std::string& cell = parts[i + 1];
      const std::size_t slash = cell.find('/');
      for (Key key : Keys()) {
        if (serial && key != Key::kSerial) continue;
        const auto set = [&](Access access, const std::string& outcome) {
          cells.Set({name, Forms()[i], key, access}, outcome);
        };
        set(Access::kInPlace, cell.substr(0, slash));
        set(Access::kVersioned, cell.substr(slash + 1));
      }
    }
  }
  return cells;
}

std::string Cells::Expected(const CellName& cell) const {
  const auto row = rows_.find({cell.operation, cell.key});
  if (row == rows_.end()) return "";
  const auto found = row->second.find({cell.form, cell.access});
  return found == row->second.end() ? "" : found->second;
}

std::string Cells::IdOf(const std::string& message) const {
  for (const auto& [id, text] : refusals_) {
    if (message.find(text) != std::string::npos) return id;
  }
  return "new";
}

void Cells::Set(const CellName& cell, const std::string& outcome) {
  if (std::find(operations_.begin(), operations_.end(), cell.operation) ==
      operations_.end()) {
    operations_.push_back(cell.operation);
  }
  rows_[{cell.operation, cell.key}][{cell.form, cell.access}] = outcome;
}

std::string Cells::Line(const std::string& name, const Row& row) const {
  std::string line = name;
  for (Form form : Forms()) {
    const auto at = [&](Access access) {
      const auto found = row.find({form, access});
      return found == row.end() ? std::string() : found->second;
    };
    line += " | " + at(Access::kInPlace) + "/" + at(Access::kVersioned);
  }
  return line + "\n";
}

void Cells::Write(const std::string& path) const {
  std::ofstream file(path);
  file << "# The format is in cells.h. SEGUE_WRITE_CELLS=1 writes the cells "
          "again.\n\n";
  for (const auto& [id, text] : refusals_) {
    file << kRefusal << id << ": " << text << "\n";
  }
  file << "\nforms";
  for (Form form : Forms()) file << " | " << NameOf(form);
  file << "\n";
  for (const std::string& operation : operations_) {
    const auto row = rows_.find({operation, Key::kIdentity});
    const auto serial = rows_.find({operation, Key::kSerial});
    if (row == rows_.end()) continue;  // only a part of the cells was tried
    file << Line(operation, row->second);
    if (serial != rows_.end() && serial->second != row->second) {
      file << Line(operation + kSerial, serial->second);
    }
  }
}

}  // namespace segue::test
