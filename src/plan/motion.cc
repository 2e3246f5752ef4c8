#include "plan/motion.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "segue/error.h"

namespace segue::plan {
namespace {

// These words are values, although they look like the name of a column.
constexpr std::array<std::string_view, 15> kValues = {
    "current_catalog", "current_date",   "current_role",
    "current_schema",  "current_time",   "current_timestamp",
    "current_user",    "default",        "false",
    "localtime",       "localtimestamp", "null",
    "session_user",    "true",           "user"};

bool IsWord(std::string_view text) {
  const auto in_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$' || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  const bool digit_first = !text.empty() && text[0] >= '0' && text[0] <= '9';
  return !text.empty() && !digit_first && text[0] != '$' &&
         std::all_of(text.begin(), text.end(), in_word);
}

// Returns the text between the quotes; nullopt when `text` is not one quoted
// name.
std::optional<std::string> Unquoted(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const char open = text.front();
  const char close = open == '[' ? ']' : open;
  const bool quotes = open == '"' || open == '`' || open == '[';
  if (!quotes || text.back() != close) return std::nullopt;
  std::string name;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == close) {
      if (i + 2 >= text.size() || text[i + 1] != close) return std::nullopt;
      ++i;
    }
    name += text[i];
  }
  return name;
}

std::optional<std::string> ColumnOf(const std::vector<Binding>& bindings,
                                    std::string_view name, bool any_case) {
  for (const Binding& binding : bindings) {
    if (binding.name == name) return binding.column;
  }
  if (!any_case) return std::nullopt;
  const std::string lower = base::ToLower(name);
  for (const Binding& binding : bindings) {
    if (base::ToLower(binding.name) == lower) return binding.column;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> Expression::PlainColumn() const {
  std::string_view text = base::Trim(sql);
  // Parentheses may enclose one word; anything else inside makes it no word.
  while (text.size() > 2 && text.front() == '(' && text.back() == ')') {
    text = base::Trim(text.substr(1, text.size() - 2));
  }
  if (const auto name = Unquoted(text)) return ColumnOf(bindings, *name, false);
  if (!IsWord(text)) return std::nullopt;
  const bool is_value = std::find(kValues.begin(), kValues.end(),
                                  base::ToLower(text)) != kValues.end();
  return is_value ? std::nullopt : ColumnOf(bindings, text, true);
}

std::vector<std::string> ColumnMotion::Columns() const {
  std::vector<std::string> columns;
  const auto add = [&columns](const std::string& column) {
    const bool known =
        std::find(columns.begin(), columns.end(), column) != columns.end();
    if (!known) columns.push_back(column);
  };
  if (old_column) add(old_column->physical());
  if (new_column) add(new_column->physical());
  for (const Expression* expression : {&up, &down}) {
    for (const Binding& binding : expression->bindings) add(binding.column);
  }
  return columns;
}

const MotionId& IdOf(const Motion& motion) {
  return std::visit([](const auto& one) -> const MotionId& { return one.name; },
                    motion);
}

const schema::TableName& TableOf(const Motion& motion) {
  if (const auto* column = std::get_if<ColumnMotion>(&motion)) {
    return column->table;
  }
  return std::get<TableMotion>(motion).source.name;
}

void Motions::Add(Motion motion) {
  for (const Motion& known : all_) {
    if (IdOf(known) != IdOf(motion)) continue;
    throw Error(ErrorKind::kInternal,
                "motion '" + IdOf(motion) + "' is planned twice");
  }
  all_.push_back(std::move(motion));
}

const Motion& Motions::At(const MotionId& id) const {
  for (const Motion& motion : all_) {
    if (IdOf(motion) == id) return motion;
  }
  throw Error(ErrorKind::kInternal, "there is no motion '" + id + "'");
}

const ColumnMotion& Motions::Column(const MotionId& id) const {
  if (const auto* motion = std::get_if<ColumnMotion>(&At(id))) return *motion;
  throw Error(ErrorKind::kInternal, "motion '" + id + "' copies a table");
}

ColumnMotion& Motions::Column(const MotionId& id) {
  return const_cast<ColumnMotion&>(std::as_const(*this).Column(id));
}

const TableMotion* Motions::Copy(const MotionId& id) const {
  return std::get_if<TableMotion>(&At(id));
}

std::vector<const ColumnMotion*> Motions::Columns() const {
  std::vector<const ColumnMotion*> columns;
  for (const Motion& motion : all_) {
    if (const auto* one = std::get_if<ColumnMotion>(&motion)) {
      columns.push_back(one);
    }
  }
  return columns;
}

SyncForm ReadyForm(const ColumnMotion& motion) {
  if (motion.marks) return SyncForm::kStrict;
  return motion.narrows ? SyncForm::kNarrow : SyncForm::kLive;
}

std::optional<SyncForm> FormBefore(const ColumnMotion& motion, SyncForm form) {
  switch (form) {
    case SyncForm::kLive:
      return std::nullopt;
    case SyncForm::kNarrow:
    case SyncForm::kStrict:
      return SyncForm::kLive;
    case SyncForm::kSettling:
      return ReadyForm(motion);
    case SyncForm::kSealed:
      return std::nullopt;  // the columns have other names until then
    case SyncForm::kRetreating:
      return SyncForm::kLive;
  }
  return std::nullopt;
}

void RequireForm(const TableMotion& motion, SyncForm form) {
  const bool sealed = form == SyncForm::kSealed && !motion.put_aside.empty();
  if (form == SyncForm::kLive || sealed) return;
  throw Error(ErrorKind::kInternal,
              "the triggers of motion '" + motion.name +
                  "', which copies a table, have no such form");
}

TableMotion Sealed(TableMotion motion) {
  motion.target.name = motion.put_aside;
  motion.walk.clear();
  const std::vector<schema::Column> own = motion.source.WalkKeyColumns();
  if (own.size() < motion.key.size()) motion.unique = own;
  if (!motion.sealed_kind.empty()) motion.source.kind = motion.sealed_kind;
  for (TableMotion::Column& column : motion.columns) {
    const std::string& name = column.column.physical();
    column.value = {};
    column.value.sql = "x";
    column.value.bindings = {{"x", name, column.column.type}};
  }
  return motion;
}

ColumnMotion Sealed(ColumnMotion motion) {
  if (motion.lookup) {
    motion.lookup->value.name = motion.put_aside;
    motion.lookup->value.stored_as.clear();
    return motion;
  }
  const std::string old = motion.old_column->physical();
  const std::string fresh =
      motion.new_column ? motion.new_column->physical() : std::string();
  motion.old_column->name = motion.put_aside;
  motion.old_column->stored_as.clear();
  motion.old_default_moved = false;
  if (!motion.sealed_key.empty()) motion.key = motion.sealed_key;
  if (motion.undoable && motion.keeps_old_column) {
    for (schema::Column& key : motion.key) {
      if (key.physical() != old) continue;
      key = *motion.new_column;
    }
  }
  // What the old shape refuses must not keep out a write of the new one.
  if (motion.undoable) motion.old_column->nullable = true;
  const bool renamed = !motion.sealed_as.empty();
  if (renamed) {
    motion.new_column->name = motion.sealed_as;
    motion.new_column->stored_as.clear();
  }
  for (Expression* expression : {&motion.up, &motion.down}) {
    for (Binding& binding : expression->bindings) {
      if (binding.column == old) {
        binding.column = motion.put_aside;
      } else if (renamed && binding.column == fresh) {
        binding.column = motion.sealed_as;
      }
    }
  }
  return motion;
}

namespace {

bool IsIn(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// True when `writer` writes a column that `reader` reads or writes.
bool Writes(const ColumnMotion& writer, const ColumnMotion& reader) {
  const std::vector<std::string> columns = reader.Columns();
  return (writer.new_column && IsIn(columns, writer.new_column->physical())) ||
         (writer.old_column && !writer.down.empty() &&
          IsIn(columns, writer.old_column->physical()));
}

}  // namespace

bool Meet(const ColumnMotion& a, const ColumnMotion& b) {
  if (a.table.name != b.table.name) return false;
  return Writes(a, b) || Writes(b, a);
}

}  // namespace segue::plan
