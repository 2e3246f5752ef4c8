#include "ops/split_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/append.h"
#include "base/text.h"
#include "ops/reader.h"
#include "ops/split_rows.h"
#include "ops/with_spec.h"
#include "plan/names.h"
#include "planning/expression.h"
#include "planning/moved_columns.h"
#include "planning/new_tables.h"
#include "planning/version_views.h"

namespace segue::ops {
namespace {

// The tables of one split: the table, which has every column until the
// contract; and the hidden copy of some of them, which gets its name then.
struct Split {
  MovedColumns moved;
  schema::Table target;  // as it is in the end
  schema::TableName hidden;
  schema::Constraint parent;          // the foreign key of the target
  std::vector<schema::Index> copies;  // of moved.indexes
};

class SplitTable : public WithSpec<SplitTableSpec> {
 public:
  explicit SplitTable(SplitTableSpec spec)
      : WithSpec(std::move(spec)),
        names_{"split_table",
               fmt::format("'{}' to '{}'", spec_.table, spec_.to)} {}

  std::string name() const override { return "split_table"; }
  void Plan(PlanContext& context) const override;
  void Finish(PlanContext& context) const override;

 private:
  Error Refused(const std::string& reason) const;
  void RefuseContext(const TableWork& work) const;
  Split SplitOf(TableWork& work) const;
  plan::MotionId AddMotion(TableWork& work, const Split& split) const;
  void Expand(TableWork& work, const Split& split,
              const plan::MotionId& id) const;
  void Migrate(TableWork& work, const Split& split,
               const plan::MotionId& id) const;
  void Contract(TableWork& work, const Split& split,
                const plan::MotionId& id) const;
  void NameTarget(TableWork& work, const Split& split) const;
  void NoteViews(TableWork& work, const Split& split) const;

  std::string ExpandText() const {
    return fmt::format("Create hidden table '{}' and keep it in step with '{}'",
                       spec_.to, spec_.table);
  }
  std::string MigrateText() const {
    return fmt::format("Backfill '{}' from '{}'", spec_.to, spec_.table);
  }
  std::string ContractText() const {
    return fmt::format("Move {} of '{}' to '{}'", Columns(), spec_.table,
                       spec_.to);
  }
  std::string Columns() const {
    return "'" + base::Join(spec_.columns, "', '") + "'";
  }

