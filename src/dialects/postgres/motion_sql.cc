// The statements that fill, verify and settle ranges of keys.
#include <optional>

#include "base/text.h"
#include "dialects/postgres/lookup_triggers.h"
#include "dialects/postgres/marking.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/row_range.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/table_motion.h"
#include "plan/names.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr const char* kRow = "t";

std::string From(const MotionTerms& terms) {
  return Name(terms.motion().table) + " AS " + kRow;
}

// Where rows on which `up` fails are marked, the trigger also marks a row whose
// value is NULL and whose column takes no NULL.
std::string Filled(const MotionTerms& terms) {
  if (!terms.MarksUp() || !terms.motion().new_not_null) return "1";
  return "CASE WHEN " + terms.Up(kRow) + " IS NULL THEN 4 ELSE 1 END";
}

// The value is the function's and has no cast, because a value that is too long
// must be an error.
std::string FillSql(const MotionTerms& terms) {
  if (terms.motion().new_was_there) {
    const std::string absent = terms.New(kRow) + " IS NULL";
    return "UPDATE " + From(terms) + " SET " +
           Ident(terms.new_column().physical()) + " = CASE WHEN " + absent +
           " THEN " + terms.Up(kRow) + " ELSE " + terms.New(kRow) + " END, " +
           Ident(terms.motion().provenance) + " = CASE WHEN " + absent +
           " THEN " + Filled(terms) + " ELSE 3 END";
  }
  return "UPDATE " + From(terms) + " SET " +
         Ident(terms.new_column().physical()) + " = " + terms.Up(kRow) + ", " +
         Ident(terms.motion().provenance) + " = " + Filled(terms);
}

// Asks the trigger to fill each row, because the trigger can continue after an
// error.
std::string FillMarkingSql(const MotionTerms& terms) {
  return "UPDATE " + From(terms) + " SET " + Ident(terms.motion().provenance) +
         " = 4";
}

std::string NotFilled(const MotionTerms& terms) {
  if (terms.motion().only_null) return terms.New(kRow) + " IS NULL";
  return terms.Provenance(kRow) + " = 0";
}

// The rows of a page belong to different shares by their place on the page.
// Each share thus leaves room on every page for the new versions of the next
// share, which stay on their page and need no new index entries. This was
// measured on 1,000,000 rows of 208 bytes without a VACUUM: a raw UPDATE
// doubles the table, 2 shares make it 1.6 times as large, 4 shares 1.4 times in
// the same time, and 8 shares 1.25 times in a fifth more time.
constexpr int kShares = 4;

// hashtid exists since version 14 and saves a conversion to text.
std::string PlaceHash(const schema::Schema& schema) {
  const std::string ctid = std::string(kRow) + ".ctid";
  if (MajorVersion(schema.server_version) < 14) {
    return "pg_catalog.hashtext(" + ctid + "::text)";
  }
  return "pg_catalog.hashtid(" + ctid + ")";
}

RangeSql FillShareSql(const std::string& head, const std::string& not_filled,
                      const RowRange& range, const schema::Schema& schema) {
  return range.OverWith(head, [&](const std::string& share) {
    return not_filled + " AND " + PlaceHash(schema) + " & " +
           std::to_string(kShares - 1) + " = " + share + "::integer";
  });
}

// A volatile expression gives each value once, so it cannot be asked again.
bool DerivesOld(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  return terms.has_old() && !motion.down.empty() && !motion.down.is_volatile;
}

// True for a row whose column differs from what the side that wrote last
// derives.
std::string IsWrong(const MotionTerms& terms, int wrote,
                    const schema::Column& column, const std::string& stored,
                    const std::string& derived) {
  return "(" + terms.Provenance(kRow) + " = " + std::to_string(wrote) +
         " AND " +
         Differs(stored, Cast(derived, column), column.type, column.collation) +
         ")";
}

std::string NewIsWrong(const MotionTerms& terms) {
  return IsWrong(terms, plan::kOldWrote, terms.new_column(), terms.New(kRow),
                 terms.Up(kRow));
}

std::string OldIsWrong(const MotionTerms& terms) {
  return IsWrong(terms, plan::kNewWrote, terms.old_column(), terms.Old(kRow),
                 terms.Down(kRow));
}

