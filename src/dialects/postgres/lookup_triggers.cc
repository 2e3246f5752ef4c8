#include "dialects/postgres/lookup_triggers.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/text.h"
#include "dialects/postgres/copy_terms.h"
#include "dialects/postgres/lock_in_turn.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/write_counters.h"
#include "plan/names.h"

namespace segue::postgres {
namespace {

// A statement that carries a value over to a filled row gives it this
// provenance, by which the trigger of that row tells it from a client's write.
constexpr const char* kCarried = "6";

const plan::Lookup& LookupOf(const MotionTerms& terms) {
  return *terms.motion().lookup;
}

std::string There(const std::string& row, const MotionTerms& terms) {
  return Field(row, LookupOf(terms).value);
}

std::string Key(const std::string& row, const MotionTerms& terms) {
  return Field(row, LookupOf(terms).key);
}

std::string Own(const std::string& row, const MotionTerms& terms) {
  return Field(row, LookupOf(terms).own);
}

// As the key's own index compares, whatever the search_path of the session.
std::string EqualIn(const schema::Column& column, const std::string& a,
                    const std::string& b) {
  return a + " " + Operator("=", column.operators_in) + " " + b;
}

// True for a row of the other table, or its key, to which a row of this one
// refers.
std::string Refers(const MotionTerms& terms, const std::string& here,
                   const std::string& key) {
  const plan::Lookup& lookup = LookupOf(terms);
  return EqualIn(lookup.key, Comparable(key, lookup.key),
                 Comparable(here, lookup.own));
}

std::string Refers(const MotionTerms& terms, const char* here,
                   const char* there) {
  return Refers(terms, Own(here, terms), Key(there, terms));
}

std::string Changed(const schema::Column& column) {
  return Differs(Field("NEW", column), Field("OLD", column), column.type,
                 column.collation);
}

std::string SameKey(const schema::Column& key, const std::string& row) {
  return EqualIn(key, Comparable(Field(row, key), key),
                 Comparable(Field("NEW", key), key));
}

// True for the row of the other table that has fired the trigger.
std::string IsRow(const MotionTerms& terms) {
  return SameKey(LookupOf(terms).key, "s");
}

// A carried write runs under the writer's own search_path, which may have other
// operators.
std::string ValuesDiffer(const std::string& a, const std::string& b) {
  return "pg_catalog.record_image_ne(ROW(" + a + "), ROW(" + b + "))";
}

std::string Here(const MotionTerms& terms) {
  return Name(terms.motion().table);
}

std::string Other(const MotionTerms& terms) {
  return Name(LookupOf(terms).table);
}

std::string TriggerBody(const std::string& body) {
  return " RETURNS trigger LANGUAGE plpgsql AS " +
         DollarQuoted("BEGIN " + body + "RETURN NULL; END");
}

// The lock that both sides take when they commit, see TakeAgain.
std::string CommitLock(const MotionTerms& terms, bool shared) {
  const auto hash =
      static_cast<std::int64_t>(base::Fnv1a(terms.TriggerFunction()));
  return std::string("PERFORM pg_catalog.pg_advisory_xact_lock") +
         (shared ? "_shared" : "") + "('" + std::to_string(hash) +
         "'::bigint); ";
}

std::string MovedSetting(const MotionTerms& terms) {
  return fmt::format("segue.moved_{:016x}",
                     base::Fnv1a(terms.TriggerFunction()));
}

// Carries the value to the rows that refer to the row. A row that is not filled
// is written in any case, so that the fill, which may have looked before, meets
// this write.
std::string Push(const MotionTerms& terms, const std::string& from,
                 const std::string& value, const std::string& condition) {
  const std::string d = terms.Provenance("t");
  return "UPDATE " + Here(terms) + " AS t SET " +
         Ident(terms.new_column().physical()) + " = " + value + ", " +
         Ident(terms.motion().provenance) + " = CASE WHEN " + d +
         " = 0 THEN 1 ELSE " + kCarried + " END" + from + " WHERE " +
         condition + " AND (" + d + " = 0 OR " +
         ValuesDiffer(terms.New("t"), value) + "); ";
}

// A row that came before the row to which it refers, which a deferred foreign
// key allows, may have a value that an application gave.
std::string AdoptGiven(const MotionTerms& terms) {
  const std::string value = Ident(terms.new_column().physical());
  return "IF TG_OP = 'INSERT' THEN UPDATE " + Other(terms) + " AS s SET " +
         Ident(LookupOf(terms).value.physical()) + " = t." + value +
         " FROM (SELECT u." + value + " FROM " + Here(terms) + " u WHERE " +
         Refers(terms, "u", "NEW") + " AND " + terms.Provenance("u") +
         " = 2 AND " + terms.New("u") + " IS NOT NULL LIMIT 1) t WHERE " +
         IsRow(terms) + " AND " +
         ValuesDiffer(There("s", terms), "t." + value) +
         "; IF FOUND THEN RETURN NULL; END IF; END IF; ";
}

// The other table was written.
std::string Take(const MotionTerms& terms) {
  return "PERFORM pg_catalog.set_config(" + Literal(MovedSetting(terms)) +
         ", 'on', true); " + AdoptGiven(terms) +
         Push(terms, "", There("NEW", terms), Refers(terms, "t", "NEW"));
}

// This table was written, with a value. A trigger of the other table may leave
// it with another one.
std::string Give(const MotionTerms& terms) {
  return "UPDATE " + Other(terms) + " AS s SET " +
         Ident(LookupOf(terms).value.physical()) + " = " + terms.New("NEW") +
         " WHERE " + Refers(terms, "NEW", "s") + " AND " +
         ValuesDiffer(There("s", terms), terms.New("NEW")) + "; " +
         Push(terms, " FROM " + Other(terms) + " s", There("s", terms),
              Refers(terms, "NEW", "s") + " AND " + Refers(terms, "t", "s"));
}

// A row of this table that is inserted while its row of the other one is
// changed sees nothing of the change, and is not seen by it. Each therefore
// looks again when its transaction commits. The lock lets one commit after the
// other; it is held for as long as a commit takes. Those that insert do not
// wait for each other. A change waits for rows that others hold before it
// takes the lock, which they may come to.
std::string TakeAgain(const MotionTerms& terms) {
  const std::string push =
      Push(terms, " FROM " + Other(terms) + " s", There("s", terms),
           IsRow(terms) + " AND " + Refers(terms, "t", "s"));
  return push + CommitLock(terms, false) + push;
}

// Where the foreign key is deferred, the row of the other table may have come
// after this one, which may have got a value by then.
std::string LookAgain(const MotionTerms& terms) {
  std::vector<std::string> same;
  for (const schema::Column& key : terms.motion().key) {
    same.push_back(SameKey(key, "t"));
  }
  const std::string row = base::Join(same, " AND ") + " AND " +
                          Refers(terms, "NEW", "s") + " AND " +
                          Refers(terms, "t", "s") + " AND ";
  const std::string given =
      terms.Provenance("t") + " = 2 AND " + terms.New("t") + " IS NOT NULL";
  const std::string value = Ident(LookupOf(terms).value.physical());
  return "IF pg_catalog.current_setting(" + Literal(MovedSetting(terms)) +
         ", true) = 'on' THEN " + CommitLock(terms, false) + "ELSE " +
         CommitLock(terms, true) + "END IF; UPDATE " + Other(terms) +
         " AS s SET " + value + " = " + terms.New("t") + " FROM " +
         Here(terms) + " t WHERE " + row + given + " AND " +
         ValuesDiffer(There("s", terms), terms.New("t")) + "; " +
         Push(terms, " FROM " + Other(terms) + " s", There("s", terms),
              row + "NOT (" + given + ")");
}

// From the seal on, each row has a value of its own, and the one that was
// written last is what the other table has if the contract is undone. What it
// refused as NULL must not keep out a write.
std::string Keep(const MotionTerms& terms) {
  const schema::Column& value = LookupOf(terms).value;
  return "UPDATE " + Other(terms) + " AS s SET " + Ident(value.physical()) +
         " = " + terms.New("NEW") + " WHERE " + Refers(terms, "NEW", "s") +
         (value.nullable ? "" : " AND " + terms.New("NEW") + " IS NOT NULL") +
         " AND " + ValuesDiffer(There("s", terms), terms.New("NEW")) + "; ";
}

bool IsSealed(const MotionTerms& terms) {
  return terms.form() == plan::SyncForm::kSealed;
}

struct CarryTrigger {
  bool here;
  std::string name;
  std::string event;
  std::string when;
  std::string function;
  bool at_commit;
};

std::vector<CarryTrigger> CarryTriggers(const MotionTerms& terms) {
  const std::string refers = Own("NEW", terms) + " IS NOT NULL";
  const std::string given =
      terms.Provenance("NEW") + " = 2 AND " + refers + " AND ";
  if (IsSealed(terms)) {
    return {{true, terms.GiveTrigger("i"), "INSERT", refers,
             terms.GiveFunction(), false},
            {true, terms.GiveTrigger("u"), "UPDATE",
             refers + " AND (" + terms.NewSideChanged() + " OR " +
                 Changed(LookupOf(terms).own) + ")",
             terms.GiveFunction(), false}};
  }
  const std::string moved =
      Changed(LookupOf(terms).value) + " OR " + Changed(LookupOf(terms).key);
  return {
      {true, terms.GiveTrigger("i"), "INSERT",
       given + terms.New("NEW") + " IS NOT NULL", terms.GiveFunction(), false},
      {true, terms.GiveTrigger("u"), "UPDATE", given + terms.NewSideChanged(),
       terms.GiveFunction(), false},
      {true, terms.AgainTrigger("i"), "INSERT", refers, terms.LookFunction(),
       true},
      {true, terms.AgainTrigger("u"), "UPDATE",
       refers + " AND " + Changed(LookupOf(terms).own), terms.LookFunction(),
       true},
      {false, terms.TakeTrigger("i"), "INSERT", "", terms.TakeFunction(),
       false},
      {false, terms.TakeTrigger("u"), "UPDATE", moved, terms.TakeFunction(),
       false},
      {false, terms.AgainTrigger("u"), "UPDATE", moved,
       terms.TakeAgainFunction(), true}};
}

std::vector<std::string> Names(const MotionTerms& terms, bool here) {
  std::vector<std::string> names;
  for (const CarryTrigger& trigger : CarryTriggers(terms)) {
    if (trigger.here == here) names.push_back(trigger.name);
  }
  return names;
}

// A row without the value is refused once the contract is done.
std::string CountInsert(const MotionTerms& terms) {
  const std::string count = CountWriteToFail(terms);
  if (count.empty()) return "";
  return "IF TG_OP = 'INSERT' THEN " + count + "END IF; ";
}

}  // namespace

// A write without the value gets that of the other table. It keeps its own
// where it refers to nothing: there is nobody to whom it could be lost.
std::string LookupBody(const MotionTerms& terms) {
  const std::string d = terms.Provenance("NEW");
  if (IsSealed(terms)) return RefuseNewNull(terms) + d + " := 2; ";
  return "IF TG_OP = 'UPDATE' AND " + d + " = " + kCarried + " THEN " + d +
         " := 1; RETURN NEW; END IF; IF (TG_OP = 'INSERT' AND " +
         terms.New("NEW") + " IS NOT NULL) OR (TG_OP = 'UPDATE' AND (" +
         terms.NewSideChanged() + ")) THEN " + RefuseNewNull(terms) + d +
         " := 2; ELSE DECLARE there " + terms.new_column().type + "; BEGIN " +
         CountInsert(terms) + "SELECT " + There("s", terms) +
         " INTO there FROM " + Other(terms) + " s WHERE " +
         Refers(terms, "NEW", "s") + "; IF FOUND THEN " + terms.New("NEW") +
         " := there; " + d + " := 1; ELSE " + d +
         " := 2; END IF; END; END IF; ";
}

// A volatile function looks with a snapshot of its own: an UPDATE that has
// waited for a writer of its row evaluates it again, and must see what that
// writer has carried over. PL/pgSQL keeps its plan for the session.
std::vector<std::string> LookupFunctions(const MotionTerms& terms) {
  const std::string type = terms.new_column().type;
  const std::string head = "CREATE OR REPLACE FUNCTION ";
  if (IsSealed(terms)) {
    return {head + terms.GiveFunction() + "()" + TriggerBody(Keep(terms))};
  }
  return {
      head + terms.UpFunction() + "(" + LookupOf(terms).own.type +
          ") RETURNS " + type + " LANGUAGE plpgsql VOLATILE AS " +
          DollarQuoted("DECLARE there " + type + "; BEGIN SELECT " +
                       There("s", terms) + " INTO there FROM " + Other(terms) +
                       " s WHERE " + Refers(terms, "$1", Key("s", terms)) +
                       "; RETURN there; END"),
      head + terms.GiveFunction() + "()" + TriggerBody(Give(terms)),
      head + terms.TakeFunction() + "()" + TriggerBody(Take(terms)),
      head + terms.LookFunction() + "()" + TriggerBody(LookAgain(terms)),
      head + terms.TakeAgainFunction() + "()" + TriggerBody(TakeAgain(terms))};
}

std::vector<std::string> LookupFunctionNames(const MotionTerms& terms) {
  if (IsSealed(terms)) return {terms.GiveFunction()};
  return {terms.UpFunction(), terms.GiveFunction(), terms.TakeFunction(),
          terms.LookFunction(), terms.TakeAgainFunction()};
}

std::vector<std::string> CarryTriggersHere(const MotionTerms& terms) {
  return Names(terms, true);
}

std::vector<std::string> CarryTriggersThere(const MotionTerms& terms) {
  return Names(terms, false);
}

std::vector<std::string> CreateCarryTriggers(const MotionTerms& terms) {
  std::vector<std::string> sql;
  for (const CarryTrigger& trigger : CarryTriggers(terms)) {
    sql.push_back(std::string("CREATE ") +
                  (trigger.at_commit ? "CONSTRAINT " : "") + "TRIGGER " +
                  Ident(trigger.name) + " AFTER " + trigger.event + " ON " +
                  (trigger.here ? Here(terms) : Other(terms)) +
                  (trigger.at_commit ? " DEFERRABLE INITIALLY DEFERRED" : "") +
                  " FOR EACH ROW" +
                  (trigger.when.empty() ? "" : " WHEN (" + trigger.when + ")") +
                  " EXECUTE FUNCTION " + trigger.function + "()");
  }
  return sql;
}

std::string LockBothTables(const MotionTerms& terms) {
  const std::string mode = " IN SHARE ROW EXCLUSIVE MODE";
  LocksInTurn locks;
  locks.statements = "ARRAY[" + Literal("LOCK TABLE " + Other(terms) + mode) +
                     ", " + Literal("LOCK TABLE " + Here(terms) + mode) + "]";
  locks.before_deadlock = true;
  return LockInTurnSql(locks);
}

std::vector<std::string> DropCarryTriggers(const MotionTerms& terms) {
  std::vector<std::string> sql;
  for (const CarryTrigger& trigger : CarryTriggers(terms)) {
    sql.push_back("DROP TRIGGER IF EXISTS " + Ident(trigger.name) + " ON " +
                  (trigger.here ? Here(terms) : Other(terms)));
  }
  return sql;
}

std::string DiffersFromLookup(const MotionTerms& terms,
                              const std::string& row) {
  return "EXISTS (SELECT FROM " + Other(terms) + " s WHERE " +
         Refers(terms, Own(row, terms), Key("s", terms)) + " AND " +
         ValuesDiffer(terms.New(row), There("s", terms)) + ")";
}

}  // namespace segue::postgres
