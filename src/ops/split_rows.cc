#include "ops/split_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "plan/names.h"
#include "planning/expression.h"
#include "planning/new_tables.h"
#include "planning/row_pieces.h"
#include "planning/table_copy.h"
#include "planning/version_views.h"

namespace segue::ops {
namespace {

using schema::ConstraintKind;

std::string NamesOf(const SplitRowsSpec& spec) {
  std::vector<std::string> names;
  for (const SplitRowsSpec::Piece& piece : spec.to) {
    names.push_back("'" + piece.table + "'");
  }
  return base::Join(names, ", ");
}

class SplitRows : public WithSpec<SplitRowsSpec> {
 public:
  explicit SplitRows(SplitRowsSpec spec)
      : WithSpec(std::move(spec)),
        names_{"split_table",
               fmt::format("'{}' to {}", spec_.table, NamesOf(spec_))} {}

  std::string name() const override { return "split_table"; }
  void Plan(PlanContext& context) const override;
  void Finish(PlanContext& context) const override;

 private:
  void RefuseContext(const TableWork& work) const;
  void RefuseUndivided(const TableWork& work) const;
  plan::Expression WhereOf(const TableWork& work, std::size_t at) const;
  RowDivision DivisionOf(TableWork& work) const;
  void AddMotions(TableWork& work, RowDivision& division) const;
  void Expand(TableWork& work, const RowDivision& division) const;
  void Migrate(TableWork& work, const RowDivision& division) const;
  void Contract(TableWork& work, const RowDivision& division) const;
  void NoteViews(TableWork& work, const RowDivision& division) const;
  void NoteKeys(TableWork& work) const;

  std::string ExpandText() const {
    return fmt::format("Create hidden tables and keep them in step with '{}'",
                       spec_.table);
  }
  std::string MigrateText() const {
    return fmt::format("Backfill {} from '{}'", NamesOf(spec_), spec_.table);
  }
  std::string ContractText() const {
    return fmt::format("Divide '{}' into {}", spec_.table, NamesOf(spec_));
  }

