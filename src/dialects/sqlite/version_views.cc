#include "dialects/sqlite/version_views.h"

#include <algorithm>

#include "base/append.h"
#include "base/text.h"
#include "db/url.h"
#include "dialects/sqlite/instead_of.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/part_view.h"
#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// SQLite has no limit; this one keeps names readable.
constexpr std::size_t kMaxName = 63;

// The text after it is ") AS /* segue: version=main_02 table=users key=id */
// SELECT ...".
constexpr std::string_view kTable = " table=";
constexpr std::string_view kKey = " key=";
constexpr std::string_view kMarkEnd = " */ ";

// The search covers all columns of the base table, because one of them may be
// called rowid and then hides the rowid.
std::string FreeRowidName(const plan::VersionView& view) {
  std::vector<std::string> taken = view.hidden;
  for (const schema::Column& column : view.columns) {
    taken.push_back(column.physical());
  }
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    const bool used = std::any_of(
        taken.begin(), taken.end(),
        [&](const std::string& column) { return SameName(column, name); });
    if (!used) return name;
  }
  return "";
}

Error Unaddressable(const plan::VersionView& view, const std::string& why) {
  return Error(ErrorKind::kRefused,
               "the rows of table '" + view.base().name +
                   "' cannot be told apart through a view: " + why)
      .WithHint("give the table a primary key, or use access: in_place");
}

bool ShowsKey(const plan::VersionView& view, const InsteadOf& triggers) {
  return !view.key.empty() &&
         std::all_of(view.key.begin(), view.key.end(),
                     [&](const std::string& column) {
                       return triggers.ByTarget(column) != nullptr;
                     });
}

// Decides how a row is found again: by a key, otherwise by the rowid.
void Address(const plan::VersionView& view, const schema::Table* base,
             InsteadOf* triggers) {
  const bool keyed = ShowsKey(view, *triggers);
  const bool has_rowid = base == nullptr || !IsWithoutRowid(base->definition);
  if (keyed && (!has_rowid || !view.key_may_be_null)) {
    triggers->key = view.key;
    return;
  }
  if (!has_rowid) {
    throw Unaddressable(view, "the version does not show its whole key");
  }
  triggers->rowid = FreeRowidName(view);
  if (triggers->rowid.empty()) {
    throw Unaddressable(view, "columns hide its rowid");
  }
  if (!keyed && !view.hidden.empty()) {
    throw Unaddressable(
        view,
        "it has no key, and two rows may differ only in a column that "
        "the version does not show ('" +
            base::Join(view.hidden, "', '") + "')");
  }
  if (keyed) triggers->hints = view.key;
}

// A row that was inserted is looked at afterwards: by its key only where there
// is no rowid, because a default of the key may give another value each time.
void AddressInserted(const plan::VersionView& view, const schema::Table* base,
                     InsteadOf* triggers) {
  if (base != nullptr && IsWithoutRowid(base->definition)) return;
  triggers->rowid = FreeRowidName(view);
  if (triggers->rowid.empty()) {
    throw Unaddressable(view, "columns hide its rowid");
  }
}

InsteadOf TriggersFor(const std::string& name, const plan::VersionView& view,
                      const schema::Table* base) {
  InsteadOf triggers;
  triggers.view = name;
  triggers.target = view.base().name;
  triggers.marks = view.marks;
  for (const schema::Column& column : view.columns) {
    triggers.columns.push_back({column.name, column.physical(),
                                column.default_sql,
                                !column.generated_sql.empty(),
                                base::Contains(view.required, column.name)});
  }
  if (const auto* rows = std::get_if<plan::Projection>(&view.source)) {
    Address(view, base, &triggers);
    triggers.where = rows->where;
    triggers.shown = view.name;
    if (!rows->where.empty()) AddressInserted(view, base, &triggers);
  } else if (std::holds_alternative<plan::Part>(view.source)) {
    triggers.key = view.key;
  } else {
    triggers.refusal = TakesNoWrites(view.name);
  }
  return triggers;
}

// Returns the alias of the table in which a column of the view lives.
std::string RowOf(const plan::VersionView& view, const std::string& shown) {
  const auto* join = std::get_if<plan::Join>(&view.source);
  if (join == nullptr) return "t.";
  const auto& right = join->from_right;
  return std::find(right.begin(), right.end(), shown) == right.end() ? "t."
                                                                     : "r.";
}

std::string Query(const plan::Projection& source, const std::string& list) {
  const std::string query =
      "SELECT " + list + " FROM " + Quote(source.base.name) + " AS t";
  return source.where.empty() ? query : query + " WHERE (" + source.where + ")";
}

std::string Query(const plan::Part& source, const std::string& list) {
  return Query(plan::Projection{source.base}, list);
}

std::string Query(const plan::Join& source, const std::string& list) {
  std::vector<std::string> same;
  for (const plan::Join::Pair& pair : source.on) {
    same.push_back("t." + Quote(pair.left) + " = r." + Quote(pair.right));
  }
  return Query(plan::Projection{source.left}, list) + " LEFT JOIN " +
         Quote(source.right.name) + " AS r ON " + base::Join(same, " AND ");
}

