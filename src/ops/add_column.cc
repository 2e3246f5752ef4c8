#include "ops/add_column.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.h"
#include "ops/constraint_definition.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/constraint_checks.h"
#include "planning/constraint_steps.h"
#include "planning/expression.h"
#include "planning/obstacles.h"
#include "planning/seal.h"
#include "planning/shadow_column.h"

namespace segue::ops {
namespace {

// These type names create a sequence and give each row a number at once, which
// rewrites the table under its strongest lock.
constexpr std::array<const char*, 6> kSerialTypes = {
    "serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"};

class AddColumn : public WithSpec<AddColumnSpec> {
 public:
  explicit AddColumn(AddColumnSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "add_column"; }
  void Plan(PlanContext& context) const override;

 private:
  schema::Column Native(const db::Language& language) const;
  bool SkipExisting(TableWork& work, const schema::Column& column) const;
  void PlanConstraints(TableWork& work) const;
  void RefuseStrictType(const TableWork& work,
                        const schema::Column& column) const;
  void PlanPlain(TableWork& work, const schema::Column& column) const;
  void PlanVolatile(TableWork& work, const schema::Column& column,
                    const db::Answer& answer) const;
  void PlanDerived(TableWork& work, const schema::Column& column) const;
  std::optional<schema::Column> WrittenBack(TableWork& work,
                                            const schema::Column& column,
                                            const plan::Expression& up) const;
  plan::Expression Down(const TableWork& work, const PlanContext& context,
                        const schema::Column& column,
                        const schema::Column& source) const;
  void PlanShadow(TableWork& work, ShadowRequest request,
                  const std::string& source) const;
};

std::vector<schema::Column> With(std::vector<schema::Column> columns,
                                 const schema::Column& column) {
  columns.push_back(column);
  return columns;
}

// Returns the columns of the expression as "'first', 'last'".
std::string Sources(const plan::Expression& up) {
  std::vector<std::string> names;
  for (const plan::Binding& binding : up.bindings) {
    names.push_back(base::Quoted(binding.name, '\''));
  }
  return names.empty() ? "'up'" : base::Join(names, ", ");
}

schema::Column AddColumn::Native(const db::Language& language) const {
  schema::Column column = spec_.column;
  column.type = language.NativeType(column.type);
  return column;
}

// A column that exists already is no error, but only if it is certainly the
// same column.
bool AddColumn::SkipExisting(TableWork& work,
                             const schema::Column& column) const {
  const schema::Column* existing = work.shape().FindColumn(column.name);
  if (existing == nullptr) return false;
  work.Take(column.name, Use::kReads);
  const bool same = SameType(existing->type, column.type) &&
                    existing->nullable == column.nullable &&
                    existing->unproven_not_null.empty() &&
                    SameDefault(existing->default_sql, column.default_sql);
  if (!same) {
    const auto text = [](const schema::Column& c) {
      return c.type + (c.nullable ? "" : " not null") +
             (c.unproven_not_null.empty() ? "" : " not valid") +
             (c.default_sql ? " default " + *c.default_sql : "");
    };
    throw work.Refused(column.name,
                       fmt::format("it exists with another definition: there "
                                   "'{}', wanted '{}'",
                                   text(*existing), text(column)));
  }
  work.Note(Phase::kExpanding,
            "the column exists already with this definition; skipped");
  if (!spec_.up.empty()) {
    work.Note(Phase::kExpanding, "its values stay: 'up' is not applied");
  }
  return true;
}

void AddColumn::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table);
  schema::Column column = Native(context.language);
  work.Describe(Phase::kExpanding, AddColumnText(spec_.table, column));
  if (SkipExisting(work, column)) {
    PlanConstraints(work);
    return work.Finish();
  }
  for (const char* serial : kSerialTypes) {
    if (base::ToLower(column.type) != serial) continue;
    throw work
        .Refused(column.name,
                 "type " + column.type + " rewrites the whole table")
        .WithHint(
            "create the sequence in a migration before, and give the column "
            "type integer or bigint and \"default: nextval('NAME')\"; its rows "
            "are then filled one by one");
  }
  db::Answer answer;
  if (column.default_sql) {
    answer = ExaminedDefault(context, work.live(), column);
    column.default_is_constant = !answer.is_volatile;
  }
  const bool filled =
      !spec_.up.empty() || (answer.rewrites_table && !work.creates());
  work.TakeFreeName(column.name, filled ? Use::kChanges : Use::kAdds);
  if (!spec_.up.empty()) {
    PlanDerived(work, column);
  } else if (answer.rewrites_table && !work.creates()) {
    PlanVolatile(work, column, answer);
  } else {
    PlanPlain(work, column);
  }
  work.Finish();
}

