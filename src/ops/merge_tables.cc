#include "ops/merge_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <utility>

#include "base/text.h"
#include "ops/part_reasons.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/expression.h"
#include "planning/key_change.h"
#include "planning/new_tables.h"

namespace segue::ops {
namespace {

std::string NamesOf(const MergeTablesSpec& spec) {
  std::vector<std::string> names;
  for (const MergeTablesSpec::Part& part : spec.from) {
    names.push_back("'" + part.table + "'");
  }
  return base::Join(names, ", ");
}

class MergeTables : public WithSpec<MergeTablesSpec> {
 public:
  explicit MergeTables(MergeTablesSpec spec)
      : WithSpec(std::move(spec)),
        names_{"merge_tables",
               fmt::format("{} to '{}'", NamesOf(spec_), spec_.to)} {}

  std::string name() const override { return "merge_tables"; }
  void Plan(PlanContext& context) const override;
  void Finish(PlanContext& context) const override;

 private:
  schema::Column Column(const PlanContext& context) const;
  void RefusePart(const TableWork& work) const;
  void RefuseOtherShape(const schema::Table& first,
                        const schema::Table& other) const;
  schema::Table Merged(const std::list<TableWork>& parts,
                       const schema::Column& column) const;
  schema::Index KeyOf(const PlanContext& context, const std::string& table,
                      const schema::Table& live) const;
  void PlanPart(TableWork& work, const schema::Column& column,
                const MergeTablesSpec::Part& part) const;
  void PlanMerge(PlanContext& context, plan::AttachTables attach) const;
  void PlanKey(PlanContext& context, const plan::AttachTables& attach) const;
  std::string PartText(const std::string& table) const {
    return fmt::format("Prepare '{}' as a part of '{}'", table, spec_.to);
  }
  static std::string ProveText(const std::string& table) {
    return fmt::format("Prove that each row of '{}' is one of its part", table);
  }
  static std::string ImpliedText(const std::string& table) {
    return fmt::format("Drop the check of '{}', which the partition implies",
                       table);
  }
  std::string MergeText() const {
    return fmt::format("Make {} parts of '{}'", NamesOf(spec_), spec_.to);
  }
  std::string KeyText() const {
    return fmt::format("Build the key of '{}'", spec_.to);
  }
  std::string NumberText() const {
    return fmt::format("Number the rows of '{}' from one sequence", spec_.to);
  }