std::string Query(const plan::Union& source, const std::string& list) {
  std::vector<std::string> parts;
  for (const schema::TableName& part : source.parts) {
    parts.push_back(Query(plan::Projection{part}, list));
  }
  return base::Join(parts, " UNION ALL ");
}

// SQLite takes TRUE and FALSE for values where it names the columns of a view,
// quoted or not: the column would be "column3", and its name would read as 1.
void RefuseTruthNames(const plan::VersionView& view) {
  for (const schema::Column& column : view.columns) {
    const std::string& name = column.name;
    if (!SameName(name, "true") && !SameName(name, "false")) continue;
    throw Error(ErrorKind::kRefused,
                "table '" + view.base().name +
                    "' is to have a column called '" + name +
                    "', and SQLite shows no column of that name in a "
                    "view")
        .WithHint(
            "give the column another name first, or use access: in_place");
  }
}

std::vector<Statement> ViewAndTriggers(const InsteadOf& triggers,
                                       const plan::VersionView& view,
                                       const std::string& mark) {
  RefuseTruthNames(view);
  std::vector<std::string> shown;
  std::vector<std::string> stored;
  for (const InsteadOf::Column& column : triggers.columns) {
    shown.push_back(Quote(column.shown));
    stored.push_back(RowOf(view, column.shown) + Quote(column.target));
  }
  if (!triggers.shown_rowid.empty()) {
    shown.push_back(Quote(triggers.shown_rowid));
    stored.push_back("t." + Quote(triggers.rowid));
  }
  const std::string list = base::Join(stored, ", ");
  const std::string query = std::visit(
      [&](const auto& source) { return Query(source, list); }, view.source);
  std::vector<Statement> statements = {
      {"CREATE VIEW " + Quote(triggers.view) + " (" + base::Join(shown, ", ") +
           (mark.empty() ? ") AS " : mark) + query,
       {}}};
  const bool part = std::holds_alternative<plan::Part>(view.source);
  base::Append(
      part ? PartTriggers(triggers, view) : InsteadOfTriggers(triggers),
      statements);
  return statements;
}

// Returns the decoded text between two marks that occur in this order.
std::string Between(std::string_view text, std::string_view begin,
                    std::string_view end) {
  const std::size_t from = text.find(begin) + begin.size();
  return db::PercentDecode(text.substr(from, text.find(end, from) - from));
}

// A text of somebody else's may look like ours.
bool IsEncoded(std::string_view text) {
  const std::size_t table = text.find(kTable);
  if (table == std::string_view::npos) return false;
  if (text.find(kKey, table) == std::string_view::npos) return false;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (std::size_t at = text.find('%'); at != std::string_view::npos;
       at = text.find('%', at + 1)) {
    const std::string_view digits = text.substr(at + 1, 2);
    if (digits.size() < 2 || digits == "00") return false;
    if (digits.find_first_not_of(kHex) != std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

std::vector<Statement> CreateUpdatableView(const std::string& name,
                                           const plan::VersionView& view,
                                           const schema::Table* base) {
  return ViewAndTriggers(TriggersFor(name, view, base), view, "");
}

// Names are encoded, so that none of them ends the comment or looks like a part
// of it.
std::vector<Statement> CreatePublishedView(const std::string& version_schema,
                                           const plan::VersionView& view,
                                           const schema::Table* base) {
  InsteadOf triggers =
      TriggersFor(PublishedName(version_schema, view.name), view, base);
  if (view.projects() && triggers.key.empty()) {
    triggers.shown_rowid = kRowidColumn;
  }
  std::vector<std::string> key;
  for (const std::string& name :
       triggers.key.empty() ? triggers.hints : triggers.key) {
    key.push_back(db::PercentEncode(triggers.ByTarget(name)->shown));
  }
  return ViewAndTriggers(triggers, view,
                         PublishedMark(version_schema) +
                             db::PercentEncode(view.name) + std::string(kKey) +
                             base::Join(key, ",") + std::string(kMarkEnd));
}

Statement DropUpdatableView(const std::string& name) {
  return {"DROP VIEW " + Quote(name), {}};
}

std::string PublishedName(const std::string& version_schema,
                          const std::string& table) {
  return base::ShortName(version_schema + "__" + table, kMaxName);
}

std::string PublishedMark(const std::string& version_schema) {
  return std::string(kPublishedMark) + db::PercentEncode(version_schema) +
         std::string(kTable);
}

std::optional<Published> ReadPublished(const std::string& view,
                                       std::string_view sql) {
  const std::size_t begin = sql.find(kPublishedMark);
  const std::size_t end = sql.find(kMarkEnd, begin);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view text = sql.substr(begin, end - begin);
  if (!IsEncoded(text)) return std::nullopt;
  Published published;
  published.version_schema = Between(text, kPublishedMark, kTable);
  published.table = Between(text, kTable, kKey);
  for (const std::string& name :
       base::Split(text.substr(text.find(kKey) + kKey.size()), ',')) {
    if (!name.empty()) published.key.push_back(db::PercentDecode(name));
  }
  if (PublishedName(published.version_schema, published.table) != view) {
    return std::nullopt;
  }
  return published;
}

}  // namespace segue::sqlite
