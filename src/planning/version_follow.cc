#include "planning/version_follow.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "plan/names.h"
#include "planning/stored_table.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

// The operations of which a test holds that clients of a version and of the
// base schema write and read the same rows until the contract.
constexpr std::string_view kFollowed[] = {
    "add_column",  "alter_column", "create_index", "create_table",
    "drop_column", "drop_index",   "rename_column"};

struct Shown {
  int number = 0;
  schema::Column column;  // as it was added to the view, or is found there
};

bool IsOurs(const std::string& name) { return name.starts_with(plan::kOurs); }

// The table numbers an identity column itself, and NULL is what it has without
// a default.
std::optional<std::string> DefaultOf(const schema::Column& column) {
  const bool none = !column.generated_sql.empty() ||
                    column.identity != schema::Identity::kNone ||
                    column.default_sql == "NULL";
  return none ? std::nullopt : column.default_sql;
}

// Returns the table of an action that changes the columns of one.
const schema::TableName* TableOf(const plan::Action& action) {
  if (const auto* add = std::get_if<plan::AddColumn>(&action)) {
    return &add->table;
  }
  if (const auto* drop = std::get_if<plan::DropColumn>(&action)) {
    return &drop->table;
  }
  if (const auto* rename = std::get_if<plan::RenameColumn>(&action)) {
    return &rename->table;
  }
  const auto* alter = std::get_if<plan::AlterColumn>(&action);
  return alter == nullptr ? nullptr : &alter->table;
}

struct View {
  const PublishedVersion* version = nullptr;
  std::vector<Shown> columns;
};

// What a step does to the columns of one table, seen from one place in it: that
// of the action which gives the views their new shape.
struct Change {
  StoredColumns start;
  StoredColumns here;
  StoredColumns end;
  int own = 0;  // the columns with this number and above are the migration's
  std::vector<int> altered = {};
  std::vector<plan::Heir> heirs = {};
};

class Follower {
 public:
  Follower(const schema::Schema& before, PlanContext& context)
      : before_(before), context_(context) {}

  void Run() {
    for (DraftStep& step : context_.steps) {
      ShowCreated(step);
      for (const schema::TableName& table : ChangedIn(step)) {
        Follow(step, table);
      }
    }
  }

 private:
  struct Followed {
    StoredTable table;
    int own = 0;
    std::vector<View> views;
  };

  static std::vector<schema::TableName> ChangedIn(const DraftStep& step) {
    std::vector<schema::TableName> tables;
    for (const plan::Action& action : step.actions) {
      const schema::TableName* table = TableOf(action);
      if (table == nullptr) continue;
      if (std::find(tables.begin(), tables.end(), *table) == tables.end()) {
        tables.push_back(*table);
      }
    }
    return tables;
  }

  Error Refused(const PublishedVersion& version, const std::string& table,
                const std::string& reason) const {
    return Error(ErrorKind::kRefused,
                 "the view of table '" + table + "' of published version '" +
                     version.version_schema +
                     "' cannot follow a change in place: " + reason)
        .WithHint(
            "use 'access: versioned', or take the version away first: 'segue "
            "versions retire " +
            version.version_schema + "'");
  }

  void RefuseTied(const PublishedVersion& version, const schema::Table& table,
                  const schema::Table& view) const {
    const std::string& name = table.name.name;
    for (const schema::Dependent& dependent : view.dependents) {
      throw Refused(version, name,
                    dependent.kind + " '" + dependent.ToString() +
                        "' depends on it, and it has to be made again");
    }
    for (const schema::Dependent& dependent : table.dependents) {
      if (dependent.kind != "inheriting table") continue;
      throw Refused(version, name,
                    "table '" + dependent.ToString() + "' inherits from it");
    }
  }

  // A table without a view is seen as it is: the path of a client goes on to
  // the base schema.
  std::vector<View> ViewsOf(const schema::Table& live,
                            const StoredTable& table) const {
    std::vector<View> views;
    for (const PublishedVersion& version : context_.followed) {
      for (const schema::Table& view : version.views) {
        if (view.name.name != live.name.name) continue;
        RefuseTied(version, live, view);
        View shown{&version, {}};
        for (const schema::Column& column : view.columns) {
          shown.columns.push_back({table.NumberOf(column.name), column});
        }
        views.push_back(std::move(shown));
      }
    }
    return views;
  }

  Followed& At(const schema::TableName& name) {
    for (Followed& one : tables_) {
      if (one.table.name() == name) return one;
    }
    const schema::Table& live = schema::RequireTable(before_, name.name);
    StoredTable table(live);
    const int own = table.next();
    std::vector<View> views = ViewsOf(live, table);
    return tables_.emplace_back(
        Followed{std::move(table), own, std::move(views)});
  }

