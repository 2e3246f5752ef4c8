#include "tests/matrix/operations.h"

#include <map>

namespace segue::test {
namespace {

// Of these indexes partitions have parts, of which the server makes up names.
constexpr const char* kWithParts =
    "p.relname IN ('fresh', 'k_fresh_key') OR x.relname LIKE '%ratio_at_idx'";

// @t@ is the table, @c@ the column; the other marks are of the column, see
// Columns().
struct Pattern {
  std::string name;
  std::string operation;
  std::string plain;
  // Other columns take the place of these.
  std::vector<std::string> moves = {};
};

using Marks = std::map<std::string, std::string>;

const std::vector<Marks>& Columns() {
  static const std::vector<Marks> kColumns = {
      {{"c", "calm"},
       {"type", "varchar(90)"},
       {"after type", ""},
       {"other", "integer"},
       {"as other", "length(calm)"},
       {"from other", "repeat('c', calm)"},
       {"up", "coalesce(calm, 'w20')"},
       {"down", "'w5'"},
       {"default", "'w5'"},
       {"default in yaml", "\"'w5'\""},
       {"check", "length(calm) < 50"},
       {"up of check", "substr(calm, 1, 49)"},
       {"words", "words"},
       {"word", "word"}},
      {{"c", "worn"},
       {"type", "text"},
       // The server forgets the target of a statistics object.
       {"after type", "; ALTER STATISTICS k_stats SET STATISTICS 500"},
       {"other", "varchar(50)"},
       {"as other", "lower(worn)"},
       {"from other", "substr(worn, 1, 40)"},
       {"up", "lower(worn)"},
       {"down", "'w' || id"},
       {"default", "'w5'"},
       {"default in yaml", "\"'w5'\""},
       {"check", "length(worn) < 50"},
       {"up of check", "substr(worn, 1, 29)"},
       {"words", "words"},
       {"word", "word"}},
      {{"c", "busy"},
       {"type", "bigint"},
       {"after type", ""},
       {"other", "numeric(12,2)"},
       {"as other", "busy + 0.00"},
       {"from other", "busy::integer"},
       {"up", "coalesce(busy, id::integer)"},
       {"down", "id::integer"},
       {"default", "7"},
       {"default in yaml", "\"7\""},
       {"check", "busy < 1000"},
       {"up of check", "least(busy, 999)"},
       {"words", "numbers"},
       {"word", "number"}}};
  return kColumns;
}

// The values are the same for both ways, also those of a volatile default.
const std::vector<Pattern>& OfColumnsThatAreAdded() {
  static const std::vector<Pattern> kPatterns = {
      {"add_column plain",
       "add_column: {table: @t@, column: {name: fresh, type: text, nullable: "
       "true, comment: new}}",
       "ALTER TABLE @t@ ADD fresh text; COMMENT ON COLUMN @t@.fresh IS 'new'"},
      {"add_column default",
       "add_column: {table: @t@, column: {name: fresh, type: integer, default: "
       "'7'}}",
       "ALTER TABLE @t@ ADD fresh integer NOT NULL DEFAULT 7"},
      {"add_column volatile",
       "add_column: {table: @t@, column: {name: fresh, type: integer, default: "
       "'(random() * 0)::integer'}}",
       "ALTER TABLE @t@ ADD fresh integer NOT NULL DEFAULT (random() * "
       "0)::integer"},
      {"add_column up",
       "add_column: {table: @t@, column: {name: fresh, type: text}, up: "
       "\"'a' || worn\"}",
       "ALTER TABLE @t@ ADD fresh text; UPDATE @t@ SET fresh = 'a' || worn; "
       "ALTER TABLE @t@ ALTER fresh SET NOT NULL"},
      {"add_column constraints",
       "add_column: {table: @t@, column: {name: fresh, type: varchar(60), "
       "nullable: true, unique: true, check: {name: fresh_check, constraint: "
       "fresh <> ''}, references: {name: fresh_word, table: words, column: "
       "word, on_delete: CASCADE}}, up: worn}",
       "ALTER TABLE @t@ ADD fresh varchar(60); UPDATE @t@ SET fresh = worn; "
       "ALTER TABLE @t@ ADD CONSTRAINT @t@_fresh_key UNIQUE (fresh), ADD "
       "CONSTRAINT fresh_check CHECK (fresh <> ''), ADD CONSTRAINT fresh_word "
       "FOREIGN KEY (fresh) REFERENCES words (word) ON DELETE CASCADE"},
      {"add_column generated",
       "add_column: {table: @t@, column: {name: fresh, type: integer, "
       "nullable: "
       "true, generated: {expression: length(worn)}}}",
       "ALTER TABLE @t@ ADD fresh integer GENERATED ALWAYS AS (length(worn)) "
       "STORED"},
  };
  return kPatterns;
}

const std::vector<Pattern>& OfOneColumn() {
  static const std::vector<Pattern> kPatterns = {
      {"rename_column", "rename_column: {table: @t@, from: @c@, to: renamed}",
       "ALTER TABLE @t@ RENAME @c@ TO renamed"},
      {"drop_column",
       "drop_column: {table: @t@, column: @c@, down: \"@down@\"}",
       "ALTER TABLE @t@ DROP @c@"},
      {"alter_column wider",
       "alter_column: {table: @t@, column: @c@, type: "
       "'@type@'}",
       "ALTER TABLE @t@ ALTER @c@ TYPE @type@@after type@",
       {"@c@"}},
      {"alter_column type",
       "alter_column: {table: @t@, column: @c@, type: '@other@', up: "
       "\"@as other@\", down: \"@from other@\"}",
       "ALTER TABLE @t@ ALTER @c@ TYPE @other@ USING @as other@@after type@",
       {"@c@"}},
      {"alter_column values",
       "alter_column: {table: @t@, column: @c@, nullable: false, up: "
       "\"@up@\", down: @c@}",
       "UPDATE @t@ SET @c@ = @up@; ALTER TABLE @t@ ALTER @c@ SET NOT NULL",
       {"@c@"}},
      {"alter_column nullable",
       "alter_column: {table: @t@, column: @c@, nullable: true, down: "
       "\"@up@\"}",
       "ALTER TABLE @t@ ALTER @c@ DROP NOT NULL",
       {"@c@"}},
      {"alter_column default",
       "alter_column: {table: @t@, column: @c@, default: @default in yaml@}",
       "ALTER TABLE @t@ ALTER @c@ SET DEFAULT @default@"},
      {"alter_column no default",
       "alter_column: {table: @t@, column: @c@, default: null}",
       "ALTER TABLE @t@ ALTER @c@ DROP DEFAULT"},
      {"alter_column comment",
       "alter_column: {table: @t@, column: @c@, comment: other words}",
       "COMMENT ON COLUMN @t@.@c@ IS 'other words'"},
      {"alter_column no comment",
       "alter_column: {table: @t@, column: @c@, comment: null}",
       "COMMENT ON COLUMN @t@.@c@ IS NULL"},
      {"alter_column check",
       "alter_column: {table: @t@, column: @c@, check: {name: fresh, "
       "constraint: \"@check@\"}}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh CHECK (@check@)"},
      {"alter_column check up",
       "alter_column: {table: @t@, column: @c@, check: {name: fresh, "
       "constraint: \"@check@\"}, up: \"@up of check@\", down: @c@}",
       "UPDATE @t@ SET @c@ = @up of check@; ALTER TABLE @t@ ADD CONSTRAINT "
       "fresh CHECK (@check@)",
       {"@c@"}},
      {"alter_column unique",
       "alter_column: {table: @t@, column: @c@, unique: {name: fresh}}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh UNIQUE (@c@)"},
      {"alter_column references",
       "alter_column: {table: @t@, column: @c@, references: {name: fresh, "
       "table: @words@, column: @word@, on_delete: CASCADE, on_update: SET "
       "DEFAULT}}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh FOREIGN KEY (@c@) REFERENCES "
       "@words@ (@word@) ON DELETE CASCADE ON UPDATE SET DEFAULT"},
      {"alter_column name",
       "alter_column: {table: @t@, column: @c@, name: renamed}",
       "ALTER TABLE @t@ RENAME @c@ TO renamed"},
      {"create_index column",
       "create_index: {name: fresh, table: @t@, columns: [{column: @c@, sort: "
       "DESC, nulls: LAST}], include: [at], predicate: zone > 0, "
       "storage_parameters: fillfactor = 70}",
       "CREATE INDEX fresh ON @t@ (@c@ DESC NULLS LAST) INCLUDE (at) WITH "
       "(fillfactor = 70) WHERE zone > 0"},
      {"create_constraint check",
       "create_constraint: {table: @t@, name: fresh, type: check, columns: "
       "[@c@, zone], check: '@check@ AND zone > 0', no_inherit: false}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh CHECK (@check@ AND zone > 0)"},
      {"create_constraint check up",
       "create_constraint: {table: @t@, name: fresh, type: check, columns: "
       "[@c@, ratio], check: '@check@ AND ratio > 0', up: {@c@: \"@up of "
       "check@\", ratio: 'abs(ratio)'}, down: {@c@: @c@, ratio: ratio}}",
       "UPDATE @t@ SET @c@ = @up of check@; ALTER TABLE @t@ ADD CONSTRAINT "
       "fresh CHECK (@check@ AND ratio > 0)",
       {"@c@", "ratio"}},
      {"create_constraint unique",
       "create_constraint: {table: @t@, name: fresh, type: unique, columns: "
       "[@c@, id, zone], index_parameters: {include_columns: [at]}}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh UNIQUE (@c@, id, zone) INCLUDE "
       "(at)"},
      {"create_constraint unique deferrable",
       "create_constraint: {table: @t@, name: fresh, type: unique, columns: "
       "[@c@, id, zone], deferrable: true}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh UNIQUE (@c@, id, zone) "
       "DEFERRABLE"},
      {"create_constraint foreign_key",
       "create_constraint: {table: @t@, name: fresh, type: foreign_key, "
       "columns: [@c@], references: {table: @words@, columns: [@word@], "
       "on_delete: SET NULL}, deferrable: true, initially_deferred: true}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh FOREIGN KEY (@c@) REFERENCES "
       "@words@ (@word@) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED"},
  };
  return kPatterns;
}

// The key is an identity column or takes its values from a sequence.
const std::vector<Pattern>& OfKey() {
  static const std::vector<Pattern> kPatterns = {
      {"rename_column.id", "rename_column: {table: @t@, from: id, to: renamed}",
       "ALTER TABLE @t@ RENAME id TO renamed"},
      {"drop_column.id", "drop_column: {table: @t@, column: id, down: '0'}",
       "ALTER TABLE @t@ DROP id"},
      {"alter_column type.id",
       "alter_column: {table: @t@, column: id, type: integer}",
       "ALTER TABLE @t@ ALTER id TYPE integer"},
      {"alter_column default.id",
       "alter_column: {table: @t@, column: id, default: '0'}",
       "ALTER TABLE @t@ ALTER id SET DEFAULT 0"},
      {"alter_column no default.id",
       "alter_column: {table: @t@, column: id, default: null}",
       // An identity column has no default, so that nothing is to be done.
       "DO $$ BEGIN ALTER TABLE @t@ ALTER id DROP DEFAULT; EXCEPTION WHEN "
       "syntax_error THEN NULL; END $$"},
      {"alter_column nullable.id",
       "alter_column: {table: @t@, column: id, nullable: true, down: "
       "'coalesce(id, 0)'}",
       "ALTER TABLE @t@ ALTER id DROP NOT NULL"},
      {"alter_column comment.id",
       "alter_column: {table: @t@, column: id, comment: other words}",
       "COMMENT ON COLUMN @t@.id IS 'other words'"},
  };
  return kPatterns;
}

// A role that is not the owner has granted a privilege on this column.
const std::vector<Pattern>& OfColumnThatAnotherGrants() {
  static const std::vector<Pattern> kPatterns = {
      {"rename_column.tags",
       "rename_column: {table: @t@, from: tags, to: renamed}",
       "ALTER TABLE @t@ RENAME tags TO renamed"},
      {"alter_column values.tags",
       "alter_column: {table: @t@, column: tags, nullable: false, up: "
       "\"coalesce(tags, '{}')\", down: tags}",
       "UPDATE @t@ SET tags = coalesce(tags, '{}'); ALTER TABLE @t@ ALTER tags "
       "SET NOT NULL",
       {"tags"}},
  };
  return kPatterns;
}

const std::vector<Pattern>& OfIndexesAndConstraints() {
  static const std::vector<Pattern> kPatterns = {
      {"create_index expression",
       "create_index: {name: fresh, table: @t@, columns: [{expression: "
       "lower(calm), opclass: {name: text_pattern_ops}}, id, zone], unique: "
       "true}",
       "CREATE UNIQUE INDEX fresh ON @t@ (lower(calm) text_pattern_ops, id, "
       "zone)"},
      {"create_index gin",
       "create_index: {name: fresh, table: @t@, columns: [body], method: gin}",
       "CREATE INDEX fresh ON @t@ USING gin (body)"},
      {"create_index replaces",
       "create_index: {name: fresh, table: @t@, columns: [ratio, at], "
       "replaces: k_ratio_idx}",
       "DROP INDEX k_ratio_idx; CREATE INDEX fresh ON @t@ (ratio, at)"},
      {"create_index replaces itself",
       "create_index: {name: k_ratio_idx, table: @t@, columns: [ratio, at], "
       "replaces: k_ratio_idx}",
       "DROP INDEX k_ratio_idx; CREATE INDEX k_ratio_idx ON @t@ (ratio, at)"},
      {"drop_index plain", "drop_index: {name: k_ratio_idx}",
       "DROP INDEX k_ratio_idx"},
      {"drop_index marked", "drop_index: {name: k_worn_idx}",
       "DROP INDEX k_worn_idx"},
      {"drop_index unique", "drop_index: {name: k_loose}",
       "DROP INDEX k_loose"},
      {"drop_index of constraint", "drop_index: {name: k_worn_key}",
       "DROP INDEX k_worn_key"},
      {"create_constraint exclude",
       "create_constraint: {table: @t@, name: fresh, type: exclude, columns: "
       "[id], exclude: {index_method: btree, elements: 'id WITH ='}}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh EXCLUDE USING btree (id WITH =)"},
      {"create_constraint primary_key",
       "create_constraint: {table: @t@, name: fresh, type: primary_key, "
       "columns: [id]}",
       "ALTER TABLE @t@ ADD CONSTRAINT fresh PRIMARY KEY (id)"},
      {"drop_constraint check",
       "drop_constraint: {table: @t@, name: k_worn_long}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_worn_long"},
      {"drop_constraint check down",
       "drop_constraint: {table: @t@, name: k_worn_long, up: worn, down: "
       "\"substr(worn, 1, 29)\"}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_worn_long",
       {"worn"}},
      {"drop_constraint unique", "drop_constraint: {table: @t@, name: k_later}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_later"},
      {"drop_constraint marked",
       "drop_constraint: {table: @t@, name: k_worn_key}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_worn_key"},
      {"drop_constraint referenced",
       "drop_constraint: {table: @t@, name: k_busy_key}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_busy_key"},
      {"drop_constraint foreign_key",
       "drop_constraint: {table: @t@, name: k_word}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_word"},
      {"drop_constraint exclude",
       "drop_constraint: {table: @t@, name: k_apart}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_apart"},
      {"drop_constraint primary_key",
       "drop_constraint: {table: @t@, name: k_pkey}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_pkey"},
      {"drop_multicolumn_constraint",
       "drop_multicolumn_constraint: {table: @t@, name: k_order, up: {busy: "
       "busy, small: small}, down: {busy: 'greatest(busy, small)', small: "
       "small}}",
       "ALTER TABLE @t@ DROP CONSTRAINT k_order",
       {"busy", "small"}},
      {"rename_constraint check",
       "rename_constraint: {table: @t@, from: k_order, to: fresh}",
       "ALTER TABLE @t@ RENAME CONSTRAINT k_order TO fresh"},
      {"rename_constraint unique",
       "rename_constraint: {table: @t@, from: k_worn_key, to: fresh}",
       "ALTER TABLE @t@ RENAME CONSTRAINT k_worn_key TO fresh"},
      {"rename_constraint foreign_key",
       "rename_constraint: {table: @t@, from: k_self, to: fresh}",
       "ALTER TABLE @t@ RENAME CONSTRAINT k_self TO fresh"},
  };
  return kPatterns;
}

const std::vector<Pattern>& OfTables() {
  static const std::vector<Pattern> kPatterns = {
      {"create_table",
       "create_table: {name: fresh, comment: new, columns: [{name: id, type: "
       "bigint, pk: true, generated: {identity: {user_specified_values: BY "
       "DEFAULT}}}, {name: word, type: varchar(60), nullable: true, default: "
       "\"'w1'\", comment: a word, references: {name: fresh_word, table: "
       "words, column: word}}], constraints: [{name: fresh_check, type: check, "
       "check: word <> ''}]}",
       "CREATE TABLE fresh (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY "
       "KEY, word varchar(60) DEFAULT 'w1' CONSTRAINT fresh_word REFERENCES "
       "words (word), CONSTRAINT fresh_check CHECK (word <> '')); COMMENT ON "
       "TABLE fresh IS 'new'; COMMENT ON COLUMN fresh.word IS 'a word'"},
      {"rename_table", "rename_table: {from: @t@, to: fresh}",
       "ALTER TABLE @t@ RENAME TO fresh"},
      {"drop_table", "drop_table: {name: @t@}", "DROP TABLE @t@"},
      {"set_replica_identity full",
       "set_replica_identity: {table: @t@, identity: {type: full}}",
       "ALTER TABLE @t@ REPLICA IDENTITY FULL"},
      {"set_replica_identity nothing",
       "set_replica_identity: {table: @t@, identity: {type: nothing}}",
       "ALTER TABLE @t@ REPLICA IDENTITY NOTHING"},
      {"set_replica_identity default",
       "set_replica_identity: {table: @t@, identity: {type: default}}",
       "ALTER TABLE @t@ REPLICA IDENTITY DEFAULT"},
      {"set_replica_identity index",
       "set_replica_identity: {table: @t@, identity: {type: index, index: "
       "k_pkey}}",
       "ALTER TABLE @t@ REPLICA IDENTITY USING INDEX k_pkey"},
      {"sql",
       "sql: {up: CREATE INDEX by_sql ON @t@ (zone), down: DROP INDEX by_sql}",
       "CREATE INDEX by_sql ON @t@ (zone)"},
      {"sql on complete",
       "sql: {up: CREATE INDEX by_sql ON @t@ (zone), onComplete: true}",
       "CREATE INDEX by_sql ON @t@ (zone)"},
  };
  return kPatterns;
}

bool MakesIndex(const Pattern& pattern) {
  return pattern.operation.starts_with("create_index") ||
         pattern.operation.find("unique") != std::string::npos ||
         pattern.operation.find("type: primary_key") != std::string::npos;
}

std::string Filled(std::string text, const Marks& marks) {
  for (const auto& [name, value] : marks) {
    const std::string mark = "@" + name + "@";
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos;
         at += value.size()) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

NamedChange ChangeOf(const Pattern& pattern, const Marks& marks) {
  NamedChange named;
  named.name = pattern.name;
  named.change.operations = "  - " + Filled(pattern.operation, marks) + "\n";
  named.change.plain = Filled(pattern.plain, marks);
  if (MakesIndex(pattern)) {
    named.change.plain += "; " + NamesOfParts(kWithParts);
  }
  const auto column = marks.find("c");
  if (column != marks.end()) named.name += "." + column->second;
  for (const std::string& moved : pattern.moves) {
    named.change.moves.push_back(Filled(moved, marks));
  }
  return named;
}

}  // namespace

std::vector<NamedChange> ChangesOf(const std::string& table) {
  std::vector<NamedChange> changes;
  const auto add = [&](const std::vector<Pattern>& patterns, Marks marks) {
    marks["t"] = table;
    for (const Pattern& pattern : patterns) {
      changes.push_back(ChangeOf(pattern, marks));
    }
  };
  add(OfColumnsThatAreAdded(), {});
  for (const Marks& marks : Columns()) add(OfOneColumn(), marks);
  add(OfKey(), {});
  add(OfColumnThatAnotherGrants(), {});
  add(OfIndexesAndConstraints(), {});
  add(OfTables(), {});
  return changes;
}

}  // namespace segue::test
