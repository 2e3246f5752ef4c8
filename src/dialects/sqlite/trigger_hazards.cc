// The user's triggers on the table of a motion: those that may read a row which
// is half written, and those that segue's own writes fire.
#include <algorithm>

#include "base/append.h"
#include "base/text.h"
#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/examine.h"
#include "dialects/sqlite/hazards.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/user_trigger.h"

namespace segue::sqlite {
namespace {

bool IsIn(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& one) {
    return SameName(one, name);
  });
}

bool Meet(const std::vector<std::string>& a,
          const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& name) { return IsIn(b, name); });
}

const char* Verb(TriggerEvent event) {
  return event == TriggerEvent::kInsert ? "inserted" : "changed";
}

class Search {
 public:
  Search(const plan::ColumnMotion& motion, const db::RenderContext& context,
         const schema::Table& table, std::size_t at,
         std::vector<Hazard>* hazards)
      : motion_(motion),
        table_(table),
        at_(at),
        hazards_(hazards),
        triggers_(context.schema),
        half_{motion.table.name, HalfWritten(motion, table),
              CarriersOf(context.schema, motion.table.name)} {
    const std::vector<const UserTrigger*> fired = FiredByDualWrite();
    for (const UserTrigger* trigger : triggers_.On(table.name.name)) {
      const bool again =
          std::find(fired.begin(), fired.end(), trigger) != fired.end();
      if (again) {
        OfFired(*trigger);
      } else if (trigger->event != TriggerEvent::kDelete) {
        OfReader(*trigger);
      }
    }
  }

 private:
  std::string Called(const UserTrigger& trigger) const {
    return "trigger '" + trigger.name + "' of table '" + table_.name.name + "'";
  }

  void Refuse(const UserTrigger& trigger, const std::string& what,
              const std::string& why, const std::string& safe_way) {
    hazards_->push_back({true, "trigger-meets-dual-write",
                         Called(trigger) + " " + what + "; " + safe_way, why,
                         safe_way, at_});
  }

  // Returns the UPDATE triggers that the dual write and the backfill fire. The
  // dual write names the provenance column and the columns of the motion.
  std::vector<const UserTrigger*> FiredByDualWrite() const {
    std::vector<std::string> named;
    const bool old_follows = !half_.columns.empty() && motion_.old_column &&
                             IsIn(half_.columns, motion_.old_column->name);
    if (old_follows) named.push_back(motion_.old_column->name);
    if (motion_.new_column) named.push_back(motion_.new_column->name);
    // SQLite does not look whether the columns of UPDATE OF are there.
    if (!motion_.provenance.empty()) named.push_back(motion_.provenance);
    std::vector<const UserTrigger*> fired;
    for (const UserTrigger* trigger : triggers_.On(table_.name.name)) {
      if (trigger->event != TriggerEvent::kUpdate) continue;
      if (trigger->of.empty() || Meet(trigger->of, named)) {
        fired.push_back(trigger);
      }
    }
    // What such a trigger writes may fire further ones.
    for (std::size_t i = 0; i < fired.size(); ++i) {
      for (const Fragment& statement : fired[i]->body) {
        for (const UserTrigger* next : triggers_.FiredBy(statement)) {
          const bool own = SameName(next->table, table_.name.name);
          const bool known =
              std::find(fired.begin(), fired.end(), next) != fired.end();
          if (own && !known && next->event == TriggerEvent::kUpdate) {
            fired.push_back(next);
          }
        }
      }
    }
    return fired;
  }

  std::vector<std::string> ColumnsOfMotion() const {
    std::vector<std::string> columns = half_.columns;
    if (motion_.old_column) columns.push_back(motion_.old_column->name);
    if (motion_.new_column) columns.push_back(motion_.new_column->name);
    for (const plan::Expression* one : {&motion_.up, &motion_.down}) {
      base::Append(ColumnsRead(*one), columns);
    }
    return columns;
  }