  NewTables names_;
};

// --- what cannot be planned ---

void SplitRows::RefuseContext(const TableWork& work) const {
  const PlanContext& context = work.context();
  if (!work.versioned()) {
    throw names_
        .Refused(
            "in place nobody sees the new tables before the contract, with "
            "which the table is gone")
        .WithHint("use 'access: versioned'");
  }
  if (context.undoable) {
    throw names_
        .Refused(
            "undo_window: a key could be in two of the tables by then, and "
            "the table that an undo brings back has it once")
        .WithHint("use undo_window: 0, with which complete is final");
  }
}

// What the table has once, or for all of its rows.
void SplitRows::RefuseUndivided(const TableWork& work) const {
  const schema::Table& live = work.live();
  std::vector<std::string> reasons =
      work.context().Ask(db::CopyQuestion{live.name, false, true}).names;
  for (const schema::Trigger& trigger : live.triggers) {
    reasons.push_back("trigger " + trigger.ToString());
  }
  for (const schema::Constraint& constraint : live.constraints) {
    if (constraint.reference.table != live.name.name) continue;
    reasons.push_back(fmt::format("foreign key '{}' refers to the table itself",
                                  constraint.name));
  }
  for (const schema::Dependent& dependent : live.dependents) {
    const bool own = dependent.schema == live.name.schema &&
                     dependent.table == live.name.name;
    // A trigger is a reason already.
    if (own || dependent.kind.starts_with("trigger")) continue;
    reasons.push_back(fmt::format("{} '{}' depends on it", dependent.kind,
                                  dependent.ToString()));
  }
  for (const schema::Index& index : live.indexes) {
    if (!index.valid) {
      reasons.push_back(fmt::format("index '{}' is not valid", index.name));
    }
  }
  if (reasons.empty()) return;
  throw names_
      .Refused("the new tables would not have what it has: " +
               base::Join(reasons, "; "))
      .WithHint("drop or change that first, and make it again afterwards");
}

// --- what is made ---

std::string InParentheses(const std::string& sql) {
  // The line break ends a comment.
  return "(" + sql + (sql.find("--") == std::string::npos ? ")" : "\n)");
}

// Returns the condition of the rows of a piece, which no earlier one takes;
// `at` behind the last one: of the rows that none takes.
plan::Expression SplitRows::WhereOf(const TableWork& work,
                                    std::size_t at) const {
  std::vector<std::string> terms;
  if (at < spec_.to.size() && !spec_.to[at].where.empty()) {
    terms.push_back(InParentheses(spec_.to[at].where));
  }
  for (std::size_t i = 0; i < at; ++i) {
    terms.push_back(InParentheses(spec_.to[i].where) + " IS NOT TRUE");
  }
  plan::Expression where;
  where.sql = base::Join(terms, " AND ");
  where.bindings = Bind(where.sql, work.live().columns);
  return where;
}

RowDivision SplitRows::DivisionOf(TableWork& work) const {
  RowDivision division;
  for (std::size_t i = 0; i < spec_.to.size(); ++i) {
    division.pieces.push_back(
        PieceOf(work, spec_.to[i].table, WhereOf(work, i)));
    const RowPiece& piece = division.pieces.back();
    names_.RequireFree(work.context(), piece.target.name);
    names_.RequireFree(work.context(), piece.hidden);
    for (const plan::IndexPair& pair : piece.first) {
      names_.RequireFree(work.context(), {work.live().name.schema, pair.copy});
    }
    for (const schema::Index& index : piece.later) {
      names_.RequireFree(work.context(), {work.live().name.schema, index.name});
    }
  }
  if (spec_.to.back().where.empty()) return division;
  division.rest = RestOf(work);
  names_.RequireFree(work.context(), division.rest.name);
  return division;
}

// A row stays where it is until it is written.
void RequireSteady(const TableWork& work, const NewTables& names,
                   const SplitRowsSpec::Piece& piece) {
  if (piece.where.empty()) return;
  const std::vector<plan::Binding> bindings =
      Bind(piece.where, work.live().columns);
  const auto refuse = [&](const std::string& reason) {
    throw names.Refused(fmt::format("'where' of '{}' {}", piece.table, reason))
        .WithSql(piece.where);
  };
  const PlanContext& context = work.context();
  const schema::TableName& table = work.live().name;
  const db::Answer& check =
      context.Ask(db::CheckQuestion{table, piece.where, bindings});
  if (!check.error.empty()) refuse("is not accepted: " + check.error);
  const db::Answer& answer = context.Ask(
      db::ExpressionQuestion{table, piece.where, bindings, "boolean"});
  if (!answer.error.empty()) refuse("is not accepted: " + answer.error);
  if (!answer.known || answer.is_immutable) return;
  refuse(
      "may give another value while the row stays as it is, so that nobody "
      "could tell to which table the row belongs");
}

// --- the plan ---

void SplitRows::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table);
  RefuseContext(work);
  RefuseUncopyable(work);
  RefuseUndivided(work);
  for (const SplitRowsSpec::Piece& piece : spec_.to) {
    RequireSteady(work, names_, piece);
  }
  RowDivision division = DivisionOf(work);
  for (const std::string& column : work.live().ColumnNames()) {
    work.Take(column, Use::kChanges);
  }
  AddMotions(work, division);
  Expand(work, division);
  Migrate(work, division);
  Contract(work, division);
  const std::string shown = work.shape().shown();
  context.claims.DecideFate(work.live().name, TableFate::kDropped);
  work.Finish();
  std::erase_if(context.schema.tables,
                [&](const schema::Table& one) { return one.shown() == shown; });
  for (const RowPiece& piece : division.pieces) {
    context.claims.DecideFate(piece.target.name, TableFate::kCreated);
    context.schema.tables.push_back(piece.target);
  }
}

void SplitRows::AddMotions(TableWork& work, RowDivision& division) const {
  PlanContext& context = work.context();
  const auto add = [&](const schema::TableName& target,
                       const std::vector<schema::Column>& columns,
                       const plan::Expression& where, bool must_be_empty) {
    plan::TableMotion motion;
    motion.name = context.NextMotionId();
    motion.source = work.live();
    motion.target = target;
    motion.key = work.live().WalkKeyColumns();
    motion.where = where;
    motion.must_be_empty = must_be_empty;
    for (const schema::Column& column : columns) {
      motion.columns.push_back(
          {column, ColumnExpression(context.language, column)});
    }
    plan::MotionId id = motion.name;
    context.motions.Add(std::move(motion));
    return id;
  };
  for (RowPiece& piece : division.pieces) {
    piece.motion = add(piece.hidden, work.live().columns, piece.where, false);
  }
  if (division.rest.name.name.empty()) return;
  division.rest_motion = add(division.rest.name, division.rest.columns,
                             WhereOf(work, spec_.to.size()), true);
}

