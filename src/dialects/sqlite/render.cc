#include "dialects/sqlite/render.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// DROP COLUMN and CREATE INDEX process this many rows of about 100 bytes in a
// second, measured on two cores of 2020. The plan uses it only for a rough
// text.
constexpr double kRowsPerSecond = 1'000'000;

// These statements would end or escape the plan's transaction.
constexpr const char* kNotInTransaction[] = {
    "BEGIN",   "COMMIT", "END",    "ROLLBACK", "SAVEPOINT",
    "RELEASE", "VACUUM", "ATTACH", "DETACH",
};

// Returns the statements of a script without the space around them. SQLite
// itself finds the end of each, so that the body of a trigger stays whole.
std::vector<std::string> SplitScript(const std::string& script) {
  std::vector<std::string> statements;
  std::string statement;
  const auto flush = [&] {
    if (!Tokenize(statement).empty()) {
      statements.emplace_back(base::Trim(statement));
    }
    statement.clear();
  };
  for (const char c : script) {
    statement += c;
    if (c == ';' && sqlite3_complete(statement.c_str()) != 0) flush();
  }
  flush();
  return statements;
}

std::vector<Statement> ScriptStatements(const std::string& script) {
  std::vector<Statement> statements;
  for (std::string& sql : SplitScript(script)) {
    const Token first = Tokenize(sql).front();
    const bool refused =
        std::any_of(std::begin(kNotInTransaction), std::end(kNotInTransaction),
                    [&](const char* word) { return first.Is(word); });
    if (refused) {
      throw Error(ErrorKind::kRefused,
                  std::string(first.text) +
                      " cannot run inside a migration's transaction")
          .WithSql(sql);
    }
    if (first.IsSymbol(';')) continue;
    statements.push_back({std::move(sql), {}});
  }
  return statements;
}

}  // namespace

PlannedAction Render(const plan::Action& action,
                     const db::RenderContext& context) {
  return std::visit([&](const auto& one) { return RenderOne(one, context); },
                    action);
}

PlannedAction Change(const RenderContext& context,
                     const std::string& description, const std::string& hold) {
  PlannedAction planned;
  planned.description = description;
  planned.lock.mode = "write lock";
  planned.lock.object = "the whole database";
  planned.lock.budget = context.lock_budget;
  planned.lock.hold = hold;
  planned.lock.strength = 1;  // there is no other lock to compare
  return planned;
}

const schema::Table* TableOf(const RenderContext& context,
                             const schema::TableName& name) {
  return context.schema.FindTable(name.name);
}

std::string RewriteTime(const RenderContext& context,
                        const schema::TableName& name, const char* what) {
  const schema::Table* table = TableOf(context, name);
  const std::int64_t rows = table == nullptr ? 0 : table->estimated_rows;
  const double seconds =
      std::max(1.0, std::ceil(static_cast<double>(rows) / kRowsPerSecond));
  return std::string(what) + ": about " +
         std::to_string(static_cast<std::int64_t>(seconds)) + " s for " +
         base::WithThousands(rows) + " rows";
}

PlannedAction RenderOne(const plan::RawSql& action,
                        const RenderContext& context) {
  PlannedAction planned =
      Change(context, kRunSql, "as long as the statements run");
  planned.forward = ScriptStatements(action.sql);
  planned.undo = ScriptStatements(action.undo);
  planned.reversible = !planned.undo.empty();
  return planned;
}

}  // namespace segue::sqlite