  // True for "UPDATE t SET touched = <the time> WHERE id = NEW.id": it comes to
  // the same, however often it runs.
  bool OnlyTouches(const Fragment& statement) const {
    const std::vector<Token>& tokens = statement.tokens;
    if (tokens.empty() || !tokens[0].Is("UPDATE")) return false;
    if (!SameName(statement.written, table_.name.name)) return false;
    if (!WritesItsRow(statement, table_) || statement.Has("SELECT"))
      return false;
    if (statement.sets.size() != 1 || statement.Has("RANDOM")) return false;
    if (Meet(statement.sets, ColumnsOfMotion())) return false;
    std::size_t columns = 0;
    for (std::size_t i = 0; i + 6 < tokens.size(); ++i) {
      const bool column = tokens[i].Is("NEW") || tokens[i].Is("OLD") ||
                          IsIn(table_.ColumnNames(), NameOf(tokens[i]));
      const bool text = tokens[i].kind == Token::Kind::kString;
      if (column && !text) ++columns;
    }
    const Token& last = tokens.back();
    const std::string_view text(
        tokens[0].text.data(),
        static_cast<std::size_t>(last.text.data() - tokens[0].text.data()));
    return columns == 1 && IsVolatile(text);
  }

  void OfFired(const UserTrigger& trigger) {
    const std::string limited =
        trigger.of.empty()
            ? "limit it with UPDATE OF to the columns that it is about"
            : "drop it for the time of the migration";
    if (trigger.Raises()) {
      return Refuse(trigger,
                    "may refuse the UPDATE by which segue completes a row that "
                    "an application has inserted or changed",
                    "the application's own INSERT or UPDATE would fail with it",
                    WayOut(motion_, limited));
    }
    const bool harmless =
        trigger.of.empty() &&
        std::all_of(trigger.body.begin(), trigger.body.end(),
                    [&](const Fragment& one) { return OnlyTouches(one); });
    if (!harmless) {
      return Refuse(trigger,
                    "runs again on the UPDATE by which segue completes a row, "
                    "also after an INSERT",
                    "what it writes would be written once more, or from a row "
                    "that is half written; and rows that it writes itself "
                    "would not be kept in step while it runs inside a dual "
                    "write",
                    WayOut(motion_, limited));
    }
    hazards_->push_back(
        {false, "trigger-runs-again",
         Called(trigger) +
             " also runs when segue completes a row, so that it touches each "
             "row of the backfill and each row that was only inserted",
         "a dual write on SQLite is an UPDATE of its own",
         WayOut(motion_, limited), at_});
  }

  // Looks for a read of the half-written columns in the trigger, and in every
  // trigger that its statements fire.
  void OfReader(const UserTrigger& trigger) {
    if (half_.columns.empty()) return;
    std::vector<const UserTrigger*> reached = {&trigger};
    for (std::size_t i = 0; i < reached.size(); ++i) {
      if (Reads(*reached[i])) return RefuseReader(trigger, *reached[i]);
      for (const Fragment& statement : reached[i]->body) {
        for (const UserTrigger* next : triggers_.FiredBy(statement)) {
          const bool known =
              std::find(reached.begin(), reached.end(), next) != reached.end();
          if (!known) reached.push_back(next);
        }
      }
    }
  }

  bool Reads(const UserTrigger& trigger) const {
    return MayRead(trigger.when, trigger.table, half_) ||
           std::any_of(trigger.body.begin(), trigger.body.end(),
                       [&](const Fragment& one) {
                         return MayRead(one, trigger.table, half_);
                       });
  }

  void RefuseReader(const UserTrigger& first, const UserTrigger& reader) {
    const std::string column = half_.columns.front();
    std::string what = "uses '" + base::Join(half_.columns, "' or '") +
                       "' of a row that is being " + Verb(first.event);
    if (&first != &reader) what += ", by way of trigger '" + reader.name + "'";
    Refuse(first, what,
           "when an application writes only the other column, '" + column +
               "' has its value only after a second write, and SQLite does not "
               "say which trigger runs first",
           WayOut(motion_, "drop it for the time of the migration"));
  }

  const plan::ColumnMotion& motion_;
  const schema::Table& table_;
  const std::size_t at_;
  std::vector<Hazard>* hazards_;
  Triggers triggers_;
  Reading half_;
};

}  // namespace

void FindTriggerHazards(const plan::ColumnMotion& motion,
                        const db::RenderContext& context, std::size_t at,
                        std::vector<Hazard>* hazards) {
  const schema::Table* table = context.schema.FindTable(motion.table.name);
  if (table == nullptr) return;
  Search(motion, context, *table, at, hazards);
}

}  // namespace segue::sqlite
