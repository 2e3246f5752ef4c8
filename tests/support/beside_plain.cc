#include "tests/support/beside_plain.h"

#include <algorithm>
#include <regex>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue::test {
namespace {

std::string TextOf(const Error& error) {
  std::string text = error.what();
  if (!error.hint().empty()) text += "; " + error.hint();
  for (const std::string& note : error.notes()) text += "\n" + note;
  return text;
}

// The server prints a check that was made of what it printed with other
// brackets and casts.
Snapshot WithChecksAsPrinted(Snapshot lines) {
  static const std::regex kForm(R"([()]|::(text|character varying)(\[\])?)");
  for (std::string& line : lines) {
    if (line.find("definition = CHECK") == std::string::npos) continue;
    line = std::regex_replace(line, kForm, "");
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Takes the columns out of the lines that give the order of columns.
Snapshot WithoutPlaceOf(const std::vector<std::string>& columns,
                        Snapshot lines) {
  const std::string mark = ": order of columns = ";
  for (std::string& line : lines) {
    const std::size_t at = line.find(mark);
    if (at == std::string::npos) continue;
    std::vector<std::string> names =
        base::Split(line.substr(at + mark.size()), ',');
    for (std::string& name : names) name = base::Trim(name);
    for (const std::string& column : columns) std::erase(names, column);
    line = line.substr(0, at) + mark + base::Join(names, ", ");
  }
  return lines;
}

constexpr const char* kViews = R"sql(
SELECT format('%I.%I', n.nspname, c.relname), c.relkind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema' ORDER BY 1)sql";

// What the server calls the rule that a statement stops at, and its relation.
// The rule of a view is the view.
struct RuleInTheWay {
  explicit RuleInTheWay(const ClientError& error) {
    std::smatch match;
    const std::string text = error.what();
    std::regex_search(
        text, match,
        std::regex("rule (\\S+) on (materialized view|view|table) (\\S+)"));
    if (match.empty()) throw error;
    rule = match[1];
    kind = match[2];
    relation = match[3];
  }
  bool is_view() const { return rule == "_RETURN"; }
  std::string DropSql() const {
    return is_view() ? "DROP " + kind + " " + relation + " CASCADE"
                     : "DROP RULE " + rule + " ON " + relation;
  }
  std::string DefinitionQuery() const {
    return "SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = '" +
           relation + "'::regclass AND rulename = '" + rule + "'";
  }

  std::string rule;
  std::string kind;
  std::string relation;
};

}  // namespace

std::string NamesOfParts(const std::string& which) {
  return R"sql(DO $$ DECLARE r record;
BEGIN FOR r IN SELECT p.relname AS index, x.relname AS part, t.relname AS of,
    x.relnamespace::regnamespace AS schema
  FROM pg_catalog.pg_inherits h
  JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
  JOIN pg_catalog.pg_class x ON x.oid = h.inhrelid
  JOIN pg_catalog.pg_index i ON i.indexrelid = x.oid
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
  WHERE )sql" +
         which + R"sql( LOOP
  EXECUTE format('ALTER INDEX %s.%I RENAME TO %I', r.schema, r.part,
    r.index || '_' || r.of);
END LOOP; END $$)sql";
}

BesidePlain::BesidePlain(PostgresServer& server, const std::string& setup,
                         bool writes)
    : server_(server), writes_(writes), original_(server.CreateDatabase()) {
  OpenPostgresClient(server_.Url(original_))->Query(setup);
  twin_name_ = server_.CreateDatabase(original_);
  twin_ = OpenPostgresClient(server_.Url(twin_name_));
  before_ = StateOf(*twin_);
}

BesidePlain::~BesidePlain() {
  twin_.reset();
  try {
    DropWork();
    server_.DropDatabase(twin_name_);
    server_.DropDatabase(original_);
  } catch (const std::exception&) {
    // The server goes with the program.
  }
}

void BesidePlain::DropWork() {
  if (work_.empty()) return;
  server_.DropDatabase(work_);
  work_.clear();
}

BesidePlain::State BesidePlain::StateOf(Client& client) {
  return {CatalogueOf(client), DataOf(client)};
}

BesidePlain::State BesidePlain::OfWork() {
  return StateOf(*OpenPostgresClient(server_.Url(work_)));
}

// Drops the views and rules that the statement stops at, and runs it.
BesidePlain::Dropped BesidePlain::DropViewsFor(const std::string& plain) {
  Dropped dropped;
  const Rows before = twin_->Query(kViews);
  for (bool done = false; !done;) {
    twin_->Query("SAVEPOINT plain");
    try {
      twin_->Query(plain);
      done = true;
    } catch (const ClientError& error) {
      const RuleInTheWay rule(error);
      twin_->Query("ROLLBACK TO plain");
      if (!rule.is_view()) dropped.rules += *twin_->One(rule.DefinitionQuery());
      twin_->Query(rule.DropSql());
    }
  }
  const Rows after = twin_->Query(kViews);
  for (const auto& view : before) {
    if (std::find(after.begin(), after.end(), view) == after.end()) {
      dropped.views.push_back(*view[0]);
    }
  }
  return dropped;
}

// As somebody has to who changes the type of a column that views read: they are
// dumped, dropped and made again.
void BesidePlain::RunPlain(const std::string& plain) {
  twin_->Query("SAVEPOINT views");
  const Dropped dropped = DropViewsFor(plain);
  if (!dropped.views.empty()) {
    twin_->Query("ROLLBACK TO views");
    const std::string views = server_.DumpViews(twin_name_, dropped.views);
    DropViewsFor(plain);
    twin_->Query(views);
  }
  if (!dropped.rules.empty()) twin_->Query(dropped.rules);
}