// The provenance is a column as any other, so a client can give it a value that
// says nothing. Only a motion that marks rows has marked ones.
std::string IsTold(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  const std::string d = terms.Provenance(kRow);
  const std::string told =
      d + " BETWEEN " + std::to_string(plan::kOldWrote) + " AND " +
      std::to_string(motion.marks ? plan::kDownFailed : plan::kBothGiven);
  if (motion.marks || !motion.undoable) return told;
  return told + " OR " + d + " = " + std::to_string(plan::kDownFailed);
}

// True for a row that breaks one of the rules of its provenance.
std::string Disagrees(const MotionTerms& terms, bool derives_old) {
  const plan::ColumnMotion& motion = terms.motion();
  std::string sql = "(" + IsTold(terms) + ") IS NOT TRUE";
  if (motion.lookup) {
    // Each row has a value of its own from the seal on.
    if (terms.form() == plan::SyncForm::kSealed) return sql;
    return "(" + sql + " OR " + DiffersFromLookup(terms, kRow) + ")";
  }
  if (!motion.up.empty() && !motion.up.is_volatile) {
    sql += " OR " + NewIsWrong(terms);
  }
  if (derives_old) sql += " OR " + OldIsWrong(terms);
  return "(" + sql + ")";
}

// An UPDATE may not set an identity column that is always generated; only a
// trigger can.
bool WritesOld(const MotionTerms& terms) {
  return DerivesOld(terms) &&
         terms.old_column().identity != schema::Identity::kAlways;
}

// One statement repairs all three directions, so that a range is walked once.
// The side that is not derived keeps its value. Rows with provenance 3 are not
// repaired.
RangeSql RepairSql(const MotionTerms& terms, const RowRange& range) {
  if (terms.motion().lookup) {
    return range.Over(FillSql(terms), Disagrees(terms, false));
  }
  const std::string d = terms.Provenance(kRow);
  const std::string fresh = terms.New(kRow);
  // Like the fill, the repair keeps a value that was there before the motion,
  // and records that both sides were given.
  const bool was_there = terms.motion().new_was_there;
  const std::string given = "(" + d + " = 0 AND " + fresh + " IS NOT NULL)";
  // The trigger fills the rows that are not filled, because it can continue
  // after an error.
  const bool asks_trigger = terms.MarksUp();
  std::string sql = "UPDATE " + From(terms) + " SET " +
                    Ident(terms.new_column().physical()) + " = CASE WHEN " + d +
                    " = 2" + (was_there ? " OR " + given : "") +
                    (asks_trigger ? " OR " + d + " = 0" : "") + " THEN " +
                    fresh + " ELSE " + terms.Up(kRow) + " END";
  if (WritesOld(terms)) {
    sql += ", " + Ident(terms.old_column().physical()) + " = CASE WHEN " + d +
           " = 2 THEN " + terms.Down(kRow) + " ELSE " + terms.Old(kRow) +
           " END";
  }
  sql += ", " + Ident(terms.motion().provenance) + " = CASE WHEN " +
         IsTold(terms) + " THEN " + d +
         (was_there ? " WHEN " + given + " THEN 3" : "") +
         (asks_trigger ? " WHEN " + d + " = 0 THEN 4 ELSE 0" : " ELSE 1") +
         " END";
  return range.Over(sql, Disagrees(terms, WritesOld(terms)));
}

// Returns the keys of the rows for which `condition` holds.
RangeSql Keys(const MotionTerms& terms, const RowRange& range,
              const std::string& condition) {
  return range.Over("SELECT " + range.KeyAsText() + " FROM " + From(terms),
                    condition, " LIMIT 100");
}

// The trial uses the expression itself, because its function does not exist
// before the migration has begun.
std::string BareUp(const plan::Expression& up) {
  return BoundSql(up.sql, up.bindings, kRow);
}

bool HasColumns(const plan::ColumnMotion& motion,
                const schema::Schema& schema) {
  const schema::Table* table = schema.FindTable(motion.table.name);
  if (table == nullptr) return false;
  for (const plan::Binding& binding : motion.up.bindings) {
    if (table->FindColumn(binding.column) == nullptr) return false;
  }
  return true;
}

