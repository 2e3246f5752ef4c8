#include "planning/losses.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "planning/answers.h"
#include "planning/replica_identity.h"
#include "planning/seal.h"

namespace segue::ops {
namespace {

// What hangs on a column, by what becomes of it.
struct Sorted {
  std::vector<std::string> refused;
  std::vector<std::string> kept;  // it is carried, or goes with the column
  std::vector<std::string> statements;
  std::vector<std::string> held_by;
  std::vector<std::string> releases;
  std::vector<std::string> views;  // and rules, which the server binds anew
  std::vector<std::string> materialized;  // those of them that are copied
  // What a seal cannot give and take back, and the statements for the rest.
  std::vector<std::string> unsealed;
  std::vector<std::string> comments;
};

bool IsViewOrRule(const std::string& kind) {
  return kind == "view" || kind == "materialized view" ||
         kind == "rule ON DELETE" || kind == "rule of another table";
}

// What the new column can have while the old one is put aside, and keep after
// an undo.
bool IsOfColumn(const std::string& kind) {
  return kind == "privilege" || kind == "storage" || kind == "compression" ||
         kind == "statistics target" || kind == "options" ||
         kind == "comment of the column" || kind == "comment";
}

// Several publications are about one statement.
void AddOnce(const std::string& sql, std::vector<std::string>& all) {
  const bool known = std::find(all.begin(), all.end(), sql) != all.end();
  if (!sql.empty() && !known) all.push_back(sql);
}

Sorted Sort(const std::vector<db::HangingFact>& facts, ColumnFate fate) {
  Sorted sorted;
  for (const db::HangingFact& fact : facts) {
    const FactAnswer answer = AnswerOn(fact.kind, fate);
    if (answer.verb == Verb::kRefused) {
      sorted.refused.push_back(fact.what);
      continue;
    }
    if (fact.kind == "materialized view") {
      sorted.materialized.push_back(fact.what);
    }
    if (IsViewOrRule(fact.kind)) {
      sorted.views.push_back(fact.what);
      continue;
    }
    if (sorted.kept.empty() || sorted.kept.back() != fact.what) {
      sorted.kept.push_back(fact.what);
    }
    const bool sealed = fact.sql.empty() || IsOfColumn(fact.kind);
    if (!sealed || !fact.release.empty()) AddOnce(fact.what, sorted.unsealed);
    if (fact.kind == "comment") AddOnce(fact.sql, sorted.comments);
    AddOnce(fact.sql, sorted.statements);
    if (!fact.release.empty()) sorted.held_by.push_back(fact.what);
    AddOnce(fact.release, sorted.releases);
  }
  return sorted;
}

Sorted Carried(TableWork& work, const Succession& columns) {
  const schema::Column& old = columns.old;
  const db::Answer& answer = work.context().Ask(
      db::LossQuestion{work.live().name, old.physical(), columns.target.name,
                       columns.target.type, columns.of, columns.leaving});
  Sorted sorted = Sort(answer.hanging, columns.fate);
  if (sorted.refused.empty()) return sorted;
  throw work
      .Refused(old.name,
               fmt::format("the column that takes its place would lose {}",
                           base::Join(sorted.refused, ", ")))
      .WithHint("drop or change what depends on it first");
}

}  // namespace

void CarryOver(TableWork& work, const Succession& columns) {
  const Sorted carried = Carried(work, columns);
  if (carried.statements.empty()) return;
  work.Add(SwitchPlace(work),
           plan::CarryOver{work.live().name, columns.target.name,
                           carried.statements, carried.kept});
}

void SealLosses(TableWork& work, const Succession& columns) {
  const Sorted carried = Carried(work, columns);
  std::vector<std::string> unsealed = carried.views;
  unsealed.insert(unsealed.end(), carried.unsealed.begin(),
                  carried.unsealed.end());
  if (!unsealed.empty()) {
    throw work
        .Refused(columns.old.name,
                 fmt::format("undo_window: {} would not be as it was after an "
                             "undo",
                             base::Join(unsealed, ", ")))
        .WithHint("use undo_window: 0, with which complete is final");
  }
  if (carried.comments.empty()) return;
  plan::CarryOver back{
      work.live().name, columns.old.name, carried.comments, {"comments"}};
  back.back = true;
  work.Add(kSeal, std::move(back));
}

void ReleaseColumn(TableWork& work, const Succession& columns) {
  const Sorted carried = Carried(work, columns);
  if (carried.releases.empty()) return;
  work.Add(kDrop, plan::CarryOver{work.live().name, columns.old.name,
                                  carried.releases, carried.held_by, true});
}

void RebindViews(TableWork& work, const Succession& columns,
                 const std::string& heir) {
  const Sorted carried = Carried(work, columns);
  if (carried.views.empty()) return;
  work.Add(kDrop, plan::RebindViews{work.live().name, columns.old.physical(),
                                    heir, carried.views});
}

namespace {

// A second copy would be made of the view as it is before the first takes its
// place, and hold on to the column that goes then.
void RefuseSecondCopy(TableWork& work, const schema::Column& old,
                      const std::vector<std::string>& views) {
  for (const DraftStep& step : work.context().steps) {
    for (const plan::Action& action : step.actions) {
      const auto* copy = std::get_if<plan::CopyViews>(&action);
      if (copy == nullptr) continue;
      for (const std::string& view : views) {
        if (!base::Contains(copy->what, view)) continue;
        throw work
            .Refused(
                old.name,
                fmt::format("{} reads column '{}' of '{}' too, which "
                            "another operation of this migration replaces: "
                            "it is filled again for one column at a time",
                            view, copy->column, copy->table.name))
            .WithHint("put the two changes into two files");
      }
    }
  }
}

}  // namespace

void CopyMaterializedViews(TableWork& work, const Succession& columns,
                           const std::string& heir) {
  const Sorted carried = Carried(work, columns);
  if (carried.materialized.empty()) return;
  RefuseSecondCopy(work, columns.old, carried.materialized);
  work.Describe(kSeal, fmt::format("Fill copies of what is materialized from "
                                   "'{}' of '{}'",
                                   columns.old.name, work.live().name.name));
  plan::CopyViews copy{
      {work.live().name, columns.old.physical(), heir, carried.materialized},
      false};
  work.Add(kSeal, copy);
  copy.fill = true;
  work.Add(kSeal, copy);
}

void ShareColumnPrivileges(TableWork& work, const schema::Column& old,
                           const std::string& new_name) {
  if (!old.has_column_grants) return;
  const schema::TableName& table = work.live().name;
  const db::Answer& answer = work.context().Ask(db::LossQuestion{
      table, old.physical(), new_name, old.type, db::LossOf::kPrivileges});
  plan::CarryOver shared{table, new_name, {}, {"privileges"}};
  for (const db::HangingFact& fact : answer.hanging) {
    shared.statements.push_back(fact.sql);
  }
  if (shared.statements.empty()) return;
  work.Add(Phase::kExpanding, std::move(shared));
}

void RefuseBeside(TableWork& work, const schema::Column& old) {
  const db::Answer& answer = work.context().Ask(
      db::LossQuestion{work.live().name, old.physical(), "", ""});
  const Sorted sorted = Sort(answer.hanging, ColumnFate::kBeside);
  if (sorted.refused.empty()) return;
  throw work
      .Refused(old.name,
               fmt::format("a copy of it under another name would not have {}",
                           base::Join(sorted.refused, ", ")))
      .WithHint(
          "use access: versioned, or drop or change what depends on it "
          "first");
}

void NoteLosses(TableWork& work, const schema::Column& column) {
  const db::Answer& answer = work.context().Ask(
      db::LossQuestion{work.live().name, column.physical(), "", ""});
  for (const db::HangingFact& fact : answer.hanging) {
    if (!fact.kind.starts_with("replica identity")) continue;
    RefuseLostIdentity(work, column.name, fact.what);
  }
  const Sorted sorted = Sort(answer.hanging, ColumnFate::kDropped);
  if (!sorted.refused.empty()) {
    throw work
        .Refused(column.name, fmt::format("{} depends on it",
                                          base::Join(sorted.refused, ", ")))
        .WithHint("drop or change what depends on it first");
  }
  if (sorted.kept.empty()) return;
  work.Note(kDrop,
            fmt::format("with column '{}' of '{}' goes: {}", column.name,
                        work.live().name.name, base::Join(sorted.kept, ", ")));
}

}  // namespace segue::ops