// A foreign key would keep the old version from what it may do until the
// contract. Where it can be added later it is.
void SplitRows::Expand(TableWork& work, const RowDivision& division) const {
  const schema::Table& live = work.live();
  work.Describe(Phase::kExpanding, ExpandText());
  for (const RowPiece& piece : division.pieces) {
    work.Add(Phase::kExpanding,
             plan::CopyTable{
                 live, piece.hidden.name, live.ColumnNames(), {}, piece.first});
    if (!work.capabilities().adopts_index) continue;
    for (const schema::Constraint& constraint : piece.target.constraints) {
      if (constraint.kind != ConstraintKind::kPrimaryKey &&
          constraint.kind != ConstraintKind::kUnique) {
        continue;
      }
      plan::AddConstraint add{piece.hidden, constraint};
      add.constraint.using_index = constraint.name;
      work.Add(Phase::kExpanding, std::move(add));
    }
  }
  if (!division.rest.name.name.empty()) {
    work.Add(Phase::kExpanding, plan::CreateTable{division.rest});
    if (!live.owner.empty()) {
      work.Add(Phase::kExpanding,
               plan::GiveRights{division.rest.name, live.name, true});
    }
    work.Add(Phase::kExpanding, plan::CreateSync{division.rest_motion});
  }
  for (const RowPiece& piece : division.pieces) {
    work.Add(Phase::kExpanding, plan::CreateSync{piece.motion});
  }
}

void SplitRows::Migrate(TableWork& work, const RowDivision& division) const {
  work.Describe(Phase::kMigrating, MigrateText());
  if (!division.rest_motion.empty()) {
    work.Add(Phase::kMigrating, plan::Backfill{{division.rest_motion}});
    work.Add(Phase::kMigrating, plan::Verify{division.rest_motion});
    work.Add(Phase::kMigrating, plan::Verify{division.rest_motion, true});
    work.context().closing.emplace_back(
        plan::Verify{division.rest_motion, true});
  }
  for (const RowPiece& piece : division.pieces) {
    work.Add(Phase::kMigrating, plan::Backfill{{piece.motion}});
    work.Add(Phase::kMigrating, plan::MarkCopied{piece.hidden});
    for (const schema::Index& index : piece.later) {
      work.Add(Phase::kMigrating, plan::CreateIndex{piece.hidden, index, {}});
    }
    work.Add(Phase::kMigrating, plan::Verify{piece.motion});
  }
  NoteViews(work, division);
  NoteKeys(work);
}

// Casts and divisions are what raises errors.
bool MayRaise(const std::string& sql) {
  const std::string text = base::ToLower(sql);
  return text.find("::") != std::string::npos ||
         text.find("cast") != std::string::npos ||
         text.find('/') != std::string::npos;
}

void SplitRows::NoteViews(TableWork& work, const RowDivision& division) const {
  for (const RowPiece& piece : division.pieces) {
    work.Note(Phase::kMigrating,
              fmt::format("until the contract '{}' of version '{}' is a view "
                          "of the rows of '{}' where {}",
                          piece.target.name.name, work.context().version_schema,
                          spec_.table, piece.where.sql));
  }
  work.Note(Phase::kMigrating,
            "an INSERT or UPDATE through such a view is refused if its row is "
            "none of the view; an UPDATE through the table lets a row go over");
  for (const std::string& note : work.capabilities().view_notes) {
    work.Note(Phase::kMigrating, note);
  }
  for (const SplitRowsSpec::Piece& piece : spec_.to) {
    if (!MayRaise(piece.where)) continue;
    work.Note(Phase::kExpanding,
              fmt::format("a row for which \"{}\" raises an error can not be "
                          "written from then on, by the old version either",
                          piece.where));
  }
  if (division.rest_motion.empty()) return;
  work.Note(Phase::kMigrating,
            "a row that none of the conditions takes is seen by the old "
            "version alone, and the contract waits until there is none");
}