  bool DropsShown(const plan::Action& action, const Followed& followed) const {
    const auto* drop = std::get_if<plan::DropColumn>(&action);
    if (drop == nullptr) return false;
    const int number = followed.table.NumberOf(drop->column.physical());
    return std::any_of(
        followed.views.begin(), followed.views.end(), [&](const View& view) {
          return std::any_of(
              view.columns.begin(), view.columns.end(),
              [&](const Shown& one) { return one.number == number; });
        });
  }

  // The views let a column go before it is dropped, and otherwise come last,
  // also after the triggers: an undo, which goes backwards, then locks them
  // before the table, as whoever uses them does.
  void Follow(DraftStep& step, const schema::TableName& name) {
    Followed& followed = At(name);
    Change change;
    change.start = followed.table.columns();
    change.own = followed.own;
    std::optional<std::size_t> first_drop;
    std::size_t last = 0;
    for (std::size_t at = 0; at < step.actions.size(); ++at) {
      const plan::Action& action = step.actions[at];
      const schema::TableName* table = TableOf(action);
      if (table == nullptr || !(*table == name)) continue;
      if (!first_drop && DropsShown(action, followed)) {
        first_drop = at;
        change.here = followed.table.columns();
      }
      last = at;
      RefuseType(action, followed);
      Record(action, followed.table, change);
      followed.table.Apply(action);
    }
    change.end = followed.table.columns();
    if (!first_drop) change.here = change.end;
    for (View& view : followed.views) {
      Reshape(step, name, change, first_drop, last, view);
    }
  }

  // The server changes no type that a view shows.
  void RefuseType(const plan::Action& action, const Followed& followed) const {
    const auto* alter = std::get_if<plan::AlterColumn>(&action);
    if (alter == nullptr || alter->before.type == alter->after.type) return;
    for (const View& view : followed.views) {
      throw Refused(
          *view.version, followed.table.name().name,
          "the type of column '" + alter->after.name + "' changes under it");
    }
  }

  static void Record(const plan::Action& action, const StoredTable& table,
                     Change& change) {
    if (const auto* alter = std::get_if<plan::AlterColumn>(&action)) {
      const bool same = alter->before.nullable == alter->after.nullable &&
                        alter->before.default_sql == alter->after.default_sql;
      if (!same) {
        change.altered.push_back(table.NumberOf(alter->after.physical()));
      }
    }
    const auto* drop = std::get_if<plan::DropColumn>(&action);
    if (drop != nullptr && drop->heir) change.heirs.push_back(*drop->heir);
  }

  // Returns the column that is in the place of this one at the end; nullptr
  // when there is none that the application sees.
  static const StoredColumn* PlaceOf(const Shown& shown, const Change& change) {
    const StoredColumn* stays = FindStored(change.end, shown.number);
    if (stays != nullptr) {
      return IsOurs(stays->column.name) ? nullptr : stays;
    }
    const StoredColumn* was = FindStored(change.start, shown.number);
    for (const plan::Heir& heir : change.heirs) {
      if (was == nullptr || heir.column != was->column.name) continue;
      for (const StoredColumn& one : change.end) {
        if (one.column.name == heir.name) return &one;
      }
    }
    return nullptr;
  }

  // Returns the column as the view shows it from then on.
  static Shown ShownAs(const StoredColumn& stored, const Shown* before,
                       const Change& change) {
    Shown shown{stored.number, stored.column};
    const bool altered = std::find(change.altered.begin(), change.altered.end(),
                                   stored.number) != change.altered.end();
    const bool same = before != nullptr && before->number == stored.number;
    shown.column.default_sql = same && !altered ? before->column.default_sql
                                                : DefaultOf(stored.column);
    return shown;
  }

  static std::vector<Shown> After(const View& view, const Change& change) {
    std::vector<Shown> after;
    const auto has = [](const std::vector<Shown>& all, int number) {
      return std::any_of(all.begin(), all.end(), [&](const Shown& one) {
        return one.number == number;
      });
    };
    for (const Shown& one : view.columns) {
      const StoredColumn* stored = PlaceOf(one, change);
      if (stored == nullptr || has(after, stored->number)) continue;
      const bool shown_already =
          stored->number != one.number && has(view.columns, stored->number);
      if (!shown_already) after.push_back(ShownAs(*stored, &one, change));
    }
    for (const StoredColumn& stored : change.end) {
      const bool added =
          stored.number >= change.own && !IsOurs(stored.column.name);
      if (!added || has(after, stored.number)) continue;
      const auto before = std::find_if(
          view.columns.begin(), view.columns.end(),
          [&](const Shown& one) { return one.number == stored.number; });
      after.push_back(ShownAs(
          stored, before == view.columns.end() ? nullptr : &*before, change));
    }
    return after;
  }