// Plans the constraints over a column that no motion fills.
void AddColumn::PlanConstraints(TableWork& work) const {
  for (const schema::Constraint& constraint : spec_.constraints) {
    const ConstraintRequest request = {
        constraint, work.shape().columns, {}, {}};
    if (ProvesExisting(work, request)) {
      work.Describe(Phase::kMigrating,
                    ProveConstraintText(spec_.table, constraint));
      continue;
    }
    if (ExistsAlready(work, request)) continue;
    RequirePossible(work, request);
    PlanConstraint(work, request);
    if (work.step(Phase::kMigrating).description.empty()) {
      work.Describe(Phase::kMigrating,
                    AddConstraintText(spec_.table, constraint));
    }
  }
}

// The rows that are there, and those that the old version inserts, have what
// the type gives to a column without a default.
void AddColumn::RefuseStrictType(const TableWork& work,
                                 const schema::Column& column) const {
  if (column.default_sql || work.creates()) return;
  const db::Answer& answer =
      work.context().Ask(db::LeftOutQuestion{work.live().name, column.type});
  if (answer.error.empty() || answer.default_sql) return;
  throw work
      .Refused(column.name,
               fmt::format("its type {} refuses NULL ({}), which the rows of "
                           "table '{}' would have there",
                           column.type, answer.error, spec_.table))
      .WithHint("give the column a default");
}

void AddColumn::PlanPlain(TableWork& work, const schema::Column& column) const {
  if (!column.nullable && !column.default_sql && !work.creates()) {
    throw work
        .Refused(column.name,
                 "it is NOT NULL without a default, so that neither the rows "
                 "there are nor those the old version inserts have a value")
        .WithHint("give it a default or 'up', or make it nullable");
  }
  RefuseStrictType(work, column);
  work.CountAddedColumn();
  work.Add(Phase::kExpanding, plan::AddColumn{work.live().name, column});
  // The rows get the default together with the column. The step without actions
  // tells that to the reader of the plan.
  if (column.default_sql) {
    work.Describe(Phase::kMigrating,
                  fmt::format("Backfill '{}' from 'default'", column.name));
  }
  work.shape().columns.push_back(column);
  PlanConstraints(work);
}

// Each row needs a value of its own. The database would have to rewrite the
// table for that, if it could do it at all, so the backfill does it instead.
void AddColumn::PlanVolatile(TableWork& work, const schema::Column& column,
                             const db::Answer& answer) const {
  ShadowRequest request;
  request.target = column;
  request.physical = column.name;
  request.up.sql = *column.default_sql;
  request.up.is_volatile = answer.is_volatile;
  request.up.is_immutable = answer.is_immutable;
  request.keeps = Keeps::kBoth;
  request.own_default = true;
  work.Note(Phase::kMigrating,
            "the rows are filled one by one: adding the column with this "
            "default would rewrite the table");
  PlanShadow(work, std::move(request), "'default'");
}

void AddColumn::PlanDerived(TableWork& work,
                            const schema::Column& column) const {
  work.TakeReferences(spec_.up, column.name);
  ShadowRequest request;
  request.up = Examined(work.context(), work.live(), work.live().columns,
                        {"up", column.name, spec_.up, column.type});
  request.old_column = WrittenBack(work, column, request.up);
  if (request.old_column) {
    request.down = Down(work, work.context(), column, *request.old_column);
  }
  request.target = column;
  request.physical = column.name;
  request.keeps = Keeps::kBoth;
  request.own_default = column.default_sql.has_value();
  const std::string sources = Sources(request.up);
  PlanShadow(work, std::move(request), sources);
}

// Returns the column that `down` writes. There must be exactly one: an
// expression over several columns does not say to which of them a change of the
// new column belongs.
std::optional<schema::Column> AddColumn::WrittenBack(
    TableWork& work, const schema::Column& column,
    const plan::Expression& up) const {
  if (spec_.down.empty()) return std::nullopt;
  const std::optional<std::string> source = up.PlainColumn();
  if (!source) {
    throw work.Refused(column.name,
                       "'down' needs an 'up' that is the name of one column, "
                       "to know where it writes to");
  }
  work.TakeReferences(spec_.down, column.name);
  schema::Column written = work.Take(*source, Use::kChanges);
  RefuseUnwritable(work, written, "leave out 'down'");
  return written;
}