// The expression is tried before anything is changed. It cannot be tried when
// it reads a column that the same migration has yet to add.
std::optional<TrialSql> UpTrial(const MotionTerms& terms, const RowRange& range,
                                const schema::Schema& schema) {
  const plan::ColumnMotion& motion = terms.motion();
  if (!terms.UpNeedsFunction() && !motion.new_not_null) return std::nullopt;
  if (motion.up.is_volatile || !HasColumns(motion, schema)) return std::nullopt;
  const std::string value = Cast(BareUp(motion.up), terms.new_column());
  const std::string fails = motion.new_not_null
                                ? value + " IS NULL"
                                // This evaluates the expression for every row
                                // and is never true.
                                : "pg_catalog.num_nonnulls(" + value + ") < 0";
  return TrialSql{range.Walk(Keys(terms, range, fails), false), ""};
}

RangeSql MarkedSql(const MotionTerms& terms, const RowRange& range) {
  return range.Over("SELECT " + range.KeyAsText() + ", " +
                        ErrorOf(terms, kRow) + " FROM " + From(terms),
                    IsMarked(terms, kRow), " LIMIT 100");
}

bool Settles(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  return motion.keeps_old_column && terms.has_old() && !motion.down.empty();
}

RangeSql SettleSql(const MotionTerms& terms, const RowRange& range) {
  const plan::ColumnMotion& motion = terms.motion();
  const schema::Column& column = terms.old_column();
  return range.Over("UPDATE " + From(terms) + " SET " +
                        Ident(column.physical()) + " = " + terms.Down(kRow) +
                        ", " + Ident(motion.provenance) + " = 2",
                    terms.Provenance(kRow) + " = 3 AND " +
                        Differs(terms.Old(kRow), Cast(terms.Down(kRow), column),
                                column.type, column.collation));
}

// A value that equals what the other side derives is a copy, with which nothing
// is lost. The rows of which an application gave both sides (3) stay as they
// are.
RangeSql RetreatSql(const MotionTerms& terms, const RowRange& range) {
  return range.Over("UPDATE " + From(terms) + " SET " +
                        Ident(terms.new_column().physical()) + " = NULL, " +
                        Ident(terms.motion().provenance) + " = 0",
                    terms.Provenance(kRow) + " IN (1, 2)");
}

// The fill goes from page to page where it can: it needs no index, reads each
// page once a share, and counts no rows to find the end of a chunk. A row that
// moves to a page behind the position was written, so the trigger has filled
// it. A verification goes by the key, which rows keep unless a client changes
// it, so it sees every row that moved.
RowRange FillRange(const plan::ColumnMotion& motion, const RowRange& by_key,
                   const schema::Schema& schema) {
  if (by_key.partitioned() || !ScansPositions(schema)) return by_key;
  return {motion.table, {}, schema, kRow};
}

// Sets the same columns of the same rows, each once; see RenderMotions.
std::string SharedSet(const MotionTerms& terms) {
  const std::string fresh = Ident(terms.new_column().physical());
  const std::string d = Ident(terms.motion().provenance);
  return fresh + " = CASE WHEN " + NotFilled(terms) + " THEN " +
         terms.Up(kRow) + " ELSE " + terms.New(kRow) + " END, " + d +
         " = CASE WHEN " + NotFilled(terms) + " THEN " + Filled(terms) +
         " ELSE " + terms.Provenance(kRow) + " END";
}

WalkSql FillWalk(const std::string& head, const std::string& not_filled,
                 const RowRange& range, const schema::Schema& schema) {
  WalkSql walk = range.Walk(range.Over(head, not_filled), true);
  walk.share = FillShareSql(head, not_filled, range, schema);
  walk.shares = kShares;
  return walk;
}

// The statistics are updated for the new columns only. The others have not
// changed, and analysing a wide table takes longer.
void FinishFill(const plan::ColumnMotion& motion,
                const std::vector<std::string>& columns,
                const std::string& not_filled, MotionSql& sql) {
  const std::string table = Name(motion.table);
  sql.table = motion.table.name;
  sql.count_left =
      "SELECT count(*) FROM " + table + " AS " + kRow + " WHERE " + not_filled;
  sql.reclaim = "VACUUM (SKIP_LOCKED, TRUNCATE false) " + table;
  sql.after_fill = "ANALYZE " + table + " (" + base::Join(columns, ", ") + ")";
}

// A row that the motion has filled has NULL again, unless somebody has written
// its column since.
RangeSql GiveNullBack(const MotionTerms& terms, const RowRange& range) {
  return range.Over("UPDATE " + From(terms) + " SET " +
                        Ident(terms.new_column().physical()) + " = NULL, " +
                        Ident(terms.motion().provenance) + " = 0",
                    terms.Provenance(kRow) + " = 1");
}