  NewTables names_;
};

// A whole number, with a sign or without.
bool IsNumber(const std::string& text) {
  const std::size_t begin = text.starts_with('-') ? 1 : 0;
  return text.size() > begin && text.size() - begin < 19 &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin),
                     text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsText(const std::string& text) {
  return !IsNull(text) && LiteralOf(text) == text;
}

schema::Column MergeTables::Column(const PlanContext& context) const {
  schema::Column column;
  column.name = spec_.column;
  const bool numbers =
      std::all_of(spec_.from.begin(), spec_.from.end(),
                  [](const auto& part) { return IsNumber(part.value); });
  const bool texts =
      std::all_of(spec_.from.begin(), spec_.from.end(),
                  [](const auto& part) { return IsText(part.value); });
  if (!numbers && !texts) {
    throw names_
        .Refused(fmt::format("the values of '{}' are neither all texts in "
                             "quotes nor all whole numbers",
                             spec_.column))
        .WithHint("write constants, such as \"'eu'\" and \"'us'\"");
  }
  column.type = context.language.NativeType(numbers ? "bigint" : "text");
  column.nullable = false;
  return column;
}

// --- what cannot be merged ---

void MergeTables::RefusePart(const TableWork& work) const {
  const schema::Table& live = work.live();
  const auto refuse = [&](const std::string& reason) {
    throw names_.Refused(fmt::format("table '{}' {}", live.name.name, reason));
  };
  if (live.kind != "table") refuse("is a " + live.kind);
  if (work.creates()) refuse("is created by this migration");
  if (live.row_security) {
    refuse("has row security, which whoever reads the merged table would pass");
  }
  if (live.WalkKey().empty()) {
    refuse("has no primary key, and no unique key that is NOT NULL");
  }
  work.RefuseFixedColumns();
  work.RefuseInherited();
  const std::string reason = WhyNoPart(live);
  if (!reason.empty()) refuse(reason);
  const db::Answer& answer =
      work.context().Ask(db::PublishedQuestion{live.name});
  if (!answer.names.empty()) {
    refuse("is published by " + base::Join(answer.names, ", "));
  }
}

std::string DefaultText(const schema::Column& column) {
  return column.default_sql.value_or("none");
}

// A sequence of its own gives other numbers to each.
bool SameDefaults(const schema::Column& a, const schema::Column& b) {
  return (IsNumbered(a) && IsNumbered(b)) ||
         SameDefault(a.default_sql, b.default_sql);
}

void MergeTables::RefuseOtherShape(const schema::Table& first,
                                   const schema::Table& other) const {
  std::vector<std::string> reasons;
  const auto add = [&](const std::string& column, const std::string& what) {
    reasons.push_back(fmt::format("column '{}' {}", column, what));
  };
  for (const schema::Column& column : first.columns) {
    const schema::Column* same = other.FindColumn(column.name);
    if (same == nullptr) {
      add(column.name, fmt::format("is not in '{}'", other.name.name));
    } else if (same->type != column.type ||
               same->collation != column.collation) {
      add(column.name,
          fmt::format("is {} in '{}' and {} in '{}'", column.type,
                      first.name.name, same->type, other.name.name));
    } else if (!SameDefaults(column, *same)) {
      add(column.name, fmt::format("has the default {} in '{}' and {} in '{}'",
                                   DefaultText(column), first.name.name,
                                   DefaultText(*same), other.name.name));
    }
  }
  for (const schema::Column& column : other.columns) {
    if (first.FindColumn(column.name) != nullptr) continue;
    add(column.name, fmt::format("is not in '{}'", first.name.name));
  }
  if (first.WalkKey() != other.WalkKey()) {
    reasons.push_back(
        fmt::format("the key is ({}) in '{}' and ({}) in '{}'",
                    base::Join(first.WalkKey(), ", "), first.name.name,
                    base::Join(other.WalkKey(), ", "), other.name.name));
  }
  if (first.owner != other.owner) {
    reasons.push_back(fmt::format("'{}' and '{}' have other owners",
                                  first.name.name, other.name.name));
  }
  if (reasons.empty()) return;
  throw names_
      .Refused("the tables have not the same shape: " +
               base::Join(reasons, "; "))
      .WithHint("bring them to one shape in a migration before");
}

// --- what is made ---

schema::Index MergeTables::KeyOf(const PlanContext& context,
                                 const std::string& table,
                                 const schema::Table& live) const {
  schema::Index key;
  std::vector<std::string> columns = live.WalkKey();
  columns.insert(columns.begin(), spec_.column);
  key.name = base::ShortName(table + "_" + base::Join(columns, "_") + "_key",
                             context.capabilities().max_identifier);
  for (const std::string& column : columns) {
    schema::IndexColumn part;
    part.name = column;
    key.columns.push_back(std::move(part));
  }
  key.unique = true;
  return key;
}

// A column takes NULL where one of the tables does. Of the defaults it has
// those that are the same in all.
schema::Table MergeTables::Merged(const std::list<TableWork>& parts,
                                  const schema::Column& column) const {
  const schema::Table& first = parts.front().live();
  schema::Table merged;
  merged.name = {first.name.schema, spec_.to};
  merged.kind = "partitioned table";
  merged.partition_key = {spec_.column};
  merged.owner = first.owner;
  for (schema::Column one : first.columns) {
    for (const TableWork& part : parts) {
      const schema::Column& other =
          schema::RequireColumn(part.live(), one.name);
      one.nullable = one.nullable || other.nullable;
      if (!SameDefault(one.default_sql, other.default_sql)) {
        one.default_sql.reset();
      }
    }
    one.has_column_grants = false;
    merged.columns.push_back(std::move(one));
  }
  merged.columns.push_back(column);
  return merged;
}

void MergeTables::PlanPart(TableWork& work, const schema::Column& column,
                           const MergeTablesSpec::Part& part) const {
  const schema::TableName& table = work.live().name;
  work.TakeFreeName(column.name);
  for (const std::string& name : work.live().ColumnNames()) {
    work.Take(name, Use::kReads);
  }
  work.CountAddedColumn();
  schema::Column added = column;
  added.default_sql = part.value;
  schema::Constraint check;
  check.kind = schema::ConstraintKind::kCheck;
  check.name = base::ShortName(table.name + "_" + column.name + "_check",
                               work.capabilities().max_identifier);
  check.check = work.spelling().Name(column.name) + " = " + part.value;
  check.validated = false;
  work.Describe(Phase::kExpanding, PartText(table.name));
  work.Add(Phase::kExpanding, plan::AddColumn{table, added});
  work.Add(Phase::kExpanding, plan::AddConstraint{table, check});
  work.Describe(Phase::kMigrating, ProveText(table.name));
  work.Add(Phase::kMigrating, plan::ValidateConstraint{table, check.name});
  work.Describe(kSeal, ImpliedText(table.name));
  work.Add(kSeal, plan::DropConstraint{table, check});
  work.Finish();
}

void MergeTables::PlanMerge(PlanContext& context,
                            plan::AttachTables attach) const {
  DraftStep step;
  step.place = Phase::kMigrating;
  step.description = MergeText();
  step.notes = {
      fmt::format("from then on {} are partitions of '{}', by their own names "
                  "as well; no row is moved",
                  NamesOf(spec_), spec_.to),
      fmt::format("an INSERT into '{}' has to give '{}'", spec_.to,
                  spec_.column),
      fmt::format("keys hold within each of the parts: that of '{}' has '{}' "
                  "besides",
                  spec_.to, spec_.column),
      fmt::format("roles get the privileges on '{}' that they have on all of "
                  "the tables",
                  spec_.to)};
  PlanKey(context, attach);
  const std::vector<std::string> numbered = attach.numbered;
  const plan::AttachTables copy = attach;
  step.actions.emplace_back(std::move(attach));
  context.steps.push_back(std::move(step));
  if (numbered.empty()) return;
  DraftStep drop;
  drop.place = kDrop;
  drop.description = NumberText();
  drop.notes = {
      fmt::format("'{}' is numbered by the sequence of '{}' from "
                  "then on, behind the highest number of all",
                  base::Join(numbered, "', '"), spec_.from.front().table)};
  for (const std::string& column : numbered) {
    drop.actions.emplace_back(
        plan::UniteNumbers{copy.table.name, copy, column});
  }
  context.steps.push_back(std::move(drop));
}

std::vector<std::string> NamesIn(const schema::Index& key) {
  std::vector<std::string> names;
  for (const schema::IndexColumn& part : key.columns) {
    names.push_back(part.name);
  }
  return names;
}

// An upsert that names another key may break on it where two sessions add the
// same row, so that it comes with the contract.
void MergeTables::PlanKey(PlanContext& context,
                          const plan::AttachTables& attach) const {
  DraftStep step;
  step.place = kSeal;
  step.description = KeyText();
  step.notes = {fmt::format(
      "until then ON CONFLICT ({}) finds no key of '{}'; from then on each "
      "part has two keys, and an upsert that names the one may fail on the "
      "other where two sessions add the same row (23505)",
      base::Join(NamesIn(attach.key), ", "), spec_.to)};
  plan::UniteKeys unite{attach.table.name, attach, {}};
  for (const plan::AttachTables::Part& part : attach.parts) {
    const schema::TableName& table = part.table.name;
    const schema::Index key = KeyOf(context, table.name, part.table);
    names_.RequireFree(context, {table.schema, key.name});
    unite.indexes.push_back(key.name);
    step.actions.emplace_back(plan::CreateIndex{table, key});
  }
  step.actions.emplace_back(std::move(unite));
  context.steps.push_back(std::move(step));
}

void MergeTables::Plan(PlanContext& context) const {
  if (!context.capabilities().partitions) {
    throw names_.Refused(
        fmt::format("{} has no partitioned tables, into which tables are "
                    "merged without a copy",
                    context.capabilities().name));
  }
  const schema::Column column = Column(context);
  std::list<TableWork> parts;
  for (const MergeTablesSpec::Part& part : spec_.from) {
    parts.emplace_back(context, name(), part.table);
    RefusePart(parts.back());
    RefuseOtherShape(parts.front().live(), parts.back().live());
  }
  plan::AttachTables attach;
  attach.table = Merged(parts, column);
  names_.RequireFree(context, attach.table.name);
  const schema::Table first = parts.front().live();
  attach.key = KeyOf(context, spec_.to, first);
  names_.RequireFree(context, {first.name.schema, attach.key.name});
  for (const schema::Column& one : first.columns) {
    if (!IsNumbered(one)) continue;
    const schema::Column* merged = attach.table.FindColumn(one.name);
    if (!merged->default_sql) attach.numbered.push_back(one.name);
  }
  std::size_t at = 0;
  for (TableWork& work : parts) {
    const MergeTablesSpec::Part& part = spec_.from[at++];
    attach.parts.push_back({work.live(), part.value});
    PlanPart(work, column, part);
  }
  schema::Table shown = attach.table;
  shown.indexes.push_back(attach.key);
  PlanMerge(context, std::move(attach));
  std::erase_if(context.schema.tables, [&](const schema::Table& one) {
    return std::any_of(
        spec_.from.begin(), spec_.from.end(),
        [&](const auto& part) { return part.table == one.shown(); });
  });
  context.claims.DecideFate(shown.name, TableFate::kCreated);
  context.schema.tables.push_back(std::move(shown));
}

void MergeTables::Finish(PlanContext& context) const {
  std::vector<std::string> tables = {spec_.to};
  std::vector<std::string> own = {MergeText(), KeyText(), NumberText()};
  for (const MergeTablesSpec::Part& part : spec_.from) {
    tables.push_back(part.table);
    own.push_back(PartText(part.table));
    own.push_back(ProveText(part.table));
    own.push_back(ImpliedText(part.table));
  }
  names_.RefuseOthers(context, tables, own);
}

// --- the file ---

void ReadPart(const base::Node& map, const std::string& table,
              MergeTablesSpec* spec) {
  const base::Node* values = map.Find(table);
  if (values == nullptr || !values->is_map() || values->entries.size() != 1) {
    throw UsageError(
        values == nullptr ? map : *values,
        fmt::format("'{}' needs the value of one new column, by which its rows "
                    "are told, as in {{region: \"'eu'\"}}; other columns keep "
                    "their names",
                    table));
  }
  const std::string& column = values->entries.front().first;
  if (!spec->column.empty() && spec->column != column) {
    throw UsageError(*values, fmt::format("the column is '{}' for one table "
                                          "and '{}' for another",
                                          spec->column, column));
  }
  spec->column = column;
  const Reader reader(*values, {column});
  spec->from.push_back({table, reader.RequiredSql(column)});
  for (std::size_t i = 0; i + 1 < spec->from.size(); ++i) {
    if (spec->from[i].value == spec->from.back().value) {
      throw UsageError(*values, "two tables have the same value");
    }
  }
}

}  // namespace

NewOperation MakeMergeTables(MergeTablesSpec spec) {
  return std::make_shared<MergeTables>(std::move(spec));
}

NewOperation ParseMergeTables(const base::Node& body) {
  const Reader reader(body, {"from", "to", "map"});
  MergeTablesSpec spec;
  spec.to = reader.RequiredString("to");
  const std::vector<std::string> from =
      ColumnNames(&reader.RequiredList("from"));
  const base::Node& map = reader.RequiredMap("map");
  if (from.size() < 2) {
    throw UsageError(reader.RequiredList("from"),
                     "two tables or more are merged");
  }
  const Reader known(map, from);
  for (const std::string& table : from) ReadPart(map, table, &spec);
  return MakeMergeTables(std::move(spec));
}

}  // namespace segue::ops
