#include "manifest/skeleton.h"

#include <array>
#include <string_view>
#include <utility>

#include "segue/error.h"

namespace segue::manifest {
namespace {

constexpr char kHead[] =
    "# One file is one migration; its name is the file's.\n"
    "#\n"
    "#   segue plan FILE     what it would do\n"
    "#   segue start FILE    expand and backfill; both versions are live then\n"
    "#   segue complete      remove the old shape\n"
    "\n"
    "# access: versioned     # a schema of views for each version\n"
    "\n"
    "operations:\n";

constexpr char kChoice[] =
    "  # Take one of these, or 'segue new NAME --operation OPERATION'.\n"
    "  # - add_column:\n"
    "  #     table: users\n"
    "  #     column: {name: nick, type: text, nullable: true}\n"
    "  # - rename_column: {table: users, from: name, to: full_name}\n"
    "  # - alter_column: {table: users, column: age, type: bigint}\n"
    "  # - drop_column: {table: users, column: nick}\n"
    "  []\n";

// Each operation, with its required keys filled in and its other keys in
// comments.
constexpr std::array<std::pair<std::string_view, const char*>, 23> kSkeletons =
    {{
        {"add_column",
         "  - add_column:\n"
         "      table: users\n"
         "      column:\n"
         "        name: display_name\n"
         "        type: text\n"
         "        nullable: true\n"
         "        # default: \"''\"         # SQL, so a text needs its quotes\n"
         "      # up: lower(name)         # fills it from the old columns\n"},
        {"alter_column",
         "  - alter_column:\n"
         "      table: users\n"
         "      column: age\n"
         "      type: bigint\n"
         "      # nullable: false\n"
         "      # default: '0'            # SQL; null takes it away\n"
         "      # name: years             # a new name in the same go\n"
         "      # up: CAST(age AS bigint)     # old to new\n"
         "      # down: CAST(age AS integer)  # new to old\n"},
        {"change_primary_key",
         "  - change_primary_key: {table: users, column: id, type: bigint}\n"},
        {"create_constraint",
         "  - create_constraint:\n"
         "      table: users\n"
         "      name: users_age_check\n"
         "      type: check             # unique, primary_key, foreign_key\n"
         "      columns: [age]\n"
         "      check: age >= 0\n"
         "      up: {age: abs(age)}\n"
         "      down: {age: age}\n"},
        {"create_index",
         "  - create_index:\n"
         "      name: users_email\n"
         "      table: users\n"
         "      columns: [{column: email}]\n"
         "      # unique: true\n"
         "      # predicate: email IS NOT NULL\n"},
        {"create_table",
         "  - create_table:\n"
         "      name: posts\n"
         "      columns:\n"
         "        - {name: id, type: bigint, pk: true}\n"
         "        - {name: body, type: text, nullable: true}\n"},
        {"drop_column",
         "  - drop_column:\n"
         "      table: users\n"
         "      column: nick\n"
         "      # down: name              # what old readers get for new "
         "rows\n"},
        {"drop_constraint",
         "  - drop_constraint:\n"
         "      table: users\n"
         "      name: users_age_check\n"
         "      up: age\n"
         "      down: abs(age)\n"},
        {"drop_index", "  - drop_index: {name: users_email}\n"},
        {"drop_multicolumn_constraint",
         "  - drop_multicolumn_constraint:\n"
         "      table: users\n"
         "      name: users_name_email_key\n"
         "      up: {name: name, email: email}\n"
         "      down: {name: name, email: email}\n"},
        {"drop_table", "  - drop_table: {name: posts}\n"},
        {"merge_tables",
         "  - merge_tables:\n"
         "      from: [cats, dogs]\n"
         "      to: pets\n"
         "      map:\n"
         "        cats: {kind: \"'cat'\"}\n"
         "        dogs: {kind: \"'dog'\"}\n"},
        {"move_column",
         "  - move_column:\n"
         "      from: {table: users, column: street}\n"
         "      to: {table: addresses, column: street}\n"
         "      join: addresses.user_id = users.id\n"},
        {"partition_table",
         "  - partition_table:\n"
         "      table: events\n"
         "      by: range               # range, list, hash\n"
         "      key: [created_at]\n"
         "      partitions:\n"
         "        - {name: events_2026, from: 2026-01-01, to: 2027-01-01}\n"
         "      default: events_rest    # not by hash\n"},
        {"rebuild_table", "  - rebuild_table: {table: users}\n"},
        {"rename_column",
         "  - rename_column:\n"
         "      table: users\n"
         "      from: name\n"
         "      to: full_name\n"},
        {"rename_constraint",
         "  - rename_constraint:\n"
         "      table: users\n"
         "      from: users_age_check\n"
         "      to: users_age_positive\n"},
        {"rename_table", "  - rename_table: {from: users, to: accounts}\n"},
        {"set_replica_identity",
         "  - set_replica_identity:\n"
         "      table: users\n"
         "      identity: {type: index, index: users_email}\n"},
        {"split_table",
         "  - split_table:\n"
         "      table: users\n"
         "      to: {table: profiles, columns: [bio, avatar], key: "
         "[id]}\n"},
        {"sql",
         "  - sql:\n"
         "      up: CREATE VIEW names AS SELECT name FROM users\n"
         "      down: DROP VIEW names\n"},
        {"unpartition_table", "  - unpartition_table: {table: events}\n"},
        {"", kChoice},
    }};

}  // namespace

std::string Skeleton(const std::string& operation) {
  for (const auto& [name, body] : kSkeletons) {
    if (name == operation) return std::string(kHead) + body;
  }
  throw Error(ErrorKind::kInternal, "no skeleton for " + operation);
}

}  // namespace segue::manifest