  // The names are those that the columns have where the action stands.
  static std::vector<schema::Column> Named(const std::vector<Shown>& all,
                                           const StoredColumns& here) {
    std::vector<schema::Column> columns;
    for (const Shown& one : all) {
      schema::Column column = one.column;
      column.stored_as.clear();
      const StoredColumn* stored = FindStored(here, one.number);
      if (stored != nullptr && stored->column.name != column.name) {
        column.stored_as = stored->column.name;
      }
      columns.push_back(std::move(column));
    }
    return columns;
  }

  static bool Same(const std::vector<schema::Column>& a,
                   const std::vector<schema::Column>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& one, const auto& other) {
                        return one.name == other.name &&
                               one.physical() == other.physical() &&
                               one.default_sql == other.default_sql;
                      });
  }

  static void Reshape(DraftStep& step, const schema::TableName& table,
                      const Change& change,
                      const std::optional<std::size_t>& first_drop,
                      std::size_t& last, View& view) {
    std::vector<Shown> after = After(view, change);
    plan::ReshapeView reshape{view.version->version_schema, table,
                              Named(view.columns, change.here),
                              Named(after, change.here)};
    view.columns = std::move(after);
    if (Same(reshape.before, reshape.after)) return;
    if (first_drop) {
      Insert(step, *first_drop, *first_drop, std::move(reshape));
    } else {
      AddAfter(step, last, std::move(reshape));
    }
    ++last;
  }

  // Puts the action behind everything that takes effect together with that at
  // `last`, or of the step.
  static void AddAfter(DraftStep& step, std::size_t last,
                       plan::ReshapeView action) {
    for (const AtomicRun& run : step.atomic) {
      if (last < run.begin || last >= run.end) continue;
      return Insert(step, run.end, last, std::move(action));
    }
    step.actions.emplace_back(std::move(action));
  }

  // Puts the action in front of that at `at`. It belongs to what the action at
  // `beside` takes effect with.
  static void Insert(DraftStep& step, std::size_t at, std::size_t beside,
                     plan::ReshapeView action) {
    step.actions.insert(step.actions.begin() + static_cast<std::ptrdiff_t>(at),
                        std::move(action));
    for (AtomicRun& run : step.atomic) {
      const bool within = run.begin <= beside && beside < run.end;
      if (within) {
        ++run.end;
      } else if (run.begin >= at) {
        ++run.begin;
        ++run.end;
      }
    }
  }

  void ShowCreated(DraftStep& step) {
    for (std::size_t at = 0; at < step.actions.size(); ++at) {
      const auto* create = std::get_if<plan::CreateTable>(&step.actions[at]);
      if (create == nullptr) continue;
      const schema::Table created = create->table;
      StoredTable table(created);
      std::vector<View> views;
      for (const PublishedVersion& version : context_.followed) {
        plan::ReshapeView reshape{version.version_schema, created.name, {}, {}};
        View view{&version, {}};
        for (const StoredColumn& stored : table.columns()) {
          if (IsOurs(stored.column.name)) continue;
          view.columns.push_back(ShownAs(stored, nullptr, {}));
        }
        reshape.after = Named(view.columns, table.columns());
        Insert(step, at + 1, at, std::move(reshape));
        views.push_back(std::move(view));
      }
      const int own = table.next();
      tables_.push_back({std::move(table), own, std::move(views)});
    }
  }

  const schema::Schema& before_;
  PlanContext& context_;
  std::vector<Followed> tables_;
};

void RefuseUnfollowed(const std::vector<OperationPtr>& operations,
                      const PlanContext& context) {
  for (const OperationPtr& operation : operations) {
    const std::string name = operation->name();
    const bool followed = std::find(std::begin(kFollowed), std::end(kFollowed),
                                    name) != std::end(kFollowed);
    if (followed) continue;
    const std::string& version = context.followed.back().version_schema;
    throw Error(ErrorKind::kRefused,
                name + ": schema '" + context.schema.name +
                    "' has the published version '" + version +
                    "', whose clients would not see this change in place")
        .WithHint(
            "use 'access: versioned', or take the version away first: 'segue "
            "versions retire " +
            version + "'")
        .WithSource(operation->source());
  }
}

}  // namespace

void FollowInVersions(const schema::Schema& before,
                      const std::vector<OperationPtr>& operations,
                      PlanContext& context) {
  if (context.followed.empty()) return;
  RefuseUnfollowed(operations, context);
  Follower(before, context).Run();
}

}  // namespace segue::ops
