#include "dialects/sqlite/functions.h"

#include <sqlite3.h>

#include <exception>
#include <string>

#include "dialects/sqlite/create_table_text.h"
#include "dialects/sqlite/errors.h"
#include "dialects/sqlite/name_spelling.h"
#include "dialects/sqlite/some_keys.h"

namespace segue::sqlite {
namespace {

std::string Text(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return "";
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

// Runs an edit. No exception may pass through SQLite.
template <typename Edit>
void Answer(sqlite3_context* context, const Edit& edit) {
  try {
    const std::string text = edit();
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
  } catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
  }
}

void SetNotNull(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context,
         [&] { return WithNotNull(Text(values[0]), Text(values[1])); });
}

void DropNotNull(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context,
         [&] { return WithoutNotNull(Text(values[0]), Text(values[1])); });
}

void SetDefault(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context, [&] {
    return WithDefault(Text(values[0]), Text(values[1]), Text(values[2]));
  });
}

void DropDefault(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context,
         [&] { return WithoutDefault(Text(values[0]), Text(values[1])); });
}

void ColumnText(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context, [&] {
    return WithColumnDefinition(Text(values[0]), Text(values[1]),
                                Text(values[2]));
  });
}

void AddConstraintText(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context,
         [&] { return WithConstraint(Text(values[0]), Text(values[1])); });
}

// Removes or renames the named check or foreign key.
void DropConstraintText(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context, [&] {
    const std::string text = Text(values[0]);
    return WithoutConstraint(text, FindConstraint(text, Text(values[1])));
  });
}

void RenameConstraintText(sqlite3_context* context, int,
                          sqlite3_value** values) {
  Answer(context, [&] {
    return WithConstraintHead(Text(values[0]), Text(values[1]),
                              Text(values[2]));
  });
}

void TextBehind(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context, [&] {
    const auto place = static_cast<std::size_t>(sqlite3_value_int64(values[1]));
    return WithTextBehind(Text(values[0]), place, Text(values[2]));
  });
}

void SpellLike(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context, [&] {
    return WithSpellingOf(Text(values[0]), Text(values[1]), Text(values[2]));
  });
}

void HasConstraintText(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context, [&] {
    return HasConstraint(Text(values[0]), Text(values[1])) ? "1" : "0";
  });
}

void Keys(sqlite3_context* context, int, sqlite3_value** values) {
  Answer(context, [&] {
    return SomeKeys(sqlite3_context_db_handle(context), Text(values[0]),
                    Text(values[1]));
  });
}

void RaiseConstraint(sqlite3_context* context, int, sqlite3_value** values) {
  sqlite3_result_error(context, Text(values[0]).c_str(), -1);
  sqlite3_result_error_code(context, SQLITE_CONSTRAINT);
}

void StrictQuotes(sqlite3_context* context, int, sqlite3_value** values) {
  const int loose = sqlite3_value_int(values[0]) == 0 ? 1 : 0;
  sqlite3_db_config(sqlite3_context_db_handle(context), SQLITE_DBCONFIG_DQS_DML,
                    loose, nullptr);
  sqlite3_result_null(context);
}

struct Function {
  const char* name;
  int arguments;
  void (*call)(sqlite3_context*, int, sqlite3_value**);
};

constexpr Function kFunctions[] = {
    {"segue_set_not_null", 2, &SetNotNull},
    {"segue_drop_not_null", 2, &DropNotNull},
    {"segue_set_default", 3, &SetDefault},
    {"segue_drop_default", 2, &DropDefault},
    {"segue_column_text", 3, &ColumnText},
    {"segue_add_constraint", 2, &AddConstraintText},
    {"segue_drop_constraint", 2, &DropConstraintText},
    {"segue_rename_constraint", 3, &RenameConstraintText},
    {"segue_text_behind", 3, &TextBehind},
    {"segue_has_constraint", 2, &HasConstraintText},
    {"segue_spell_like", 3, &SpellLike},
    {"segue_keys", 2, &Keys},
    {"segue_fail", 1, &RaiseConstraint},
    {"segue_strict_quotes", 1, &StrictQuotes},
};

}  // namespace

void RegisterFunctions(sqlite3* database) {
  for (const Function& function : kFunctions) {
    const int code =
        sqlite3_create_function_v2(database, function.name, function.arguments,
                                   SQLITE_UTF8 | SQLITE_DIRECTONLY, nullptr,
                                   function.call, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) ThrowError(database, code, function.name);
  }
}

}  // namespace segue::sqlite
