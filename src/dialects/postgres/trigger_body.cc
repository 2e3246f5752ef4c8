// The body of the trigger function, in which the column that changed decides.
// It has no SET clause, so it sees the writer's own search_path.
#include "base/text.h"
#include "dialects/postgres/lookup_triggers.h"
#include "dialects/postgres/marking.h"
#include "dialects/postgres/null_trigger.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/write_counters.h"
#include "plan/names.h"

namespace segue::postgres {
namespace {

std::string Set(const std::string& field, const std::string& value) {
  return field + " := " + value + "; ";
}

// A rename keeps the old column, whose NOT NULL others may drop meanwhile. Only
// a NULL pays for the look into the catalogue.
std::string WhileOldRefusesNull(const MotionTerms& terms) {
  if (!terms.motion().keeps_old_column) return "";
  return " AND (SELECT a.attnotnull FROM pg_catalog.pg_attribute a WHERE "
         "a.attrelid = TG_RELID AND a.attname = " +
         Literal(terms.old_column().physical()) + ")";
}

std::string SetProvenance(const MotionTerms& terms, int value) {
  return Set(terms.Provenance("NEW"), std::to_string(value));
}

// A NULL in a new column that takes no NULL counts as an error.
std::string RaiseNull(const MotionTerms& terms) {
  if (!terms.motion().new_not_null) return "";
  return "IF " + terms.New("NEW") +
         " IS NULL THEN RAISE not_null_violation USING MESSAGE = 'it gives "
         "NULL, which the column refuses'; END IF; ";
}

// `null_fails` is described at RaiseNull; it is false where a default replaces
// NULL.
std::string FromOld(const MotionTerms& terms, bool null_fails = true) {
  std::string sql;
  if (!terms.motion().up.empty()) sql = Set(terms.New("NEW"), terms.Up("NEW"));
  const std::string filled = SetProvenance(terms, plan::kOldWrote);
  if (!terms.MarksUp()) return sql + filled;
  if (null_fails) sql += RaiseNull(terms);
  return Guarded(
      terms, sql + filled, "up",
      Set(terms.New("NEW"), "NULL") + SetProvenance(terms, plan::kUpFailed));
}

std::string FromNew(const MotionTerms& terms) {
  std::string sql;
  if (terms.has_old() && !terms.motion().down.empty()) {
    sql = Set(terms.Old("NEW"), terms.Down("NEW"));
  }
  sql += SetProvenance(terms, plan::kNewWrote);
  if (!terms.MarksDown()) return RefuseNewNull(terms) + sql;
  return RefuseNewNull(terms) +
         Guarded(terms, sql, "down",
                 Set(terms.Old("NEW"), "NULL") +
                     SetProvenance(terms, plan::kDownFailed));
}

// When both sides are given, both values are kept until the contract is near.
// Where nothing is written back, the new side alone counts.
std::string FromBoth(const MotionTerms& terms) {
  if (terms.form() == plan::SyncForm::kSettling || !terms.has_old() ||
      terms.motion().new_decides) {
    return FromNew(terms);
  }
  return RefuseNewNull(terms) + SetProvenance(terms, plan::kBothGiven);
}

// True when the old side was not given: it has what leaving it out puts there.
std::string OldAbsent(const MotionTerms& terms) {
  const schema::Column& column = terms.old_column();
  const bool has_default = column.LeftOut() && column.LeftOutIsConstant() &&
                           !terms.motion().old_default_moved;
  if (!has_default) return terms.Old("NEW") + " IS NULL";
  return Identical(terms.Old("NEW"), terms.OldDefaultFunction() + "()",
                   column.type, column.collation);
}

// True where no client knows the new column, which is hidden until the
// contract.
bool NewIsUnknown(const MotionTerms& terms) {
  return terms.motion().new_versions.empty() &&
         terms.new_column().physical().starts_with(plan::kOurs);
}

// True where the default itself fills the new column. It may give another value
// each time, so the column has its own value by the time the trigger runs.
bool FilledByDefault(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  return motion.new_has_default && motion.new_default == motion.up.sql;
}

// The same of the new side.
std::string NewAbsent(const MotionTerms& terms) {
  const schema::Column& column = terms.new_column();
  if (FilledByDefault(terms)) return "false";
  if (!terms.motion().new_has_default) return terms.New("NEW") + " IS NULL";
  return Identical(terms.New("NEW"), terms.NewDefaultFunction() + "()",
                   column.type, column.collation);
}

std::string ApplyOldDefault(const MotionTerms& terms) {
  if (!terms.motion().old_default_moved || !terms.old_column().LeftOut()) {
    return "";
  }
  return "IF " + terms.Old("NEW") + " IS NULL THEN " +
         Set(terms.Old("NEW"), terms.OldDefaultFunction() + "()") + "END IF; ";
}

std::string ApplyNewDefault(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  if (!motion.new_default || motion.new_has_default) return "";
  return Set(terms.New("NEW"), terms.NewDefaultFunction() + "()");
}

// In place, SET n = DEFAULT sets NULL while the new column has no default. A
// row that is not filled has NULL too. The view of a version has the default
// itself.
std::string ApplyNewDefaultOnUpdate(const MotionTerms& terms) {
  const std::string apply = ApplyNewDefault(terms);
  const plan::ColumnMotion& motion = terms.motion();
  if (apply.empty() || !motion.new_not_null || !motion.new_versions.empty()) {
    return "";
  }
  return "IF " + terms.New("NEW") + " IS NULL AND " + terms.New("OLD") +
         " IS NOT NULL" + WhileOldRefusesNull(terms) + " THEN " + apply +
         "END IF; ";
}

// A row that gives neither side may be from anybody.
std::string CountGivenOld(const MotionTerms& terms) {
  const std::string count = CountOldWrite(terms);
  if (count.empty()) return "";
  const bool numbers = terms.motion().new_decides;
  const std::string other = numbers && !terms.motion().new_versions.empty()
                                ? " AND NOT " + NewWriter(terms.motion())
                                : std::string();
  return "IF NOT (" + OldAbsent(terms) + ")" + other + " THEN " + count +
         "END IF; ";
}

std::string InsertWithoutNew(const MotionTerms& terms) {
  const std::string old_way =
      CountGivenOld(terms) + ApplyOldDefault(terms) + FromOld(terms);
  if (terms.motion().new_versions.empty()) return old_way;
  return "IF " + OldAbsent(terms) + " AND " + NewWriter(terms.motion()) +
         " THEN " + ApplyNewDefault(terms) + FromNew(terms) + "ELSE " +
         old_way + "END IF; ";
}

std::string InsertTwoSided(const MotionTerms& terms) {
  if (NewIsUnknown(terms)) return InsertWithoutNew(terms);
  return "IF " + NewAbsent(terms) + " THEN " + InsertWithoutNew(terms) +
         "ELSIF " + OldAbsent(terms) + " THEN " + FromNew(terms) + "ELSE " +
         (terms.motion().new_decides ? "" : CountOldWrite(terms)) +
         FromBoth(terms) + "END IF; ";
}

// NULL stands for "left out" where the new column has no default of its own; a
// session of the new version cannot mean that if the column refuses NULL,
// because its view has then asked for a value.
std::string NewVersionGaveNoValue(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  if (motion.new_versions.empty()) return "";
  if (FilledByDefault(terms)) return "";
  if (motion.new_has_default) return NewWriter(terms.motion());
  return motion.new_not_null && !motion.new_default ? NewWriter(terms.motion())
                                                    : "";
}

std::string InsertNewOnly(const MotionTerms& terms) {
  const bool has_default = terms.motion().new_default.has_value();
  std::string fallback;
  if (has_default) {
    const std::string unmarked =
        terms.MarksUp() ? " AND " + terms.Provenance("NEW") + " = 1" : "";
    fallback = "IF " + terms.New("NEW") + " IS NULL" + unmarked + " THEN " +
               Set(terms.New("NEW"), terms.NewDefaultFunction() + "()") +
               FromNew(terms) + "END IF; ";
  }
  const std::string as_new = NewVersionGaveNoValue(terms);
  return "IF " + NewAbsent(terms) +
         (as_new.empty() ? "" : " AND NOT " + as_new) + " THEN " +
         CountWriteToFail(terms) + FromOld(terms, !has_default) + fallback +
         "ELSE " + FromNew(terms) + "END IF; ";
}

// The application gave the new side of a row before the motion began, and the
// row is not filled yet: both sides count as given.
std::string FillTouched(const MotionTerms& terms) {
  if (!terms.motion().new_was_there) return FromOld(terms);
  return "IF " + terms.New("NEW") + " IS NULL THEN " + FromOld(terms) +
         "ELSE " + SetProvenance(terms, plan::kBothGiven) + "END IF; ";
}

// Columns that both versions share have changed, so the other side is derived
// again from the side that wrote last.
std::string NeitherSideChanged(const MotionTerms& terms) {
  if (!terms.has_old() || !terms.has_shared()) {
    return "ELSIF " + terms.Provenance("OLD") + " = 0 THEN " +
           FillTouched(terms) + "END IF; ";
  }
  const bool marks = terms.motion().marks || terms.motion().undoable;
  return "ELSIF " + terms.Provenance("OLD") + (marks ? " IN (2, 5)" : " = 2") +
         " THEN " + FromNew(terms) + "ELSIF " + terms.Provenance("OLD") +
         " <> 3 THEN " + FromOld(terms) + "END IF; ";
}

// The backfill has met a row that fails; see FillMarkingSql.
std::string AskedToMark(const MotionTerms& terms) {
  if (!terms.MarksUp()) return "";
  return "IF " + terms.Provenance("OLD") + " = 0 AND " +
         terms.Provenance("NEW") + " = 4 THEN " + FillTouched(terms) +
         "RETURN NEW; END IF; ";
}

// A value that an application once gave is not derived again where nothing is
// written back: the sources say nothing about it.
std::string FromChangedOld(const MotionTerms& terms) {
  if (terms.has_old()) return FromOld(terms);
  return "IF " + terms.Provenance("OLD") + " <> 2 THEN " + FromOld(terms) +
         "END IF; ";
}

std::string Update(const MotionTerms& terms) {
  const std::string filled_by_backfill =
      terms.Provenance("OLD") + " = 0 AND " + terms.Provenance("NEW") + " = 1";
  const std::string new_changed = terms.NewSideChanged();
  if (!terms.has_old_side()) {
    return ApplyNewDefaultOnUpdate(terms) + AskedToMark(terms) + "IF " +
           filled_by_backfill + " THEN " + FromOld(terms) + "ELSIF " +
           new_changed + " THEN " + FromNew(terms) + "ELSE " + FromOld(terms) +
           "END IF; ";
  }
  // SET o = DEFAULT sets NULL while the default is off.
  const std::string defaults =
      (terms.has_old() ? ApplyOldDefault(terms) : std::string()) +
      ApplyNewDefaultOnUpdate(terms);
  // The backfill keeps a value that was given before; a trigger of the user's
  // may come after it.
  const std::string kept = terms.motion().new_was_there
                               ? "IF " + terms.Provenance("OLD") + " = 0 AND " +
                                     terms.Provenance("NEW") +
                                     " = 3 THEN RETURN NEW; END IF; "
                               : std::string();
  return defaults + kept + AskedToMark(terms) + "IF " + filled_by_backfill +
         " THEN " + FromOld(terms) + "ELSIF " + terms.OldSideChanged() +
         " THEN " + CountOldWrite(terms) + "IF " + new_changed + " THEN " +
         FromBoth(terms) + "ELSE " + FromChangedOld(terms) + "END IF; ELSIF " +
         new_changed + " THEN " + FromNew(terms) + NeitherSideChanged(terms);
}

// See plan::SyncForm::kRetreating. A value that only the new side has goes to
// the old side, so that nothing is lost with the copy.
std::string Retreating(const MotionTerms& terms) {
  const std::string clear =
      Set(terms.New("NEW"), "NULL") + SetProvenance(terms, plan::kNotFilled);
  const std::string give_back =
      Set(terms.Old("NEW"), terms.Down("NEW")) + clear;
  const std::string both = SetProvenance(terms, plan::kBothGiven);
  const std::string new_changed = terms.NewSideChanged();
  return "IF TG_OP = 'INSERT' THEN IF " + terms.New("NEW") + " IS NULL THEN " +
         ApplyOldDefault(terms) + "ELSIF " + OldAbsent(terms) + " THEN " +
         give_back + "ELSE " + both + "END IF; ELSE " + ApplyOldDefault(terms) +
         "IF " + terms.OldSideChanged() + " THEN IF " + new_changed + " THEN " +
         both + "ELSE " + clear + "END IF; ELSIF " + new_changed + " THEN " +
         give_back + "END IF; END IF; ";
}

// Most updates concern neither side of a filled row, so they are tested first
// and with the cheapest test; on an INSERT, where all of OLD is NULL, the test
// is never true. Such an update may name the provenance all the same, which
// nobody but the runner sets. The backfill is no writer, but a trigger of the
// user's that changes the source during the backfill is one.
std::string UnlessConcerned(const MotionTerms& terms) {
  const std::string unfilled = terms.Provenance("OLD") + " = 0";
  std::vector<std::string> sources;
  if (terms.has_old_side()) sources.push_back(terms.OldSideChanged());
  if (terms.has_shared()) sources.push_back(terms.SharedChanged());
  std::vector<std::string> changed = sources;
  changed.push_back(terms.NewSideChanged());
  std::vector<std::string> writers = sources;
  if (terms.MarksUp()) writers.push_back(terms.Provenance("NEW") + " = 4");
  std::string backfill = ByRunner(1);
  if (!writers.empty()) {
    backfill +=
        " AND NOT (" + unfilled + " AND (" + base::Join(writers, " OR ") + "))";
  }
  return "IF NOT (" + unfilled + " OR " + base::Join(changed, " OR ") +
         ") THEN IF " + terms.Provenance("NEW") + " IS DISTINCT FROM " +
         terms.Provenance("OLD") + " AND (" + ByRunner(1) +
         ") IS NOT TRUE THEN " +
         Set(terms.Provenance("NEW"), terms.Provenance("OLD")) +
         "END IF; RETURN NEW; END IF; IF TG_OP = 'UPDATE' AND " + backfill +
         " THEN RETURN NEW; END IF; ";
}

std::string SupplyOld(const MotionTerms& terms) {
  const std::string supply = Set(terms.Old("NEW"), terms.Down("NEW"));
  if (!terms.MarksDown()) return supply;
  return Guarded(terms, supply, "down", Set(terms.Old("NEW"), "NULL"));
}

// The column that is put aside is still in its place, where an INSERT without a
// list of columns reaches it.
std::string RefuseMisplaced(const MotionTerms& terms) {
  const std::string& aside = terms.old_column().physical();
  return "IF TG_OP = 'INSERT' AND NOT (" + OldAbsent(terms) + ") AND " +
         NewAbsent(terms) + " THEN RAISE EXCEPTION USING MESSAGE = " +
         Literal("column " + Ident(aside) + " of relation " +
                 Ident(terms.motion().table.name) +
                 " is put aside and takes no value") +
         ", HINT = 'Name the columns of the INSERT.', ERRCODE = "
         "'invalid_column_reference'; END IF; ";
}

std::string Body(const MotionTerms& terms) {
  if (IsInsertOnly(terms)) return SupplyOld(terms);
  if (terms.motion().only_null) return NullTriggerBody(terms);
  if (terms.motion().lookup) return UnlessConcerned(terms) + LookupBody(terms);
  if (terms.form() == plan::SyncForm::kRetreating) {
    return UnlessConcerned(terms) + Retreating(terms);
  }
  if (terms.form() == plan::SyncForm::kSealed) {
    return UnlessConcerned(terms) + RefuseMisplaced(terms) + FromNew(terms);
  }
  const std::string insert =
      terms.has_old() ? InsertTwoSided(terms) : InsertNewOnly(terms);
  return UnlessConcerned(terms) + "IF TG_OP = 'INSERT' THEN " + insert +
         "ELSE " + Update(terms) + "END IF; ";
}

}  // namespace

// The final shape refuses the NULL, and the writer of the new side is told so
// at once, with the server's own message.
std::string RefuseNewNull(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  // With the seal the server refuses it, except where another table's column
  // is replaced, whose copy gets its NOT NULL with the drop.
  const bool refused =
      terms.form() == plan::SyncForm::kSealed && !motion.lookup;
  if (!motion.new_not_null || refused) return "";
  // A hidden column keeps the name of the old one for clients.
  const bool hidden =
      motion.new_column->physical().starts_with(plan::kOurs) && terms.has_old();
  const std::string& column =
      hidden ? motion.old_column->name : motion.new_column->physical();
  return "IF " + terms.New("NEW") + " IS NULL" + WhileOldRefusesNull(terms) +
         " THEN RAISE not_null_violation USING MESSAGE = " +
         Literal("null value in column " + Ident(column) + " of relation " +
                 Ident(motion.table.name) + " violates not-null constraint") +
         ", COLUMN = " + Literal(column) +
         ", TABLE = " + Literal(motion.table.name) +
         ", SCHEMA = " + Literal(motion.table.schema) + "; END IF; ";
}

// True in the runner's own statements. Any session can set the setting, so it
// counts only where the ledger may be written. The owner's rights in a SECURITY
// DEFINER function are not enough: the session's user has to be a member of the
// owner. What a trigger of the user's writes meanwhile is no write of the
// runner's either.
std::string ByRunner(int depth) {
  return "pg_catalog.current_setting('segue.backfill', true) = 'on' AND "
         "pg_catalog.pg_trigger_depth() = " +
         std::to_string(depth) +
         " AND pg_catalog.pg_has_role(session_user, current_user, 'MEMBER') "
         "AND pg_catalog.has_table_privilege(pg_catalog.to_regclass('"
         "segue.migration')::oid, 'UPDATE')";
}

bool IsInsertOnly(const MotionTerms& terms) { return !terms.has_new(); }

std::string TriggerFunctionSql(const MotionTerms& terms,
                               const std::string& first) {
  return "CREATE OR REPLACE FUNCTION " + terms.TriggerFunction() +
         "() RETURNS trigger LANGUAGE plpgsql AS " +
         DollarQuoted("BEGIN " + first + Body(terms) + "RETURN NEW; END");
}

}  // namespace segue::postgres
