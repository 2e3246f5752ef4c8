#include "plan/rebase.h"

#include <type_traits>
#include <utility>
#include <variant>

namespace segue::plan {
namespace {

// Replaces the schema in values, one kind of value after the other.
class Mover {
 public:
  explicit Mover(const Rebase& rebase) : rebase_(rebase) {}

  void Move(schema::TableName& name) const {
    if (name.schema == rebase_.from) name.schema = rebase_.to;
  }

  void Move(schema::Index& index) const { index.definition.clear(); }

  void Move(std::optional<schema::Index>& index) const {
    if (index) Move(*index);
  }

  void Move(schema::Table& table) const {
    Move(table.name);
    for (schema::TableName& partition : table.partitions) Move(partition);
    for (schema::Index& index : table.indexes) Move(index);
  }

  void Move(VersionView& view) const {
    if (auto* one = std::get_if<Projection>(&view.source)) Move(one->base);
    if (auto* part = std::get_if<Part>(&view.source)) Move(part->base);
    if (auto* join = std::get_if<Join>(&view.source)) {
      Move(join->left);
      Move(join->right);
    }
    if (auto* all = std::get_if<Union>(&view.source)) {
      for (schema::TableName& part : all->parts) Move(part);
    }
  }

  void Move(PublishVersion& action) const {
    action.version_schema = rebase_.to + "_version";
    for (VersionView& view : action.views) Move(view);
  }

  // Most actions name their table, their index or their view in a member of
  // the same name.
  template <typename T>
  void MoveMembers(T& action) const {
    if constexpr (requires { action.table; }) Move(action.table);
    if constexpr (std::is_same_v<T, RenameTable>) Move(action.from);
    if constexpr (requires { action.index; }) Move(action.index);
    if constexpr (requires { action.view; }) Move(action.view);
    if constexpr (std::is_same_v<T, LockTables>) {
      for (schema::TableName& table : action.tables) Move(table);
    }
    if constexpr (std::is_same_v<T, PublishVersion>) Move(action);
    if constexpr (std::is_same_v<T, RepointViews>) {
      action.version_schema = rebase_.to + "_version";
      for (RepointViews::View& view : action.views) {
        Move(view.before);
        Move(view.after);
      }
    }
    if constexpr (std::is_same_v<T, GiveRights>) {
      Move(action.like);
    }
    if constexpr (std::is_same_v<T, AttachTables>) MoveParts(action);
    if constexpr (requires { action.merged; }) {
      Move(action.merged.table);
      MoveParts(action.merged);
    }
  }

  void MoveParts(AttachTables& action) const {
    for (AttachTables::Part& part : action.parts) Move(part.table);
  }

  void Move(Motion& motion) const {
    if (auto* columns = std::get_if<ColumnMotion>(&motion)) {
      Move(columns->table);
      if (columns->lookup) Move(columns->lookup->table);
      return;
    }
    auto& copy = std::get<TableMotion>(motion);
    Move(copy.source);
    Move(copy.target);
  }

 private:
  const Rebase& rebase_;
};

void Add(const VersionView& view, std::vector<std::string>& names) {
  for (const schema::TableName& table : view.Tables()) {
    names.push_back(table.name);
  }
}

void Add(const Motion& motion, std::vector<std::string>& names) {
  names.push_back(TableOf(motion).name);
  if (const auto* copy = std::get_if<TableMotion>(&motion)) {
    names.push_back(copy->target.name);
  } else if (std::get<ColumnMotion>(motion).lookup) {
    names.push_back(std::get<ColumnMotion>(motion).lookup->table.name);
  }
}

void Add(const schema::Constraint& constraint,
         std::vector<std::string>& names) {
  if (!constraint.reference.table.empty()) {
    names.push_back(constraint.reference.table);
  }
}

}  // namespace

schema::Schema Rebase::Of(schema::Schema schema) const {
  schema.name = to;
  for (schema::Table& table : schema.tables) Mover(*this).Move(table);
  return schema;
}

Action Rebase::Of(Action action) const {
  std::visit([&](auto& one) { Mover(*this).MoveMembers(one); }, action);
  return action;
}

Motions Rebase::Of(const Motions& motions) const {
  Motions moved;
  for (Motion motion : motions.all()) {
    Mover(*this).Move(motion);
    moved.Add(std::move(motion));
  }
  return moved;
}

std::vector<std::string> TablesNamedBy(const Action& action,
                                       const Motions& motions) {
  std::vector<std::string> names;
  std::visit(
      [&](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (requires { one.table.name.name; }) {
          names.push_back(one.table.name.name);
          for (const auto& constraint : one.table.constraints) {
            Add(constraint, names);
          }
        } else if constexpr (requires { one.table; }) {
          names.push_back(one.table.name);
        }
        if constexpr (requires { one.constraint; }) Add(one.constraint, names);
        if constexpr (std::is_same_v<T, RenameTable>) {
          names.push_back(one.from.name);
        }
        if constexpr (requires { one.view; }) Add(one.view, names);
        if constexpr (std::is_same_v<T, RepointViews>) {
          for (const RepointViews::View& view : one.views) {
            Add(view.before, names);
            Add(view.after, names);
          }
        }
        if constexpr (std::is_same_v<T, AttachTables>) {
          for (const AttachTables::Part& part : one.parts) {
            names.push_back(part.table.name.name);
          }
        }
        if constexpr (std::is_same_v<T, DivideTable>) {
          for (const DivideTable::Piece& piece : one.pieces) {
            names.push_back(piece.name);
          }
        }
        if constexpr (std::is_same_v<T, GiveRights>) {
          names.push_back(one.like.name);
        }
        if constexpr (requires { one.motion; }) {
          Add(motions.At(one.motion), names);
        }
        if constexpr (requires { one.motions; }) {
          for (const MotionId& id : one.motions) Add(motions.At(id), names);
        }
      },
      action);
  return names;
}

}  // namespace segue::plan