  NewTables names_;
};

Error SplitTable::Refused(const std::string& reason) const {
  return names_.Refused(reason);
}

// A database where tables have owners and privileges.
bool HasRights(const schema::Table& table) { return !table.owner.empty(); }

// --- what cannot be planned ---

// The role of a writer who may add or remove rows of the table has to change
// them when it does so through the view.
std::vector<std::string> WithoutUpdate(const schema::Table& table) {
  const auto to = [](const std::string& grant) {
    const std::size_t at = grant.find(" TO ");
    std::string role = at == std::string::npos ? "" : grant.substr(at + 4);
    return role.substr(0, role.find(" WITH GRANT OPTION"));
  };
  const auto has = [&](const std::string& privilege, const std::string& role) {
    return std::any_of(table.grants.begin(), table.grants.end(),
                       [&](const std::string& grant) {
                         return grant.starts_with(privilege + " TO ") &&
                                (to(grant) == role || to(grant) == "PUBLIC");
                       });
  };
  std::vector<std::string> roles;
  for (const std::string& grant : table.grants) {
    const bool writes =
        grant.starts_with("INSERT TO ") || grant.starts_with("DELETE TO ");
    const std::string role = to(grant);
    if (!writes || (has("UPDATE", role) && has("SELECT", role))) continue;
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) {
      roles.push_back(role);
    }
  }
  return roles;
}

void SplitTable::RefuseContext(const TableWork& work) const {
  if (work.live().kind == "partitioned table") {
    throw Refused(
        "it is a partitioned table: it loses and gets rows without a trigger "
        "being fired, so that no other table can be kept in step with it");
  }
  const PlanContext& context = work.context();
  const std::string& table = work.live().name.name;
  if (context.undoable) {
    throw Refused(
        "undo_window: it is not supported yet for this operation, whose "
        "old columns are not kept in step after the contract")
        .WithHint("use undo_window: 0, with which complete is final");
  }
  if (context.claims.Workers(table).size() > 1) {
    throw Refused("an earlier operation of this migration works on the table")
        .WithHint("split it into two migrations");
  }
  if (!context.followed.empty()) {
    throw Refused(
        fmt::format(
            "version '{}' is published, whose views would lose the columns "
            "in place",
            context.followed.back().version_schema))
        .WithHint("use 'access: versioned', or retire the version first");
  }
  const std::vector<std::string> roles = WithoutUpdate(work.live());
  if (!work.versioned() || roles.empty()) return;
  throw Refused(
      fmt::format(
          "{} may add or remove rows of '{}' but not read and change them, "
          "which a write of '{}' does until the contract",
          base::Join(roles, ", "), table, spec_.to))
      .WithHint("grant SELECT and UPDATE until the contract");
}

// SQLite's column texts have clauses that no schema::Column tells.
std::string UnknownClause(const schema::Table& table) {
  const std::string text = base::ToLower(table.definition);
  if (text.find("on conflict") != std::string::npos) return "ON CONFLICT";
  return table.IsStrict() ? "STRICT" : "";
}

// --- what is made ---

// A row goes with that of the table, as it has done as a part of it.
schema::Constraint ParentOf(const schema::TableName& target,
                            const schema::TableName& table,
                            const std::vector<std::string>& columns,
                            std::size_t limit) {
  schema::Constraint parent;
  parent.name = base::ShortName(
      target.name + "_" + base::Join(columns, "_") + "_fkey", limit);
  parent.kind = schema::ConstraintKind::kForeignKey;
  parent.columns = columns;
  parent.reference.table = table.name;
  parent.reference.columns = columns;
  parent.reference.on_delete = "CASCADE";
  parent.reference.on_update = "CASCADE";
  return parent;
}

schema::Index CopyOf(schema::Index index, std::size_t limit) {
  index.name = plan::IndexCopy(index.name, limit);
  index.definition.clear();
  return index;
}

Split SplitTable::SplitOf(TableWork& work) const {
  const schema::TableName& table = work.live().name;
  const std::size_t limit = work.capabilities().max_identifier;
  Split split;
  split.moved = TakeMovedColumns(work, spec_.columns, spec_.key);
  split.target.name = {table.schema, spec_.to};
  split.hidden = {table.schema, plan::HiddenColumn(spec_.to, limit)};
  split.target.columns = split.moved.key;
  base::Append(split.moved.columns, split.target.columns);
  const std::vector<std::string> key = schema::NamesOf(split.moved.key);
  split.target.constraints = split.moved.checks;
  split.target.constraints.push_back(
      PrimaryKeyOf(split.target.name, key, limit));
  split.parent = ParentOf(split.target.name, table, key, limit);
  for (const schema::Index& index : split.moved.indexes) {
    split.copies.push_back(CopyOf(index, limit));
  }
  return split;
}

// --- the plan ---

void SplitTable::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table);
  RefuseContext(work);
  RefuseUncarried(work);
  const std::string clause = UnknownClause(work.live());
  if (!clause.empty()) {
    throw Refused(
        fmt::format("table '{}' has the clause {}, which is not "
                    "moved yet",
                    spec_.table, clause));
  }
  const Split split = SplitOf(work);
  names_.RequireFree(context, split.target.name);
  names_.RequireFree(context, split.hidden);
  // A key has an index, whose name is that of a relation.
  if (HasRights(work.live())) {
    names_.RequireFree(context, {split.target.name.schema,
                                 split.target.constraints.back().name});
  }
  const plan::MotionId id = AddMotion(work, split);
  Expand(work, split, id);
  Migrate(work, split, id);
  Contract(work, split, id);
  std::erase_if(work.shape().columns, [&](const schema::Column& column) {
    return schema::FindColumn(split.moved.columns, column.name) != nullptr;
  });
  work.Finish();
  context.claims.DecideFate(split.target.name, TableFate::kCreated);
  schema::Table shown = split.target;
  shown.constraints.push_back(split.parent);
  shown.owner = work.live().owner;
  shown.grants = work.live().grants;
  shown.part_of = work.live().name;
  context.schema.tables.push_back(std::move(shown));
}

plan::MotionId SplitTable::AddMotion(TableWork& work,
                                     const Split& split) const {
  PlanContext& context = work.context();
  plan::TableMotion motion;
  motion.name = context.NextMotionId();
  motion.source = work.live();
  motion.target = split.hidden;
  motion.key = split.moved.key;
  for (const schema::Column& column : split.target.columns) {
    motion.columns.push_back(
        {column, ColumnExpression(context.language, column)});
  }
  plan::MotionId id = motion.name;
  context.motions.Add(std::move(motion));
  return id;
}

// Where a foreign key can be added later it is: it would keep the old version
// from TRUNCATE and from changes of the key.
void SplitTable::Expand(TableWork& work, const Split& split,
                        const plan::MotionId& id) const {
  schema::Table hidden = split.target;
  hidden.name = split.hidden;
  if (!work.capabilities().not_valid_constraints) {
    hidden.constraints.push_back(split.parent);
  }
  work.Describe(Phase::kExpanding, ExpandText());
  work.Add(Phase::kExpanding, plan::CreateTable{std::move(hidden)});
  if (HasRights(work.live())) {
    work.Add(Phase::kExpanding,
             plan::GiveRights{split.hidden, work.live().name, true});
  }
  work.Add(Phase::kExpanding, plan::CreateSync{id});
}

void SplitTable::Migrate(TableWork& work, const Split& split,
                         const plan::MotionId& id) const {
  work.Describe(Phase::kMigrating, MigrateText());
  work.Add(Phase::kMigrating, plan::Backfill{{id}});
  work.Add(Phase::kMigrating, plan::MarkCopied{split.hidden});
  for (const schema::Index& copy : split.copies) {
    work.Add(Phase::kMigrating, plan::CreateIndex{split.hidden, copy});
  }
  work.Add(Phase::kMigrating, plan::Verify{id});
  if (work.versioned()) NoteViews(work, split);
}