// Only a NULL and a provenance that says nothing are wrong: the value of a row
// that was filled is not derived again.
RangeSql RepairNullSql(const MotionTerms& terms, const RowRange& range,
                       const std::string& wrong) {
  const std::string d = terms.Provenance(kRow);
  const std::string null = NotFilled(terms);
  return range.Over(
      "UPDATE " + From(terms) + " SET " + Ident(terms.new_column().physical()) +
          " = CASE WHEN " + null + " THEN " + terms.Up(kRow) + " ELSE " +
          terms.New(kRow) + " END, " + Ident(terms.motion().provenance) +
          " = CASE WHEN " + null + " THEN 1 ELSE 0 END",
      wrong);
}

// `up` is tried on the rows that have NULL, and on no others.
TrialSql NullTrial(const MotionTerms& terms, const RowRange& range) {
  const std::string value = Cast(BareUp(terms.motion().up), terms.new_column());
  return {range.Walk(Keys(terms, range,
                          "CASE WHEN " + NotFilled(terms) + " THEN " + value +
                              " IS NULL ELSE false END"),
                     false),
          ""};
}

// See plan::ColumnMotion::only_null.
MotionSql NullMotionSql(const MotionTerms& terms, const RowRange& range,
                        const schema::Schema& schema) {
  const plan::ColumnMotion& motion = terms.motion();
  const std::string null = NotFilled(terms);
  MotionSql sql;
  sql.name = motion.name;
  FinishFill(motion, {Ident(motion.new_column->physical())}, null, sql);
  if (motion.up.empty()) {
    sql.marked = {
        range.Walk(range.Over("SELECT " + range.KeyAsText() +
                                  ", 'it has NULL' FROM " + From(terms),
                              null, " LIMIT 100"),
                   false)};
    return sql;
  }
  const std::string wrong =
      "(" + null + " OR " + terms.Provenance(kRow) + " NOT IN (0, 1))";
  sql.fill =
      FillWalk(FillSql(terms), null, FillRange(motion, range, schema), schema);
  sql.verify = {range.Walk(Keys(terms, range, wrong), false)};
  sql.repair = range.Walk(RepairNullSql(terms, range, wrong), true);
  sql.retreat = range.Walk(GiveNullBack(terms, range), true);
  if (!motion.up.is_volatile && HasColumns(motion, schema)) {
    sql.trial = NullTrial(terms, range);
  }
  return sql;
}

// The walks once the columns have exchanged their names. A row on which `down`
// fails, and one that differs from others that refer to the same row, is told.
void AddSealedWalks(const plan::ColumnMotion& motion,
                    const RenderContext& context, MotionSql& sql) {
  if (!motion.undoable) return;
  const plan::ColumnMotion sealed = plan::Sealed(motion);
  const MotionTerms terms(sealed, plan::SyncForm::kSealed);
  const RowRange range(sealed.table, sealed.key, context.schema, kRow);
  sql.verify_sealed = {range.Walk(
      Keys(terms, range, Disagrees(terms, DerivesOld(terms))), false)};
  sql.marked_sealed = {range.Walk(
      motion.lookup ? Keys(terms, range, DiffersFromLookup(terms, kRow))
                    : MarkedSql(terms, range),
      false)};
}

MotionSql MakeMotionSql(const plan::ColumnMotion& motion,
                        const RenderContext& context) {
  if (!motion.new_column) {
    throw Error(ErrorKind::kInternal,
                "motion '" + motion.name + "' has nothing to fill");
  }
  const MotionTerms terms(motion);
  const RowRange range(motion.table, motion.key, context.schema, kRow);
  if (motion.only_null) return NullMotionSql(terms, range, context.schema);
  const RowRange fill = FillRange(motion, range, context.schema);
  const auto writing = [&](RangeSql sql) {
    return range.Walk(std::move(sql), true);
  };
  const auto finding = [&](const std::string& condition) {
    return range.Walk(Keys(terms, range, condition), false);
  };
  MotionSql sql;
  sql.name = motion.name;
  sql.fill = FillWalk(FillSql(terms), NotFilled(terms), fill, context.schema);
  if (terms.MarksUp()) {
    sql.fill->when_refused = fill.Over(FillMarkingSql(terms), NotFilled(terms));
  }
  sql.verify = {finding(Disagrees(terms, DerivesOld(terms)))};
  sql.repair = writing(RepairSql(terms, range));
  sql.both_given = {finding(terms.Provenance(kRow) + " = 3")};
  if (motion.marks) sql.marked = {range.Walk(MarkedSql(terms, range), false)};
  AddSealedWalks(motion, context, sql);
  if (Settles(terms)) sql.settle = writing(SettleSql(terms, range));
  if (motion.new_was_there) sql.retreat = writing(RetreatSql(terms, range));
  sql.trial = UpTrial(terms, range, context.schema);
  FinishFill(motion, {Ident(motion.new_column->physical())}, NotFilled(terms),
             sql);
  return sql;
}