// The twin is as before afterwards. Triggers see no plain UPDATE, as they see
// no backfill.
BesidePlain::State BesidePlain::AfterPlain(const Change& change,
                                           std::string& error) {
  const std::string path =
      "SET LOCAL search_path = " + change.schema + ", public;";
  if (path + change.plain != last_plain_) {
    last_plain_ = path + change.plain;
    last_error_.clear();
    last_state_ = {};
    last_writes_ = {};
    try {
      twin_->Query("BEGIN; SET LOCAL session_replication_role = replica;" +
                   path);
      RunPlain(change.plain);
      last_state_ = StateOf(*twin_);
      last_writes_ = IdleWritesOf(*twin_, change.schema);
    } catch (const ClientError& thrown) {
      last_error_ = thrown.what();
    }
    twin_->Query("ROLLBACK");
  }
  error = last_error_;
  return last_state_;
}

void BesidePlain::ReadOldWrites(const std::string& schema) {
  if (old_writes_.count(schema) > 0) return;
  twin_->Query("BEGIN");
  old_writes_[schema] = IdleWritesOf(*twin_, schema);
  twin_->Query("ROLLBACK");
}

void BesidePlain::MakeWork() {
  if (!work_.empty()) return;
  work_ = server_.CreateDatabase(original_);
  work_fingerprint_ = FingerprintOf(*OpenPostgresClient(server_.Url(work_)));
}

bool BesidePlain::WorkIsUntouched() {
  return FingerprintOf(*OpenPostgresClient(server_.Url(work_))) ==
         work_fingerprint_;
}

void BesidePlain::Compare(const std::string& when, const State& wanted,
                          const std::vector<std::string>& moves,
                          Verdict& verdict, bool compares_data) {
  const State found = OfWork();
  const auto lines = [&](const State& state) {
    return WithChecksAsPrinted(WithoutPlaceOf(moves, state.catalogue));
  };
  for (const std::string& line : Differences(lines(wanted), lines(found))) {
    verdict.differences.push_back(when + ": " + line);
  }
  if (!compares_data) return;
  for (const std::string& line : Differences(wanted.data, found.data)) {
    verdict.differences.push_back(when + ": " + line);
  }
}

// A new version that writes a row without a column that it does not have leaves
// another value there, which only the contract makes equal.
void BesidePlain::WriteAsBoth(const Change& change, Access access,
                              bool completes, Verdict& verdict) {
  if (!writes_) return;
  std::string error;
  AfterPlain(change, error);  // for the writes of the new version
  ReadOldWrites(change.schema);
  const auto client = OpenPostgresClient(server_.Url(work_));
  const auto write = [&](const std::vector<std::string>& writes,
                         const std::string& path, const std::string& who) {
    verdict.writes += writes.size();
    for (const std::string& failure : FailuresOf(*client, writes, path)) {
      verdict.differences.push_back("a write of the " + who +
                                    " version fails: " + failure);
    }
  };
  const std::string path = access == Access::kVersioned
                               ? change.schema + "_01_change"
                               : change.schema;
  write(old_writes_.at(change.schema).updates, change.schema, "old");
  write(last_writes_.updates, path, "new");
  // A foreign key holds for both versions until the contract.
  std::vector<std::string> old_moves;
  std::vector<std::string> new_moves;
  for (const auto& [table, move] : old_writes_.at(change.schema).moves) {
    old_moves.push_back(move);
    const auto found = last_writes_.moves.find(table);
    if (found != last_writes_.moves.end()) new_moves.push_back(found->second);
  }
  write(old_moves, change.schema, "old");
  if (completes) write(new_moves, path, "new");
}

// Start, rollback, start, complete.
void BesidePlain::RunBoth(const Change& change, Access access,
                          Verdict& verdict) {
  Database database = Database::Open({server_.Url(work_), change.schema, ""});
  MigratorOptions options;
  options.access = access;
  options.accept_unknown = {"foreign_keys"};
  // The plain statement fires none either.
  if (writes_) options.user_triggers = UserTriggers::kSkip;
  Migrator migrator(database, options);
  Migration migration;
  bool complete = false;
  try {
    migration =
        manifest::Parse("operations:\n" + change.operations, "01_change.yaml");
    complete = migrator.Start(migration).status.is_complete();
  } catch (const Error& error) {
    verdict.refused = TextOf(error);
    return;
  }
  std::string doing = "rollback";
  try {
    if (!complete) {
      WriteAsBoth(change, access, false, verdict);
      migrator.Rollback();
      verdict.rolled_back = true;
      Compare("after the rollback", before_, {}, verdict,
              !(change.fills && writes_));
      doing = "second start";
      complete = migrator.Start(migration).status.is_complete();
    }
    doing = "complete";
    if (!complete) {
      WriteAsBoth(change, access, true, verdict);
      migrator.Complete();
    }
  } catch (const Error& error) {
    verdict.differences.push_back("the " + doing + " fails: " + TextOf(error));
  }
}

Verdict BesidePlain::Try(const Change& change, Access access) {
  Verdict verdict;
  MakeWork();
  RunBoth(change, access, verdict);
  if (!verdict.refused.empty()) {
    if (WorkIsUntouched()) return verdict;
    Compare("after the refusal", before_, {}, verdict);
  } else {
    std::string error;
    const State wanted = AfterPlain(change, error);
    if (error.empty()) {
      Compare("after the contract", wanted, change.moves, verdict);
    } else {
      verdict.differences.push_back("the plain statement fails: " + error);
    }
  }
  DropWork();
  return verdict;
}

}  // namespace segue::test