void SplitTable::NoteViews(TableWork& work, const Split& split) const {
  work.Note(Phase::kMigrating,
            fmt::format("until the contract '{}' of version '{}' is a view: "
                        "each row of '{}' is a row of it; an INSERT gives its "
                        "values to that row, an UPDATE of its key is refused, "
                        "and it takes no upsert",
                        spec_.to, work.context().version_schema, spec_.table));
  const auto fixed = std::find_if(
      split.moved.columns.begin(), split.moved.columns.end(),
      [](const schema::Column& column) { return !column.nullable; });
  work.Note(Phase::kMigrating,
            fixed == split.moved.columns.end()
                ? fmt::format("a DELETE from '{}' sets the columns to NULL "
                              "until the contract, and the row stays",
                              spec_.to)
                : fmt::format("a DELETE from '{}' is refused until the "
                              "contract, because column '{}' takes no NULL",
                              spec_.to, fixed->name));
  for (const std::string& note : work.capabilities().view_notes) {
    work.Note(Phase::kMigrating, note);
  }
}

// A view holds on to the columns that it shows, and clients lock it before its
// table. Therefore it comes first.
void SplitTable::Contract(TableWork& work, const Split& split,
                          const plan::MotionId& id) const {
  const schema::TableName& table = work.live().name;
  work.Describe(kDrop, ContractText());
  for (const schema::Column& column : split.moved.columns) {
    work.step(kDrop).removes.push_back({spec_.table, column.name});
  }
  work.Note(kDrop,
            fmt::format("from then on '{}' has a row for a new row of '{}' "
                        "only if the application adds it",
                        spec_.to, spec_.table));
  const db::Answer& answer = work.context().Ask(db::MentionQuestion{table});
  if (!answer.names.empty()) {
    work.Note(kDrop, fmt::format("these mention '{}' in their text, which "
                                 "stays as it is: {}",
                                 spec_.table, base::Join(answer.names, ", ")));
  }
  {
    const TableWork::Together together(work, kDrop);
    if (work.versioned()) {
      schema::Table part = split.target;
      part.constraints.push_back(split.parent);
      part.part_of = table;
      schema::Table whole = part;
      whole.part_of = {};
      whole.name = split.hidden;
      whole.shown_as = spec_.to;
      work.Add(kDrop,
               plan::RepointViews{work.context().version_schema,
                                  {{ViewOfNew(part), ViewOfNew(whole)}}});
    }
    work.Add(kDrop, plan::DropSync{id});
    work.Add(kDrop, plan::MarkCopied{split.hidden, true});
    for (const schema::Index& index : split.moved.indexes) {
      work.Add(kDrop, plan::DropIndex{table, index});
    }
    for (const schema::Column& column : split.moved.columns) {
      work.Add(kDrop, plan::DropColumn{table, column});
    }
    NameTarget(work, split);
  }
  if (!work.capabilities().not_valid_constraints) return;
  work.Add(kDrop,
           plan::ValidateConstraint{split.target.name, split.parent.name});
}

void SplitTable::NameTarget(TableWork& work, const Split& split) const {
  work.Add(kDrop, plan::RenameTable{split.hidden, spec_.to});
  for (std::size_t i = 0; i < split.copies.size(); ++i) {
    work.Add(kDrop, plan::RenameIndex{split.target.name, split.copies[i],
                                      split.moved.indexes[i].name});
  }
  if (work.capabilities().not_valid_constraints) {
    plan::AddConstraint add{split.target.name, split.parent};
    add.constraint.validated = false;
    work.Add(kDrop, std::move(add));
  }
  if (!HasRights(work.live())) return;
  work.Add(kDrop, plan::GiveRights{split.target.name, work.live().name});
}

// The other operations know neither that the table of the new name comes with
// the contract, nor that the columns go then.
void SplitTable::Finish(PlanContext& context) const {
  const schema::Table& table = schema::RequireTable(context.schema, spec_.to);
  names_.RefuseOthers(context, {table.part_of.name, table.name.name},
                      {ExpandText(), MigrateText(), ContractText()});
}

}  // namespace

NewOperation MakeSplitTable(SplitTableSpec spec) {
  return std::make_shared<SplitTable>(std::move(spec));
}

NewOperation ParseSplitTable(const base::Node& body) {
  const base::Node* by_rows = body.Find("to");
  if (by_rows != nullptr && by_rows->is_list()) return ParseSplitRows(body);
  const Reader reader(body, {"table", "to"});
  SplitTableSpec spec;
  spec.table = reader.RequiredString("table");
  const Reader to(reader.RequiredMap("to"), {"table", "columns", "key"});
  spec.to = to.RequiredString("table");
  spec.columns = ColumnNames(&to.RequiredList("columns"));
  spec.key = ColumnNames(to.OptionalList("key"));
  return MakeSplitTable(std::move(spec));
}

}  // namespace segue::ops