// One UPDATE sets the columns of all motions. A row that one motion has already
// filled keeps that motion's value.
MotionSql SharedFill(const std::vector<plan::MotionId>& ids,
                     const RenderContext& context) {
  std::vector<std::string> sets, columns, not_filled;
  for (const plan::MotionId& id : ids) {
    const MotionTerms terms(context.motions.Column(id));
    sets.push_back(SharedSet(terms));
    columns.push_back(Ident(terms.new_column().physical()));
    not_filled.push_back(NotFilled(terms));
  }
  const plan::ColumnMotion& first = context.motions.Column(ids[0]);
  const RowRange range(first.table, first.key, context.schema, kRow);
  const std::string head = "UPDATE " + Name(first.table) + " AS " + kRow +
                           " SET " + base::Join(sets, ", ");
  const std::string any = "(" + base::Join(not_filled, " OR ") + ")";
  MotionSql sql;
  sql.name = plan::FillId(ids);
  sql.parts = ids;
  sql.fill = FillWalk(head, any, FillRange(first, range, context.schema),
                      context.schema);
  FinishFill(first, columns, any, sql);
  return sql;
}

PlannedAction Planned(ActionKind kind, const std::string& motion) {
  PlannedAction planned;
  planned.kind = kind;
  planned.motion = motion;
  return planned;
}

std::string Quoted(const schema::Column& column) {
  return "'" + column.physical() + "'";
}

}  // namespace

MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                        const RenderContext& context) {
  if (motions.size() > 1) return SharedFill(motions, context);
  if (const plan::TableMotion* copy = context.motions.Copy(motions.at(0))) {
    return CopySql(*copy, context);
  }
  return MakeMotionSql(context.motions.Column(motions.at(0)), context);
}

PlannedAction RenderOne(const plan::Backfill& action,
                        const RenderContext& context) {
  if (const plan::TableMotion* copy =
          context.motions.Copy(action.motions.at(0))) {
    return FillCopy(*copy);
  }
  std::vector<std::string> columns;
  for (const plan::MotionId& id : action.motions) {
    columns.push_back(Quoted(*context.motions.Column(id).new_column));
  }
  PlannedAction planned =
      Planned(ActionKind::kBackfill, plan::FillId(action.motions));
  planned.description =
      "Fill " + base::Join(columns, ", ") + " of '" +
      context.motions.Column(action.motions.at(0)).table.name +
      "' in the rows there are";
  return planned;
}

PlannedAction RenderOne(const plan::Verify& action,
                        const RenderContext& context) {
  if (const plan::TableMotion* copy = context.motions.Copy(action.motion)) {
    return VerifyCopy(*copy, action.only_marked);
  }
  const plan::ColumnMotion& motion = context.motions.Column(action.motion);
  if (action.only_marked) {
    PlannedAction planned = Planned(ActionKind::kVerifyUnmarked, action.motion);
    planned.description =
        "Verify that no row of '" + motion.table.name + "' is marked";
    return planned;
  }
  PlannedAction planned = Planned(ActionKind::kVerify, action.motion);
  planned.description = "Verify " + Quoted(*motion.new_column) + " of '" +
                        motion.table.name + "' row by row";
  return planned;
}

PlannedAction RenderOne(const plan::Settle& action,
                        const RenderContext& context) {
  const plan::ColumnMotion& motion = context.motions.Column(action.motion);
  PlannedAction planned = Planned(ActionKind::kSettle, action.motion);
  planned.description = "Settle rows of '" + motion.table.name +
                        "' where both " + Quoted(*motion.new_column) +
                        " and the old column were given";
  return planned;
}

}  // namespace segue::postgres
