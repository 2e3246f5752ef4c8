#include "dialects/sqlite/hazards.h"

#include <algorithm>
#include <variant>

#include "dialects/sqlite/tokens.h"
#include "plan/names.h"

namespace segue::sqlite {
namespace {

bool IsIn(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& one) {
    return SameName(one, name);
  });
}

// Adds the generated columns that are computed from the columns, also by way of
// other generated columns.
void AddGenerated(const schema::Table& table,
                  std::vector<std::string>* columns) {
  for (bool more = true; more;) {
    more = false;
    for (const schema::Column& column : table.columns) {
      if (column.generated_sql.empty() || IsIn(*columns, column.name)) continue;
      if (schema::ReferencedColumns(column.generated_sql, *columns).empty()) {
        continue;
      }
      columns->push_back(column.name);
      more = true;
    }
  }
}

class Search {
 public:
  Search(const std::vector<plan::Action>& actions,
         const db::RenderContext& context)
      : context_(context) {
    for (std::size_t at = 0; at < actions.size(); ++at) {
      std::visit([&](const auto& action) { Of(action, at); }, actions[at]);
    }
    FindChangeHazards(actions, context, &hazards_);
  }

  std::vector<Hazard> hazards() && { return std::move(hazards_); }

 private:
  template <typename Action>
  void Of(const Action& /*action*/, std::size_t /*at*/) {}

  // The other forms of the triggers concern the same table and columns.
  void Of(const plan::CreateSync& action, std::size_t at) {
    if (action.form != plan::SyncForm::kLive) return;
    if (context_.motions.Copy(action.motion) != nullptr) return;
    const plan::ColumnMotion& motion = context_.motions.Column(action.motion);
    const schema::Table* table = context_.schema.FindTable(motion.table.name);
    if (table == nullptr) return;
    FindTriggerHazards(motion, context_, at, &hazards_);
    FindRowHazards(motion, *table, at, &hazards_);
    FindExpressionHazards(motion, context_.schema, at, &hazards_);
  }

  void Of(const plan::PublishVersion& action, std::size_t at) {
    for (const plan::VersionView& view : action.views) {
      FindViewHazards(view, context_, at, &hazards_);
    }
  }

  void Of(const plan::PublishAlias& action, std::size_t at) {
    FindViewHazards(action.view, context_, at, &hazards_);
  }

  const db::RenderContext& context_;
  std::vector<Hazard> hazards_;
};

}  // namespace

std::vector<std::string> HalfWritten(const plan::ColumnMotion& motion,
                                     const schema::Table& table) {
  std::vector<std::string> columns;
  const bool clients_write_new =
      motion.new_column && (!motion.new_column->name.starts_with(plan::kOurs) ||
                            !motion.new_versions.empty());
  if (motion.old_column && (!motion.new_column || clients_write_new)) {
    columns.push_back(motion.old_column->name);
  }
  if (motion.new_was_there) columns.push_back(motion.new_column->name);
  AddGenerated(table, &columns);
  return columns;
}

std::string WayOut(const plan::ColumnMotion& motion,
                   const std::string& other_way) {
  const bool hidden =
      motion.new_column && motion.new_column->name.starts_with(plan::kOurs);
  if (hidden && !motion.new_versions.empty()) {
    return "use 'access: in_place', where nobody writes the new shape until "
           "the contract, or " +
           other_way;
  }
  if (!motion.keeps_old_column) return other_way;
  return "use 'access: versioned', where a rename needs no dual write, or " +
         other_way;
}

std::vector<Hazard> Hazards(const std::vector<plan::Action>& actions,
                            const db::RenderContext& context) {
  return Search(actions, context).hazards();
}

}  // namespace segue::sqlite
