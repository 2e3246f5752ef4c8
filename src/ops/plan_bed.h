// For the tests of operations: plans a migration on a schema and prints what
// came out, one line a step, action and note.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "ops/operation.h"
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

// users(id, name, email, age, created), with the key on id and an index on
// email.
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
  table.max_attnum = 5;
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

  // "EXPANDING Add column ...", then its actions and "note: ..." lines.
  std::vector<std::string> Plan(const Migration& migration) {
    const test::FakeDialect dialect(can_);
    Facts facts;
    schema::Schema foreseen = schema_;
    for (const OperationPtr& operation : migration.operations) {
      for (const db::Question& question :
           operation->Questions(foreseen, dialect)) {
        facts.Add(question, Answer(question));
        questions_.push_back(question);
      }
      operation->Foresee(foreseen, dialect);
    }
    PlanContext context{dialect, access_, "m", versioned() ? "public_m" : "",
                        facts,   schema_, {}};
    context.on_transform_error = on_transform_error_;
    for (const OperationPtr& operation : migration.operations) {
      for (const db::Question& question :
           operation->ShapeQuestions(context.schema, dialect)) {
        facts.Add(question, answers_[question.expression]);
        questions_.push_back(question);
      }
      operation->Plan(context);
    }
    for (const OperationPtr& operation : migration.operations) {
      operation->Finish(context);
    }
    shape_ = context.schema;
    steps_ = context.steps;
    motions_ = context.motions;
    if (!context.closing.empty()) {
      steps_.push_back({kSeal, "Close", context.closing, {}});
    }
    return Printed(dialect, steps_);
  }

  // Another type is taken to rewrite the table unless "TYPE column" says other.
  db::ExpressionFacts Answer(const db::Question& question) {
    if (question.kind != db::Question::Kind::kAlterType) {
      return answers_[question.expression];
    }
    const auto found = answers_.find("TYPE " + question.expression);
    if (found != answers_.end()) return found->second;
    db::ExpressionFacts facts;
    facts.rewrites_table = true;
    return facts;
  }

  // The message of the error that planning throws; "" when it throws none.
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
  std::map<std::string, db::ExpressionFacts> answers_;  // by expression
  std::vector<db::Question> questions_;
  schema::Schema shape_;
  std::vector<DraftStep> steps_;
  plan::Motions motions_;

 private:
  // "MIGRATING"; of a contract "CONTRACTING" for the drop, else "SEALING".
  static std::string PlaceText(const Place& place) {
    if (place == kSeal) return "SEALING";
    return std::string(ToString(place.phase));
  }

  std::vector<std::string> Printed(const test::FakeDialect& dialect,
                                   std::vector<DraftStep> steps) const {
    std::stable_sort(steps.begin(), steps.end(),
                     [](const DraftStep& a, const DraftStep& b) {
                       return a.place < b.place;
                     });
    std::vector<std::string> lines;
    for (const DraftStep& step : steps) {
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
