#include "dialects/postgres/motion_terms.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

std::string Field(const std::string& row, const std::string& column) {
  return row + "." + Ident(column);
}

}  // namespace

MotionTerms::MotionTerms(const plan::ColumnMotion& motion, plan::SyncForm form)
    : MotionNames(motion.table.schema, motion.name),
      motion_(motion),
      form_(form) {
  const auto side = [](const schema::Column& column) {
    return Source{column.physical(), column.type, column.collation};
  };
  if (has_old()) {
    old_side_.push_back(side(old_column()));
  } else {
    AddSources(motion_.up, old_side_);
  }
  if (has_new()) new_side_.push_back(side(new_column()));
  if (has_old()) AddSources(motion_.up, shared_);
  if (has_old() && has_new()) AddSources(motion_.down, shared_);
}

bool MotionTerms::IsSide(const std::string& column) const {
  return (has_old() && old_column().physical() == column) ||
         (has_new() && new_column().physical() == column);
}

void MotionTerms::AddSources(const plan::Expression& expression,
                             std::vector<Source>& sources) const {
  for (const plan::Binding& binding : expression.bindings) {
    const bool known =
        IsSide(binding.column) ||
        std::any_of(sources.begin(), sources.end(), [&](const Source& one) {
          return one.column == binding.column;
        });
    // The collation of this column is unknown, so its type alone does not allow
    // any conclusion.
    if (!known) sources.push_back({binding.column, binding.type, "unknown"});
  }
}

// The dot keeps the parts apart. A schema that has one itself is told by its
// hash, so that no two schemas and motions come to the same name.
std::string NameInDatabase(const std::string& schema,
                           const std::string& motion) {
  const bool plain = schema.find('.') == std::string::npos;
  return (plain ? schema : fmt::format("{:016x}", base::Fnv1a(schema))) + "." +
         motion;
}

std::string FunctionName(const std::string& prefix, const std::string& schema,
                         const std::string& motion) {
  return "segue." +
         Ident(base::ShortName(prefix + NameInDatabase(schema, motion),
                               kMaxIdentifier));
}

MotionNames::MotionNames(const std::string& schema, std::string motion)
    : schema_(schema), motion_(std::move(motion)) {}

std::string MotionNames::Function(const char* prefix) const {
  return FunctionName(prefix, schema_, motion_);
}

std::string MotionNames::Trigger(const char* suffix) const {
  return base::ShortName("~segue_" + motion_ + suffix, kMaxIdentifier);
}

bool MotionTerms::UpNeedsFunction() const {
  return has_new() && !motion_.up.empty() && !IsCopy(motion_.up, new_column());
}

bool MotionTerms::DownNeedsFunction() const {
  return has_old() && !motion_.down.empty() &&
         !IsCopy(motion_.down, old_column());
}

// Rows are marked until the contract closes.
bool MotionTerms::MarksNow() const {
  return motion_.marks && (form_ == plan::SyncForm::kLive ||
                           form_ == plan::SyncForm::kRetreating);
}

bool MotionTerms::MarksUp() const {
  return MarksNow() && has_new() && !motion_.up.empty() &&
         (UpNeedsFunction() || motion_.new_not_null);
}

bool MotionTerms::MarksDown() const {
  if (form_ == plan::SyncForm::kSealed) {
    return motion_.undoable && DownNeedsFunction();
  }
  return MarksNow() && DownNeedsFunction() && old_column().nullable;
}

std::string MotionTerms::LogKey(const std::string& row) const {
  std::vector<std::string> columns;
  for (const schema::Column& column : motion_.key) {
    columns.push_back(Field(row, column.physical()));
  }
  return "pg_catalog.jsonb_build_array(" + base::Join(columns, ", ") +
         ")::text";
}

std::string MotionTerms::Old(const std::string& row) const {
  return Field(row, old_column().physical());
}

std::string MotionTerms::New(const std::string& row) const {
  return Field(row, new_column().physical());
}

std::string MotionTerms::Provenance(const std::string& row) const {
  return Field(row, motion_.provenance);
}

std::string MotionTerms::Up(const std::string& row) const {
  if (UpNeedsFunction()) return Call(UpFunction(), motion_.up, row);
  return Field(row, *motion_.up.PlainColumn());
}

std::string MotionTerms::Down(const std::string& row) const {
  if (DownNeedsFunction()) return Call(DownFunction(), motion_.down, row);
  return Field(row, *motion_.down.PlainColumn());
}

std::string MotionTerms::Changed(const std::vector<Source>& sources) const {
  std::vector<std::string> changes;
  for (const Source& source : sources) {
    changes.push_back(Differs(Field("NEW", source.column),
                              Field("OLD", source.column), source.type,
                              source.collation));
  }
  return changes.empty() ? "false" : base::Join(changes, " OR ");
}

bool IsCopy(const plan::Expression& expression, const schema::Column& target) {
  const auto plain = expression.PlainColumn();
  if (!plain) return false;
  for (const plan::Binding& binding : expression.bindings) {
    if (binding.column == *plain) {
      return NativeType(binding.type) == NativeType(target.type);
    }
  }
  return false;
}

std::string Bracketed(const std::string& sql) { return "(" + sql + "\n)"; }

std::string BoundSql(const std::string& sql,
                     const std::vector<plan::Binding>& bindings,
                     const std::string& row) {
  if (bindings.empty()) return Bracketed(sql);
  std::vector<std::string> columns;
  for (const plan::Binding& binding : bindings) {
    columns.push_back(Field(row, binding.column) + " AS " +
                      Ident(binding.name));
  }
  return "(SELECT " + Bracketed(sql) + " FROM (SELECT " +
         base::Join(columns, ", ") + ") AS r)";
}

std::string Call(const std::string& function,
                 const plan::Expression& expression, const std::string& row) {
  std::vector<std::string> arguments;
  for (const plan::Binding& binding : expression.bindings) {
    arguments.push_back(Field(row, binding.column));
  }
  return function + "(" + base::Join(arguments, ", ") + ")";
}

std::string NewWriter(const plan::ColumnMotion& motion) {
  return "pg_catalog.current_schema() IN (" + Literals(motion.new_versions) +
         ")";
}

std::string Cast(const std::string& value, const schema::Column& column) {
  return "(" + value + ")::" + column.type;
}

std::string Differs(const std::string& a, const std::string& b,
                    const std::string& type, const std::string& collation) {
  if (EqualMeansIdentical(type, collation)) {
    return Comparable(a, type) + " IS DISTINCT FROM " + Comparable(b, type);
  }
  return "pg_catalog.record_image_ne(ROW(" + a + "), ROW(" + b + "))";
}

std::string Identical(const std::string& a, const std::string& b,
                      const std::string& type, const std::string& collation) {
  if (EqualMeansIdentical(type, collation)) {
    return Comparable(a, type) + " IS NOT DISTINCT FROM " + Comparable(b, type);
  }
  return "pg_catalog.record_image_eq(ROW(" + a + "), ROW(" + b + "))";
}

}  // namespace segue::postgres