void SplitRows::NoteKeys(TableWork& work) const {
  std::vector<std::string> unique;
  for (const schema::Index& index : work.live().indexes) {
    if (index.unique) unique.push_back("'" + index.name + "'");
  }
  if (unique.empty()) unique.emplace_back("the key");
  work.Note(kDrop, fmt::format("from then on {} of '{}' hold within each of "
                               "the tables, and no more for all of them",
                               base::Join(unique, ", "), spec_.table));
  for (const schema::Column& column : work.live().columns) {
    if (column.identity == schema::Identity::kNone) continue;
    work.Note(kDrop,
              fmt::format("each of the tables numbers '{}' for itself, from "
                          "where '{}' has come to",
                          column.name, spec_.table));
  }
}

// A view holds on to the columns that it shows, and clients lock it before its
// table. Therefore it comes first.
void SplitRows::Contract(TableWork& work, const RowDivision& division) const {
  const schema::Table& live = work.live();
  work.Describe(kDrop, ContractText());
  const db::Answer& answer = work.context().Ask(db::MentionQuestion{live.name});
  if (!answer.names.empty()) {
    work.Note(kDrop, fmt::format("these mention '{}' in their text, which "
                                 "stays as it is: {}",
                                 spec_.table, base::Join(answer.names, ", ")));
  }
  plan::RepointViews repoint{work.context().version_schema, {}};
  plan::DivideTable divide{live, {}, division.rest_motion};
  for (const RowPiece& piece : division.pieces) {
    schema::Table whole = piece.target;
    whole.part_of = {};
    whole.part_where.clear();
    whole.name = piece.hidden;
    whole.shown_as = piece.target.name.name;
    repoint.views.push_back({ViewOfNew(piece.target), ViewOfNew(whole)});
    divide.pieces.push_back({piece.motion, piece.target.name.name});
  }
  std::vector<plan::ValidateConstraint> proofs;
  {
    const TableWork::Together together(work, kDrop);
    work.Add(kDrop, std::move(repoint));
    work.Add(kDrop, std::move(divide));
    for (const RowPiece& piece : division.pieces) {
      if (!live.owner.empty()) {
        work.Add(kDrop, plan::GiveRights{piece.target.name, live.name});
      }
      if (!work.capabilities().not_valid_constraints) continue;
      for (const schema::Constraint& constraint : live.constraints) {
        if (constraint.kind != ConstraintKind::kForeignKey) continue;
        plan::AddConstraint add{piece.target.name, constraint};
        add.constraint.validated = false;
        work.Add(kDrop, std::move(add));
        proofs.push_back({piece.target.name, constraint.name});
      }
    }
    work.Add(kDrop, plan::DropTable{live});
  }
  for (plan::ValidateConstraint& proof : proofs) {
    work.Add(kDrop, std::move(proof));
  }
}

// The other operations know neither that the tables of the new names come with
// the contract, nor that the table goes then.
void SplitRows::Finish(PlanContext& context) const {
  std::vector<std::string> tables = {spec_.table};
  for (const SplitRowsSpec::Piece& piece : spec_.to) {
    tables.push_back(piece.table);
  }
  names_.RefuseOthers(context, tables,
                      {ExpandText(), MigrateText(), ContractText()});
}

// --- the file ---

void RefusePieces(const base::Node& list, const SplitRowsSpec& spec) {
  if (spec.to.size() < 2) {
    throw UsageError(list, "the rows are divided among two tables or more");
  }
  for (std::size_t i = 0; i < spec.to.size(); ++i) {
    if (spec.to[i].where.empty() && i + 1 < spec.to.size()) {
      throw UsageError(list, fmt::format("'{}' has no 'where': only the last "
                                         "table may take all other rows",
                                         spec.to[i].table));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (spec.to[i].table != spec.to[j].table) continue;
      throw UsageError(list,
                       fmt::format("'{}' is named twice", spec.to[i].table));
    }
  }
}

}  // namespace

NewOperation MakeSplitRows(SplitRowsSpec spec) {
  return std::make_shared<SplitRows>(std::move(spec));
}

NewOperation ParseSplitRows(const base::Node& body) {
  const Reader reader(body, {"table", "to"});
  SplitRowsSpec spec;
  spec.table = reader.RequiredString("table");
  const base::Node& list = reader.RequiredList("to");
  for (const base::Node& item : list.items) {
    const Reader piece(item, {"table", "where"});
    spec.to.push_back({piece.RequiredString("table"),
                       piece.OptionalSql("where").value_or("")});
  }
  RefusePieces(list, spec);
  return MakeSplitRows(std::move(spec));
}

}  // namespace segue::ops
