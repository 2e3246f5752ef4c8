#include "planning/losses.h"

#include <fmt/format.h>

#include "base/text.h"

namespace segue::ops {

void CarryOver(TableWork& work, const schema::Column& old,
               const schema::Column& target) {
  const schema::TableName& table = work.live().name;
  const db::Answer& answer = work.context().Ask(
      db::LossQuestion{table, old.physical(), target.name, target.type});
  if (!answer.names.empty()) {
    throw work
        .Refused(old.name,
                 fmt::format("the column that takes its place would lose {}",
                             base::Join(answer.names, ", ")))
        .WithHint("drop or change what depends on it first");
  }
  if (answer.statements.empty()) return;
  work.Add(kDrop, plan::CarryOver{table, target.name, answer.statements,
                                  answer.carried});
}

void ShareColumnPrivileges(TableWork& work, const schema::Column& old,
                           const std::string& new_name) {
  if (!old.has_column_grants) return;
  const schema::TableName& table = work.live().name;
  const db::Answer& answer = work.context().Ask(
      db::LossQuestion{table, old.physical(), new_name, old.type, true});
  if (answer.statements.empty()) return;
  work.Add(Phase::kExpanding,
           plan::CarryOver{table, new_name, answer.statements, answer.carried});
}

void NoteLosses(TableWork& work, const schema::Column& column) {
  const db::Answer& answer = work.context().Ask(
      db::LossQuestion{work.live().name, column.physical(), "", ""});
  if (!answer.names.empty()) {
    throw work
        .Refused(column.name, fmt::format("{} depends on it",
                                          base::Join(answer.names, ", ")))
        .WithHint("drop or change what depends on it first");
  }
  if (answer.carried.empty()) return;
  work.Note(kDrop, fmt::format("with column '{}' of '{}' goes: {}", column.name,
                               work.live().name.name,
                               base::Join(answer.carried, ", ")));
}

}  // namespace segue::ops