plan::Expression AddColumn::Down(const TableWork& work,
                                 const PlanContext& context,
                                 const schema::Column& column,
                                 const schema::Column& source) const {
  return Examined(context, work.live(), With(work.live().columns, column),
                  {"down", column.name, spec_.down, source.type});
}

void AddColumn::PlanShadow(TableWork& work, ShadowRequest request,
                           const std::string& source) const {
  const std::string& column = spec_.column.name;
  const plan::Expression up = request.up;
  ShadowColumn shadow(work, std::move(request));
  work.Describe(Phase::kMigrating,
                fmt::format("Backfill '{}' from {}", column, source));
  work.Describe(kDrop,
                fmt::format("Finish column '{}' of '{}'", column, spec_.table));
  NoteUndo(work, kDrop,
           "nothing to do: the triggers stay until the drop, and nothing of "
           "the old shape goes");
  std::vector<ConstraintRequest> constraints;
  const schema::Column shape = shadow.Shape();
  for (const schema::Constraint& constraint : spec_.constraints) {
    constraints.push_back({constraint,
                           With(work.shape().columns, shape),
                           {{column, shape.type, up}},
                           {shadow.provenance()}});
    if (ExistsAlready(work, constraints.back())) constraints.pop_back();
  }
  PlanWithConstraints(work, shadow, constraints);
  work.shape().columns.push_back(shape);
}

// The database would rewrite all existing rows, under a lock that keeps every
// client out.
void RefuseGenerated(const base::Node& body) {
  const base::Node* generated = body.Find("generated");
  if (generated == nullptr || generated->is_null()) return;
  throw UsageError(*generated,
                   "a generated column cannot be added without rewriting the "
                   "table; add a plain one with 'up', or create the table "
                   "with it");
}

// `unique` and `pk` give no name, so the constraint gets the name that SQL
// would give it.
std::vector<schema::Constraint> ParseConstraints(const base::Node& node,
                                                 const Reader& reader,
                                                 const std::string& table,
                                                 const schema::Column& column) {
  using schema::ConstraintKind;
  std::vector<schema::Constraint> constraints;
  if (const base::Node* check = reader.OptionalMap("check")) {
    constraints.push_back(ParseCheck(*check, column.name));
  }
  if (reader.OptionalBool("unique").value_or(false)) {
    constraints.push_back(Keyed(ConstraintKind::kUnique,
                                table + "_" + column.name + "_key",
                                {column.name}));
  }
  if (reader.OptionalBool("pk").value_or(false)) {
    if (column.nullable) {
      throw UsageError(*node.Find("pk"), "a primary key takes no NULL");
    }
    constraints.push_back(
        Keyed(ConstraintKind::kPrimaryKey, table + "_pkey", {column.name}));
  }
  if (const base::Node* reference = reader.OptionalMap("references")) {
    constraints.push_back(ParseReference(*reference, column.name));
  }
  return constraints;
}

void ParseColumn(const base::Node& node, AddColumnSpec& spec) {
  const Reader reader(
      node, {"name", "type", "nullable", "default", "comment", "pk", "unique",
             "check", "references", "generated"});
  RefuseGenerated(node);
  schema::Column& column = spec.column;
  column.name = reader.RequiredString("name");
  column.type = reader.RequiredString("type");
  column.nullable = reader.OptionalBool("nullable").value_or(false);
  column.default_sql = reader.OptionalSql("default");
  column.comment = reader.OptionalString("comment").value_or("");
  spec.constraints = ParseConstraints(node, reader, spec.table, column);
}

}  // namespace

std::string AddColumnText(const std::string& table,
                          const schema::Column& column) {
  return fmt::format("Add column '{}' ({}) to '{}'", column.name,
                     column.nullable ? "nullable" : "not null", table);
}

NewOperation MakeAddColumn(AddColumnSpec spec) {
  return std::make_shared<AddColumn>(std::move(spec));
}

NewOperation ParseAddColumn(const base::Node& body) {
  const Reader reader(body, {"table", "column", "up", "down"});
  AddColumnSpec spec;
  spec.table = reader.RequiredString("table");
  ParseColumn(reader.RequiredMap("column"), spec);
  spec.up = reader.Expression("up");
  spec.down = reader.Expression("down");
  if (!spec.down.empty() && spec.up.empty()) {
    throw UsageError(body, "'down' needs 'up'");
  }
  return MakeAddColumn(std::move(spec));
}

}  // namespace segue::ops
