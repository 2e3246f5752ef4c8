#include "tests/matrix/copies.h"

namespace segue::test {
namespace {

// A rebuild leaves the catalogue as it was, but for what it is told to change.
std::vector<NamedChange> Rebuilds(const std::string& table) {
  const std::string begin = "  - rebuild_table: {table: " + table;
  const std::string alter = "ALTER TABLE " + table + " ";
  const Change plain = {begin + "}\n", "SELECT 1"};
  return {
      {"rebuild_table", plain},
      {"rebuild_table plain", plain, Hanging::kCopied},
      {"rebuild_table stored",
       {begin + ", storage_parameters: 'fillfactor = 70', columns: {calm: "
                "{storage: main, compression: pglz}}}\n",
        alter + "SET (fillfactor = 70); " + alter +
            "ALTER calm SET STORAGE MAIN, ALTER calm SET COMPRESSION pglz"},
       Hanging::kCopied},
      {"rebuild_table ordered",
       {begin +
            ", column_order: [total, ratio, at, ci, tags, cost, mood, body, "
            "small, parent, busy, worn, calm, zone, id]}\n",
        "SELECT 1",
        {"id", "zone", "calm", "worn", "busy", "parent", "small", "body",
         "mood", "cost", "tags", "ci", "at", "ratio", "total"}},
       Hanging::kCopied},
      {"rebuild_table clustered",
       {begin + ", cluster_by: [worn]}\n", "SELECT 1"},
       Hanging::kCopied},
  };
}

// No statement divides a table that exists. What the operation gives is what
// the same statements give for a table that is divided from its creation on.
std::vector<NamedChange> Partitions(const std::string& table, Key key) {
  const std::string begin = "  - partition_table: {table: " + table;
  const Change hash = {begin +
                           ", by: hash, key: [id], partitions: [k_h0, "
                           "k_h1]}\n",
                       DividedByHash(key)};
  return {
      {"partition_table", hash},
      {"partition_table hash", hash, Hanging::kDivided},
      {"partition_table range",
       {begin + ", by: range, key: [zone], partitions: [{name: k_r1, from: 0, "
                "to: 10}], default: k_rest}\n",
        ""}},
  };
}

// The rights of the table are those of what is split from it.
constexpr const char* kSplit = R"sql(
CREATE TABLE half (id bigint CONSTRAINT half_pkey PRIMARY KEY, calm text,
  body jsonb DEFAULT '{}', cost price DEFAULT 1, ci text COLLATE nocase);
INSERT INTO half SELECT id, calm, body, cost, ci FROM k;
ALTER TABLE k DROP calm, DROP body, DROP cost, DROP ci;
CREATE INDEX k_body_idx ON half USING gin (body jsonb_path_ops);
ALTER TABLE half ADD CONSTRAINT half_id_fkey FOREIGN KEY (id) REFERENCES k (id)
  ON UPDATE CASCADE ON DELETE CASCADE;
GRANT SELECT ON half TO matrix_reader;
GRANT ALL ON half TO matrix_writer WITH GRANT OPTION;
)sql";

std::vector<NamedChange> Splits(const std::string& table) {
  const Change split = {"  - split_table: {table: " + table +
                            ", to: {table: half, columns: [calm, body, cost, "
                            "ci]}}\n",
                        kSplit};
  const Change rows = {"  - split_table: {table: " + table +
                           ", to: [{table: low, where: zone < 5}, {table: "
                           "high}]}\n",
                       ""};
  return {{"split_table", split},
          {"split_table moved", split, Hanging::kSplit},
          {"split_table rows", rows, Hanging::kSplit}};
}

// The table refers to the words by what hangs most on it.
std::vector<NamedChange> Moves(const std::string& table) {
  const Change move = {
      "  - move_column: {from: {table: words, column: tone}, "
      "to: {table: " +
          table + "}, join: " + table + ".worn = words.word}\n",
      "ALTER TABLE k ADD tone text; UPDATE k SET tone = (SELECT "
      "w.tone FROM words w WHERE w.word = k.worn); ALTER TABLE "
      "words DROP tone"};
  return {{"move_column", move},
          {"move_column carried", move, Hanging::kSplit}};
}

std::vector<NamedChange> KeyChanges(const std::string& table) {
  return {
      {"change_primary_key.id",
       {"  - change_primary_key: {table: " + table +
            ", column: id, type: integer}\n",
        "ALTER TABLE k ALTER id TYPE integer; ALTER TABLE k ALTER parent TYPE "
        "integer",
        {"id", "parent"}}},
      {"change_primary_key moved.id",
       {"  - change_primary_key: {table: " + table +
            ", column: id, type: integer}\n",
        "ALTER TABLE k ALTER id TYPE integer; ALTER SEQUENCE k_id_seq AS "
        "integer",
        {"id"}},
       Hanging::kDivided},
      // A column of the table refers to it.
      {"change_primary_key referred to",
       {"  - change_primary_key: {table: words, column: word, type: text}\n",
        "ALTER TABLE words ALTER word TYPE text; ALTER TABLE k ALTER worn TYPE "
        "text; ALTER STATISTICS k_stats SET STATISTICS 500",
        {"word", "worn"}}},
      {"change_primary_key beside",
       {"  - change_primary_key: {table: numbers, column: number, type: "
        "bigint}\n",
        "ALTER TABLE numbers ALTER number TYPE bigint",
        {"number"}}},
  };
}

}  // namespace

std::vector<NamedChange> CopiesOf(Form form, Key key) {
  const std::string table = TableOf(form);
  std::vector<NamedChange> changes;
  for (const std::vector<NamedChange>& some :
       {KeyChanges(table), Rebuilds(table), Partitions(table, key),
        Splits(table), Moves(table)}) {
    changes.insert(changes.end(), some.begin(), some.end());
  }
  return changes;
}

}  // namespace segue::test
