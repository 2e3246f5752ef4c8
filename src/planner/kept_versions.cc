#include "planner/kept_versions.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "base/text.h"
#include "planner/original_names.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// A table and a column of it, by the names that they have before the migration.
using Place = std::pair<std::string, std::string>;

// What becomes of columns and tables that a version may show.
class Losses {
 public:
  explicit Losses(const std::vector<ops::DraftStep>& steps) {
    for (const ops::DraftStep& step : steps) {
      for (const plan::Action& action : step.actions) Read(action);
    }
  }

  // Says why the version could not go on; empty when it could.
  std::string Of(const db::ShownColumn& shown) const {
    if (tables_.count(shown.table) > 0) {
      return "table '" + shown.table + "' goes";
    }
    const auto found = columns_.find({shown.table, shown.column});
    return found == columns_.end() ? ""
                                   : "column '" + shown.column + "' of '" +
                                         shown.table + "' " + found->second;
  }
  bool runs_sql() const { return runs_sql_; }

 private:
  // A seal renames what its drop takes away later.
  void Read(const plan::Action& action) {
    names_.Follow(action);
    if (const auto* gone = std::get_if<plan::DropTable>(&action)) {
      tables_.insert(names_.OfTable(gone->table.name.name));
    } else if (const auto* drop = std::get_if<plan::DropColumn>(&action)) {
      if (drop->of_ours) return;
      Lose(drop->table.name, drop->column.physical(),
           drop->heir ? "is not stored as it is any more" : "goes");
    } else if (const auto* alter = std::get_if<plan::AlterColumn>(&action)) {
      if (alter->before.type == alter->after.type) return;
      Lose(alter->table.name, alter->before.physical(), "gets another type");
    } else if (const auto* unite = std::get_if<plan::UniteNumbers>(&action)) {
      for (const auto& part : unite->merged.parts) {
        Lose(part.table.name.name, unite->column,
             "is numbered by another sequence");
      }
    } else if (std::holds_alternative<plan::RawSql>(action)) {
      runs_sql_ = true;
    }
  }

  void Lose(const std::string& table, const std::string& column,
            const char* what) {
    columns_[{table, names_.OfColumn(table, column)}] = what;
  }

  OriginalNames names_;
  std::set<std::string> tables_;
  std::map<Place, std::string> columns_;
  bool runs_sql_ = false;
};

bool Shows(const KeptVersion& version, const std::string& table,
           const std::string& column) {
  return std::any_of(version.shown.begin(), version.shown.end(),
                     [&](const db::ShownColumn& one) {
                       return one.table == table && one.column == column;
                     });
}

bool ShowsTable(const KeptVersion& version, const std::string& table) {
  return std::any_of(
      version.shown.begin(), version.shown.end(),
      [&](const db::ShownColumn& one) { return one.table == table; });
}

// The triggers that give a column its value for writers of the old version end
// with the contract.
void AddUnfilled(const KeptVersion& version, const schema::Table& table,
                 std::vector<std::string>& reasons) {
  if (!ShowsTable(version, table.name.name)) return;
  for (const schema::Column& column : table.columns) {
    const bool filled = column.nullable || column.LeftOut() ||
                        column.identity != schema::Identity::kNone ||
                        !column.generated_sql.empty();
    if (filled || Shows(version, table.name.name, column.physical())) continue;
    reasons.push_back("an INSERT through it gives column '" + column.name +
                      "' of '" + table.shown() + "' no value");
  }
}

std::vector<std::string> Reasons(const KeptVersion& version,
                                 const Losses& losses,
                                 const ops::PlanContext& context) {
  std::vector<std::string> reasons;
  for (const db::ShownColumn& shown : version.shown) {
    std::string reason = losses.Of(shown);
    const bool known = std::count(reasons.begin(), reasons.end(), reason) > 0;
    if (!reason.empty() && !known) reasons.push_back(std::move(reason));
  }
  for (const schema::Table& table : context.schema.tables) {
    AddUnfilled(version, table, reasons);
  }
  if (losses.runs_sql()) {
    reasons.emplace_back("nobody knows what SQL does to what it shows");
  }
  return reasons;
}

}  // namespace

std::vector<KeptVersion> ReadKept(const db::Dialect& dialect,
                                  db::Connection& connection,
                                  const std::string& schema_name,
                                  const std::vector<std::string>& versions) {
  std::vector<KeptVersion> kept;
  if (versions.empty()) return kept;
  const auto* columns = db::ShownColumnsOf(dialect);
  if (columns == nullptr) {
    throw Error(ErrorKind::kRefused,
                "keep_versions: the views of " + dialect.capabilities().name +
                    " do not follow their tables, so that version '" +
                    versions.front() + "' cannot live on")
        .WithHint("leave keep_versions out: it ends at complete");
  }
  for (const std::string& version : versions) {
    kept.push_back(
        {version, columns->ShownBy(connection, schema_name, version)});
  }
  return kept;
}

void RefuseUnkept(const std::vector<KeptVersion>& kept,
                  const ops::PlanContext& context) {
  const Losses losses(context.steps);
  std::vector<std::string> texts;
  for (const KeptVersion& version : kept) {
    const std::vector<std::string> reasons = Reasons(version, losses, context);
    if (reasons.empty()) continue;
    texts.push_back(
        "version '" + version.version_schema +
        "' cannot live on after complete: " + base::Join(reasons, ", "));
  }
  if (texts.empty()) return;
  throw Error(ErrorKind::kRefused, "keep_versions: " + base::Join(texts, "; "))
      .WithHint("leave it out of keep_versions: it ends at complete then");
}

}  // namespace segue::engine
