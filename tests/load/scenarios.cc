#include "ops/create_table.h"
#include "tests/load/rolling.h"

namespace segue::test {
namespace {

lab::ClientShape Shape(const std::string& column,
                       const std::string& write = "$1",
                       const std::string& read = "") {
  lab::ClientShape shape;
  shape.value_column = column;
  shape.write_expression = write;
  shape.read_expression = read;
  return shape;
}

lab::ClientShape WithCode(lab::ClientShape shape) {
  shape.fixed_columns = {"code"};
  shape.fixed_values = {"'given'"};
  return shape;
}

Migration Rename() {
  Migration migration("rename_v", "Rename v to amount");
  migration.RenameColumn("items", "v", "amount");
  return migration;
}

Migration Widen() {
  Migration migration("widen_v", "v becomes bigint");
  ColumnChange change;
  change.type = "bigint";
  migration.AlterColumn("items", "v", change);
  return migration;
}

Migration Number() {
  Migration migration("number_v", "v becomes a number");
  ColumnChange change;
  change.type = "bigint";
  change.up = "CAST(v AS bigint)";
  change.down = "CAST(v AS text)";
  migration.AlterColumn("items", "v", change);
  return migration;
}

Migration DropCode() {
  Migration migration("drop_code", "code goes");
  migration.DropColumn("items", "code", "'unknown'");
  return migration;
}

Migration AddDouble() {
  Migration migration("add_double", "Keep twice the value");
  migration.AddColumn("items", {"twice", "bigint", true, std::nullopt},
                      "v * 2");
  return migration;
}

Migration BuildIndex() {
  Migration migration("index_v", "Index v, in the place of another one");
  IndexSpec index;
  index.name = "items_v_note";
  index.table = "items";
  index.columns = {"v", "note"};
  index.replaces = "items_v";
  migration.CreateIndex(index);
  return migration;
}

// A unique one, over a column that the same migration replaces.
Migration WidenAndIndex() {
  Migration migration = Widen();
  IndexSpec index;
  index.name = "items_v_id";
  index.table = "items";
  index.columns = {"v", "id"};
  index.unique = true;
  migration.CreateIndex(index);
  return migration;
}

Migration DropIndex() {
  Migration migration("drop_index_v", "The index of v goes");
  migration.DropIndex("items_v");
  return migration;
}

Migration RenameAndWiden() {
  Migration migration("rename_widen", "v becomes amount, a bigint");
  ColumnChange change;
  change.type = "bigint";
  change.new_name = "amount";
  migration.AlterColumn("items", "v", change);
  return migration;
}

// Values stay what they are, but the tool cannot know that of an expression.
Migration Constrain(const ConstraintSpec& constraint) {
  Migration migration("constrain_v", "v is held to '" + constraint.name + "'");
  ColumnChange change;
  change.constraints = {constraint};
  change.up = "v + 0";
  change.down = "v - 0";
  migration.AlterColumn("items", "v", change);
  return migration;
}

Migration CheckValue() {
  ConstraintSpec check;
  check.name = "v_is_sane";
  check.check = "v > -1000000000000";
  return Constrain(check);
}

Migration UniqueValue() {
  ConstraintSpec unique;
  unique.name = "v_is_unique";
  unique.type = ConstraintType::kUnique;
  return Constrain(unique);
}

Migration Nullability(bool nullable) {
  Migration migration("null_v", "whether v may be NULL");
  ColumnChange change;
  change.nullable = nullable;
  change.up = "COALESCE(v, 0)";
  change.down = "COALESCE(v, 0)";
  migration.AlterColumn("items", "v", change);
  return migration;
}

// The new version's values need not keep to it; these do.
Migration DropCheck() {
  Migration migration("drop_check", "v is not held to it any more");
  migration.DropConstraint("items", "v_is_small", {{"v", "v"}},
                           {{"v", "CASE WHEN v < 0 THEN 0 ELSE v END"}});
  return migration;
}

Migration CheckTwoColumns() {
  ConstraintSpec check;
  check.name = "v_and_note";
  check.columns = {"v", "note"};
  check.check = "v > -1000000000000 OR note = ''";
  Migration migration("check_both", "v and note are held to a check");
  migration.CreateConstraint("items", check,
                             {{"v", "v + 0"}, {"note", "note || ''"}});
  return migration;
}

// Each kind over a column that stays, while another one moves.
Migration RenameBesideConstraints() {
  Migration migration = Rename();
  ConstraintSpec check;
  check.name = "id_is_sane";
  check.columns = {"id"};
  check.check = "id > -1000000000000";
  ConstraintSpec unique;
  unique.name = "id_is_unique";
  unique.type = ConstraintType::kUnique;
  unique.columns = {"id"};
  ConstraintSpec key = unique;
  key.name = "id_is_there";
  key.type = ConstraintType::kForeignKey;
  key.references_table = "items";
  migration.CreateConstraint("items", check)
      .CreateConstraint("items", unique)
      .CreateConstraint("items", key);
  return migration;
}

std::vector<Scenario> Constraints() {
  Scenario check{.name = "CheckWithUp"};
  check.migration = CheckValue;
  check.old_version = Shape("v");
  check.new_version = Shape("v");
  check.new_shape_in_place = false;

  Scenario unique = check;
  unique.name = "UniqueWithUp";
  unique.migration = UniqueValue;

  Scenario plain{.name = "RenameBesideConstraints"};
  plain.migration = RenameBesideConstraints;
  plain.old_version = Shape("v");
  plain.new_version = Shape("amount");

  Scenario drop = check;
  drop.name = "DropCheckWithDown";
  drop.column = "v BIGINT NOT NULL CONSTRAINT v_is_small CHECK (v >= 0)";
  drop.migration = DropCheck;

  Scenario two = check;
  two.name = "CheckTwoColumnsWithUp";
  two.migration = CheckTwoColumns;
  return {check, unique, plain, drop, two};
}

std::vector<Scenario> Columns() {
  std::vector<Scenario> scenarios;
  Scenario rename{.name = "Rename"};
  rename.migration = Rename;
  rename.old_version = Shape("v");
  rename.new_version = Shape("amount");
  scenarios.push_back(rename);

  Scenario nullable = rename;
  nullable.name = "RenameNullable";
  nullable.column = "v BIGINT";
  nullable.nullable = true;
  scenarios.push_back(nullable);

  Scenario defaulted = rename;
  defaulted.name = "RenameWithDefault";
  defaulted.column = "v BIGINT NOT NULL DEFAULT 7";
  scenarios.push_back(defaulted);

  Scenario unique = rename;
  unique.name = "RenameUnique";
  unique.column = "v BIGINT NOT NULL UNIQUE";
  scenarios.push_back(unique);

  Scenario both = rename;
  both.name = "RenameAndWiden";
  both.column = "v INTEGER NOT NULL";
  both.migration = RenameAndWiden;
  scenarios.push_back(both);
  return scenarios;
}

std::vector<Scenario> Types() {
  Scenario widen{.name = "Widen", .column = "v INTEGER NOT NULL"};
  widen.migration = Widen;
  widen.old_version = Shape("v");
  widen.new_version = Shape("v");
  widen.new_shape_in_place = false;

  Scenario number{.name = "TextToNumber", .column = "v TEXT NOT NULL"};
  number.fill = "CAST(i AS text)";
  number.migration = Number;
  // Right for text and for numbers, because the type changes under it.
  number.old_version = Shape("v", "CAST($1 AS bigint)", "CAST(v AS bigint)");
  number.new_version = Shape("v");
  number.new_shape_in_place = false;

  Scenario held = widen;
  held.name = "WidenWithCheck";
  held.column = "v INTEGER NOT NULL CONSTRAINT v_is_small CHECK (v > -9)";

  Scenario strict = widen;
  strict.name = "NotNullWithUp";
  strict.column = "v BIGINT";
  strict.migration = [] { return Nullability(false); };

  Scenario loose = strict;
  loose.name = "NullableWithDown";
  loose.column = "v BIGINT NOT NULL";
  loose.migration = [] { return Nullability(true); };
  return {widen, number, held, strict, loose};
}

// The reference locks the table under traffic for a moment.
Migration RenameTable() {
  ops::CreateTableSpec logs;
  logs.name = "logs";
  logs.columns.resize(2);
  logs.columns[0].column.name = "id";
  logs.columns[0].column.type = "bigint";
  logs.columns[0].primary_key = true;
  logs.columns[1].column.name = "item";
  logs.columns[1].column.type = "bigint";
  schema::Constraint reference;
  reference.kind = schema::ConstraintKind::kForeignKey;
  reference.name = "logs_item";
  reference.columns = {"item"};
  reference.reference.table = "items";
  reference.reference.columns = {"id"};
  logs.columns[1].reference = reference;
  Migration migration("rename_items", "items become goods");
  migration.operations.push_back(ops::MakeCreateTable(logs));
  migration.RenameTable("items", "goods");
  return migration;
}

Migration Rebuild() {
  Migration migration("rebuild_items", "items are written anew");
  migration.RebuildTable("items");
  return migration;
}

Migration PartitionByHash() {
  Migration migration("partition_items", "items get partitions");
  migration.PartitionTable("items",
                           {.method = PartitionSpec::Method::kHash,
                            .key = {"id"},
                            .parts = {{"items_0"}, {"items_1"}, {"items_2"}}});
  return migration;
}

Migration Unpartition() {
  Migration migration("plain_items", "items lose their partitions");
  migration.UnpartitionTable("items");
  return migration;
}

Migration SplitValue() {
  Migration migration("split_v", "v moves to a table of its own");
  migration.SplitTable("items", "amounts", {"v"});
  return migration;
}

// Every row belongs to the first of the tables.
Migration SplitItems() {
  Migration migration("split_items", "items get a table for themselves");
  migration.SplitRows("items", {{"wares", "id IS NOT NULL"}, {"others", ""}});
  return migration;
}

Migration MoveValue() {
  Migration migration("move_v", "v goes to the amounts");
  migration.MoveColumn({"items", "v"}, {"amounts", "v"}, "id", "id");
  return migration;
}

// Each item has an amount, which the old version leaves to a trigger.
constexpr const char* kAmounts =
    "CREATE TABLE amounts(id BIGINT PRIMARY KEY REFERENCES items (id) ON "
    "DELETE "
    "CASCADE);"
    "CREATE FUNCTION beside() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF "
    "current_schema() = ''public'' THEN INSERT INTO public.amounts(id) VALUES "
    "(NEW.id); END IF; RETURN NULL; END';"
    "CREATE TRIGGER beside AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION "
    "beside()";

std::vector<Scenario> Tables() {
  Scenario rename{.name = "CreateAndRenameTable"};
  rename.migration = RenameTable;
  rename.old_version = Shape("v");
  rename.new_version = Shape("v");
  rename.new_version.table = "goods";

  Scenario rebuild{.name = "RebuildTable",
                   .setup =
                       "CREATE INDEX items_v ON items (v);"
                       "CREATE TABLE notes(item BIGINT REFERENCES "
                       "items (id) ON DELETE CASCADE);"
                       "CREATE VIEW shown AS SELECT id, v FROM items"};
  // SQLite's keys take NULL otherwise, by which no copy is kept in step.
  rebuild.key = "id BIGINT NOT NULL PRIMARY KEY";
  rebuild.migration = Rebuild;
  rebuild.old_version = Shape("v");
  rebuild.new_version = Shape("v");

  Scenario partition = rebuild;
  partition.name = "PartitionTable";
  partition.only = "postgres";
  partition.migration = PartitionByHash;

  Scenario plain = partition;
  plain.name = "UnpartitionTable";
  plain.migration = Unpartition;
  plain.setup =
      "DROP TABLE items;"
      "CREATE TABLE items (id BIGINT PRIMARY KEY, v BIGINT NOT NULL, note TEXT "
      "NOT NULL DEFAULT '') PARTITION BY HASH (id);"
      "CREATE TABLE items_0 PARTITION OF items FOR VALUES WITH (MODULUS 2, "
      "REMAINDER 0);"
      "CREATE TABLE items_1 PARTITION OF items FOR VALUES WITH (MODULUS 2, "
      "REMAINDER 1)";

  Scenario split{.name = "SplitTable", .column = "v BIGINT"};
  split.migration = SplitValue;
  split.old_version = Shape("v");
  split.new_version = Shape("v");
  split.new_version.table = "amounts";
  split.new_version.parent_table = "items";
  split.only_versioned = true;
  // SQLite's keys take NULL otherwise, by which no copy is kept in step.
  split.key = "id BIGINT NOT NULL PRIMARY KEY";
  split.nullable = true;

  Scenario rows = split;
  rows.name = "SplitRows";
  rows.migration = SplitItems;
  rows.new_version.table = "wares";
  rows.new_version.parent_table.clear();

  Scenario move = split;
  move.name = "MoveColumn";
  move.only = "postgres";
  move.nullable = false;
  move.setup = kAmounts;
  move.migration = MoveValue;
  return {rename, rebuild, partition, plain, split, rows, move};
}

std::vector<Scenario> Others() {
  Scenario drop{.name = "Drop", .extra_column = "code TEXT DEFAULT 'x'"};
  drop.migration = DropCode;
  drop.old_version = WithCode(Shape("v"));
  drop.new_version = Shape("v");

  Scenario add{.name = "AddDerived"};
  add.migration = AddDouble;
  add.old_version = Shape("v");
  // At complete the trigger goes and the new version writes twice itself; until
  // then the column follows v, whoever writes.
  add.new_version = Shape("v");
  add.wrong_rows =
      "SELECT count(*) FROM items WHERE twice IS DISTINCT FROM v * 2";
  return {drop, add};
}

Migration ChangeKey() {
  Migration migration("change_key", "id becomes bigint");
  migration.ChangePrimaryKey("items", "id", "bigint");
  return migration;
}

// Each row refers to one that the traffic leaves alone.
std::vector<Scenario> Keys() {
  Scenario key{.name = "ChangeKey", .only = "postgres"};
  key.key = "id INTEGER PRIMARY KEY";
  key.extra_column =
      "parent INTEGER DEFAULT 0 REFERENCES items(id) ON DELETE SET NULL";
  key.setup = "INSERT INTO items (id, v) VALUES (0, 0)";
  key.migration = ChangeKey;
  key.old_version = Shape("v");
  key.new_version = Shape("v");
  key.wrong_rows = "SELECT count(*) FROM items WHERE parent IS DISTINCT FROM 0";
  return {key};
}

std::vector<Scenario> Indexes() {
  Scenario replace{.name = "ReplaceIndex",
                   .setup = "CREATE INDEX items_v ON items (v)"};
  replace.migration = BuildIndex;
  replace.old_version = Shape("v");
  replace.new_version = Shape("v");

  Scenario widen{.name = "WidenAndIndex", .column = "v INTEGER NOT NULL"};
  widen.migration = WidenAndIndex;
  widen.old_version = Shape("v");
  widen.new_version = Shape("v");
  widen.new_shape_in_place = false;

  Scenario drop = replace;
  drop.name = "DropIndex";
  drop.migration = DropIndex;
  return {replace, widen, drop};
}

}  // namespace

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> scenarios = [] {
    std::vector<Scenario> all = Columns();
    for (const Scenario& scenario : Types()) all.push_back(scenario);
    for (const Scenario& scenario : Others()) all.push_back(scenario);
    for (const Scenario& scenario : Indexes()) all.push_back(scenario);
    for (const Scenario& scenario : Keys()) all.push_back(scenario);
    for (const Scenario& scenario : Tables()) all.push_back(scenario);
    for (const Scenario& scenario : Constraints()) all.push_back(scenario);
    return all;
  }();
  return scenarios;
}

}  // namespace segue::test
