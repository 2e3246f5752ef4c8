// A test bed for operations: it plans a migration on a schema and prints the
// result, with one line for each step, action and note.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "planning/operation.h"
#include "planning/plan_operations.h"
#include "segue/error.h"
#include "segue/migration.h"
#include "tests/doubles/fake_dialect.h"

namespace segue::ops {

inline schema::Column MakeColumn(
    const std::string& name, const std::string& type, bool nullable = true,
    std::optional<std::string> default_sql = std::nullopt) {
  schema::Column column;
  column.name = name;
  column.type = type;
  column.nullable = nullable;
  column.default_sql = std::move(default_sql);
  return column;
}

inline ColumnSpec Spec(const std::string& name,
                       const std::string& type = "TEXT") {
  ColumnSpec spec;
  spec.name = name;
  spec.type = type;
  return spec;
}

inline schema::Index MakeIndex(const std::string& name,
                               const std::vector<std::string>& columns) {
  schema::Index index;
  index.name = name;
  for (const std::string& column : columns) {
    schema::IndexColumn part;
    part.name = column;
    index.columns.push_back(part);
  }
  return index;
}

// Returns users(id, name, email, age, created), with a key on id and an index
// on email.
inline schema::Table MakeUsers() {
  schema::Table table;
  table.name = {"public", "users"};
  table.columns = {MakeColumn("id", "bigint", false),
                   MakeColumn("name", "text", false, "''::text"),
                   MakeColumn("email", "text"),
                   MakeColumn("age", "integer", false),
                   MakeColumn("created", "timestamp", true, "now()")};
  table.columns.back().default_is_constant = false;
  schema::Index key = MakeIndex("users_pkey", {"id"});
  key.primary = key.unique = true;
  key.constraint = key.name;
  table.indexes = {key, MakeIndex("users_email_idx", {"email"})};
  schema::Constraint primary;
  primary.name = key.name;
  primary.kind = schema::ConstraintKind::kPrimaryKey;
  primary.columns = {"id"};
  table.constraints = {primary};
  table.columns_had = 5;
  return table;
}

class PlanBed : public ::testing::Test {
 protected:
  PlanBed() {
    schema_.name = "public";
    schema_.tables = {MakeUsers()};
  }

  void UseEmbedded() { can_ = test::FakeDialect::Embedded(); }
  schema::Table& users() { return schema_.tables[0]; }
  schema::Column& column(const std::string& name) {
    return *users().FindColumn(name);
  }

  // Returns "EXPANDING Add column ...", then the step's actions and "note: ..."
  // lines.
  std::vector<std::string> Plan(const Migration& migration) {
    const test::FakeDialect dialect(can_);
    Inquiry inquiry([&](const db::Question& question) {
      questions_.push_back(question);
      return AnswerTo(question);
    });
    PlanContext context{dialect, access_, "m", versioned() ? "public_m" : "",
                        inquiry, schema_};
    context.on_transform_error = on_transform_error_;
    context.undoable = undoable_;
    context.live_versions = live_versions_;
    PlanOperations(context, migration.operations);
    shape_ = context.schema;
    steps_ = context.steps;
    motions_ = context.motions;
    return Printed(dialect);
  }

  // A change of type rewrites the table, unless the answer for "TYPE column"
  // says otherwise.
  db::Answer AnswerTo(const db::Question& question) {
    const auto* type = std::get_if<db::TypeQuestion>(&question);
    if (type == nullptr) return answers_[TextOf(question)];
    const auto found = answers_.find("TYPE " + type->column);
    if (found != answers_.end()) return found->second;
    db::Answer answer;
    answer.rewrites_table = true;
    return answer;
  }

  // Returns the message of the error that planning throws; "" when it throws
  // none.
  std::string Refusal(const Migration& migration,
                      ErrorKind kind = ErrorKind::kRefused) {
    try {
      Plan(migration);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    return "";
  }

  bool versioned() const { return access_ == Access::kVersioned; }

  plan::ColumnMotion FirstMotion() const { return *motions_.Columns().at(0); }

  db::Capabilities can_ = test::FakeDialect::Capable();
  schema::Schema schema_;
  Access access_ = Access::kInPlace;
  OnTransformError on_transform_error_ = OnTransformError::kRefuse;
  bool undoable_ = false;
  std::vector<std::string> live_versions_;
  std::map<std::string, db::Answer> answers_;  // by TextOf
  std::vector<db::Question> questions_;
  schema::Schema shape_;
  std::vector<DraftStep> steps_;
  plan::Motions motions_;

 private:
  // Returns the phase, such as "MIGRATING"; for a contract "SEALING" or, for
  // the drop, "CONTRACTING".
  static std::string PlaceText(const Place& place) {
    if (place == kSeal) return "SEALING";
    return std::string(ToString(place.phase));
  }

  // Returns the SQL of a question, or the name of its object; "" for other
  // questions.
  static std::string TextOf(const db::Question& question) {
    return std::visit(
        [](const auto& one) -> std::string {
          if constexpr (requires { one.sql; }) {
            return one.sql;
          } else if constexpr (requires { one.index; }) {
            return one.index.name;
          } else {
            return {};
          }
        },
        question);
  }

  std::vector<std::string> Printed(const test::FakeDialect& dialect) const {
    std::vector<std::string> lines;
    for (const DraftStep& step : steps_) {
      lines.push_back(PlaceText(step.place) + " " + step.description);
      for (const plan::Action& action : step.actions) {
        lines.push_back(
            "  " + dialect.Render(action, {schema_, {}, motions_}).description);
      }
      for (const std::string& note : step.notes) {
        lines.push_back("  note: " + note);
      }
    }
    return lines;
  }
};

}  // namespace segue::ops
