#include "dialects/postgres/query_references.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/parse_tree.h"

namespace segue::postgres {
namespace {

constexpr const char* kStatements[] = {
    "SelectStmt", "InsertStmt", "UpdateStmt",        "DeleteStmt",
    "MergeStmt",  "CopyStmt",   "DeclareCursorStmt", "PrepareStmt",
};

// The words of a text, as the server folds them outside of quotes.
std::set<std::string> Words(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_' || byte >= 0x80) {
      word += c;
    } else if (!word.empty()) {
      words.insert(word);
      words.insert(base::ToLower(word));
      word.clear();
    }
  }
  return words;
}

// What a query says about one table.
class TableUse {
 public:
  TableUse(const std::string& table, const db::RemovedColumns& removed)
      : table_(table), removed_(removed) {}

  // Finds the table and the names by which the query calls it and others.
  void FindTables(const Json& tree) {
    EachObject(tree, [&](const Json& node) {
      if (const Json* range = Node(node, "RangeVar")) Add(*range);
      for (const char* write : {"InsertStmt", "UpdateStmt", "DeleteStmt",
                                "MergeStmt", "CopyStmt"}) {
        const Json* statement = Node(node, write);
        const Json* target =
            statement == nullptr ? nullptr : Member(*statement, "relation");
        if (target != nullptr) Add(*target);
      }
    });
  }
  bool found() const { return !ours_.empty(); }

  bool Uses(const Json& tree, const std::string& column) const {
    bool uses = false;
    EachObject(tree, [&](const Json& node) {
      if (const Json* reference = Node(node, "ColumnRef")) {
        uses |= Refers(*reference, column);
      }
      if (const Json* insert = Node(node, "InsertStmt")) {
        uses |= Lists(*insert, "cols", column);
      }
      if (const Json* update = Node(node, "UpdateStmt")) {
        uses |= Lists(*update, "targetList", column);
      }
      if (const Json* conflict = Node(node, "onConflictClause")) {
        uses |= Lists(*conflict, "targetList", column);
      }
      if (const Json* when = Node(node, "MergeWhenClause")) {
        uses |= Lists(*when, "targetList", column);
      }
      if (const Json* key = Node(node, "IndexElem")) {
        uses |= StringMember(*key, "name") == column;
      }
      if (const Json* copy = Node(node, "CopyStmt")) {
        uses |= Named(*copy, "attlist", column);
      }
    });
    return uses;
  }

  // True when it means all columns, whatever they are.
  bool UsesAll(const Json& tree) const {
    bool all = false;
    EachObject(tree, [&](const Json& node) {
      if (const Json* reference = Node(node, "ColumnRef")) {
        all |= RefersToAll(*reference);
      }
      for (const auto& [write, columns] : {std::pair{"InsertStmt", "cols"},
                                           std::pair{"CopyStmt", "attlist"}}) {
        const Json* statement = Node(node, write);
        if (statement == nullptr || Member(*statement, columns) != nullptr) {
          continue;
        }
        const Json* target = Member(*statement, "relation");
        all |= target != nullptr && IsOurs(*target);
      }
    });
    return all;
  }

 private:
  bool IsOurs(const Json& range) const {
    const std::string schema = StringMember(range, "schemaname");
    const auto& schemas = removed_.schemas;
    return StringMember(range, "relname") == table_ &&
           (schema.empty() ||
            std::count(schemas.begin(), schemas.end(), schema) > 0);
  }

  void Add(const Json& range) {
    const Json* alias = Member(range, "alias");
    const std::string name = alias == nullptr
                                 ? StringMember(range, "relname")
                                 : StringMember(*alias, "aliasname");
    (IsOurs(range) ? ours_ : others_).insert(name);
  }

  // True when the name of a table in front of a column can mean ours. A name
  // that the query gives to nothing may be that of a function or a subquery.
  bool MayBeOurs(const std::string& qualifier) const {
    return ours_.count(qualifier) > 0 || others_.count(qualifier) == 0;
  }

  bool Refers(const Json& reference, const std::string& column) const {
    const Json& fields = At(reference, "fields");
    if (NameIn(fields.back()) != column) return false;
    return fields.size() < 2 || MayBeOurs(NameIn(fields[fields.size() - 2]));
  }

  bool RefersToAll(const Json& reference) const {
    const Json& fields = At(reference, "fields");
    if (IsStar(fields.back())) {
      return fields.size() < 2 ||
             ours_.count(NameIn(fields[fields.size() - 2]));
    }
    return fields.size() == 1 && ours_.count(NameIn(fields.back())) > 0;
  }

  static bool Lists(const Json& node, const char* list,
                    const std::string& column) {
    const Json* targets = Member(node, list);
    if (targets == nullptr) return false;
    return std::any_of(targets->begin(), targets->end(), [&](const Json& one) {
      const Json* target = Node(one, "ResTarget");
      return target != nullptr && StringMember(*target, "name") == column;
    });
  }
  static bool Named(const Json& node, const char* list,
                    const std::string& column) {
    const Json* names = Member(node, list);
    if (names == nullptr) return false;
    return std::any_of(names->begin(), names->end(),
                       [&](const Json& one) { return NameIn(one) == column; });
  }

  const std::string table_;
  const db::RemovedColumns& removed_;
  std::set<std::string> ours_;
  std::set<std::string> others_;
};

bool TreeRefersTo(const Json& tree, const db::RemovedColumns& removed) {
  for (const ColumnName& name : removed.columns) {
    TableUse use(name.table, removed);
    use.FindTables(tree);
    if (!use.found()) continue;
    if (use.Uses(tree, name.column)) return true;
    if (removed.all_counts && use.UsesAll(tree)) return true;
  }
  return false;
}

bool IsQuery(const Json& statement) {
  return std::any_of(
      std::begin(kStatements), std::end(kStatements),
      [&](const char* kind) { return Node(statement, kind) != nullptr; });
}

bool WordsReferTo(const std::string& query, const db::RemovedColumns& removed) {
  const std::set<std::string> words = Words(query);
  return std::any_of(removed.columns.begin(), removed.columns.end(),
                     [&](const ColumnName& name) {
                       return words.count(name.table) > 0 &&
                              words.count(name.column) > 0;
                     });
}

}  // namespace

bool RefersTo(const std::string& query, const db::RemovedColumns& removed) {
  if (query.find("_segue_") != std::string::npos) return false;
  const std::set<std::string> words = Words(query);
  const bool concerns =
      std::any_of(removed.columns.begin(), removed.columns.end(),
                  [&](const ColumnName& name) {
                    return query.find(name.table) != std::string::npos ||
                           words.count(name.table) > 0;
                  });
  if (!concerns) return false;
  try {
    const Json tree = ParsedSql(query);
    const Json& statements = At(tree, "stmts");
    return std::any_of(
        statements.begin(), statements.end(), [&](const Json& one) {
          const Json& statement = At(one, "stmt");
          return IsQuery(statement) && TreeRefersTo(statement, removed);
        });
  } catch (const Unreadable&) {
    return WordsReferTo(query, removed);
  }
}

}  // namespace segue::postgres
