#include "report/recipe.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "db/url.h"
#include "segue/error.h"

namespace segue::report {
namespace {

// Between these a text has a name of what is put in: %url%.
constexpr char kMark = '%';

struct Recipe {
  const char* name;
  const char* text;
};

// `%direct%` is for a session of the server's own, `%pooled%` for one that a
// pooler in transaction mode shares.
constexpr std::array kRecipes = {
    Recipe{
        "pgbouncer",
        R"(# pgbouncer.ini: a pool of the version's own. Who logs in decides what it sees, so
# neither a reset query nor another client can change it.
[databases]
%database%_%schema% = dbname=%database% user=%role%
; and host, port, pool_mode as in the line that the application has now

# The application connects to %database%_%schema% and needs no search_path.
# ignore_startup_parameters = options lets a URL with options connect, and drops
# them: the application then sees the old shape. connect_query works in
# transaction mode only; in session mode the reset query takes it away.
)"},
    Recipe{
        "psycopg",
        R"(# psycopg 2 and 3, without a pooler or behind a pool of psycopg's own
connection = psycopg.connect("%url%")

# through a pooler in transaction mode (psycopg 3 also: prepare_threshold=None)
connection = psycopg.connect("%role_url%")
)"},
    Recipe{"sqlalchemy", R"(# without a pooler: the engine's own pool is fine
engine = create_engine("%sql_url%")

# through a pooler in transaction mode: poolclass=NullPool leaves the pooling to it
engine = create_engine("%sql_role_url%", poolclass=NullPool)

# A view has no primary key that a reflection finds: name it in the model
# (Column(..., primary_key=True)), or with autoload_with give PrimaryKeyConstraint.
)"},
    Recipe{
        "django",
        R"(# settings.py, without a pooler: to what DATABASES["default"] has now, add
"OPTIONS": {"options": "%options%"},

# through a pooler in transaction mode: leave OPTIONS as it is, and
"USER": "%role%",
"DISABLE_SERVER_SIDE_CURSORS": True,

# Let models of a version have managed = False, or do not run manage.py migrate
# with it: migrations would alter views.
)"},
    Recipe{"rails", R"(# config/database.yml, without a pooler
schema_search_path: '%path%'

# through a pooler in transaction mode: no schema_search_path, because Rails sets
# it with SET, which stays behind for other clients
username: %role%
prepared_statements: false
advisory_locks: false

# A view has no primary key that Rails finds: self.primary_key = "id" in the model.
)"},
    Recipe{"prisma", R"(# .env: Prisma looks into one schema, and sets it itself
DATABASE_URL="%prisma_url%"

# Through a pooler in transaction mode add pgbouncer=true, and connect as %role%,
# so that what is set and what the role says are the same.
# What the version does not show (functions, types) is not found without its schema.
)"},
    Recipe{"jdbc", R"(# without a pooler
jdbc:postgresql://%hosts%/%database%?currentSchema=%jdbc_path%

# through a pooler in transaction mode
jdbc:postgresql://%hosts%/%database%?prepareThreshold=0
user=%role%

# Hibernate: hibernate.default_schema must not be set, or be %schema%.
)"},
    Recipe{"node", R"(// node-postgres, without a pooler
new Pool({ connectionString: "%url%" })

// through a pooler in transaction mode; name no queries (they would be prepared)
new Pool({ connectionString: "%role_url%" })
)"},
    Recipe{"go", R"(// pgx and lib/pq, without a pooler
"%url%"

// through a pooler in transaction mode; pgx: default_query_exec_mode=exec
"%role_url%"
)"},
};

using Parts = std::vector<std::pair<std::string_view, std::string>>;

// Most libraries do not decode the folder of a socket in the place of a host.
db::Url Plainly(const std::string& text) {
  db::Url url = db::ParseUrl(text);
  if (!url.host.starts_with("/")) return url;
  url.parameters["host"] = std::exchange(url.host, "");
  if (!url.port.empty()) {
    url.parameters["port"] = std::exchange(url.port, "");
  }
  return url;
}

// SQLAlchemy knows only the long name of the scheme.
std::string LongScheme(const std::string& url) {
  constexpr std::string_view kShort = "postgres://";
  return url.starts_with(kShort) ? "postgresql://" + url.substr(kShort.size())
                                 : url;
}

std::string HostsOf(const db::Url& url) {
  if (url.host.empty()) return "HOST";
  return url.host + (url.port.empty() ? "" : ":" + url.port);
}

// For a string of Python.
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

Parts PartsOf(const VersionAccess& access) {
  const db::Url plain = Plainly(access.plain_url);
  const db::Url full = Plainly(access.url);
  db::Url role = plain;
  role.user = access.roles.empty() ? "ROLE" : access.roles.front();
  role.password.clear();  // it is another role's
  db::Url prisma = plain;
  prisma.parameters["schema"] = access.version_schema;
  std::string jdbc_path = access.search_path;
  std::erase(jdbc_path, ' ');
  const auto options = full.parameters.find("options");
  return {
      {"url", full.ToString()},
      {"role_url", role.ToString()},
      {"sql_url", LongScheme(full.ToString())},
      {"sql_role_url", LongScheme(role.ToString())},
      {"prisma_url", LongScheme(prisma.ToString())},
      {"options",
       options == full.parameters.end() ? "" : Escaped(options->second)},
      {"path", access.search_path},
      {"jdbc_path", db::PercentEncode(jdbc_path)},
      {"schema", access.version_schema},
      {"role", role.user},
      {"database", plain.database.empty() ? "DATABASE" : plain.database},
      {"hosts", HostsOf(plain)},
  };
}

// What is put in is not looked into again.
std::string Filled(std::string_view text, const Parts& parts) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t begin = text.find(kMark);
    const std::size_t end =
        begin == text.npos ? text.npos : text.find(kMark, begin + 1);
    if (end == text.npos) break;
    const std::string_view name = text.substr(begin + 1, end - begin - 1);
    const auto part =
        std::find_if(parts.begin(), parts.end(),
                     [&](const auto& entry) { return entry.first == name; });
    if (part == parts.end()) {
      throw Error(ErrorKind::kInternal,
                  "a recipe names '" + std::string(name) + "'");
    }
    filled += std::string(text.substr(0, begin)) + part->second;
    text.remove_prefix(end + 1);
  }
  return filled + std::string(text);
}

const char* CommentMark(const std::string& client) {
  return client == "node" || client == "go" ? "// " : "# ";
}

std::string Tail(const std::string& client, const VersionAccess& access) {
  const std::string mark = CommentMark(client);
  std::string text = "\n";
  if (access.roles.empty()) {
    text += mark +
            "ROLE is not made yet: segue versions role ROLE --base-role "
            "APPLICATION\n";
  }
  return text + mark +
         "The application is there when this is true: SELECT current_schema() "
         "= '" +
         access.version_schema + "'\n";
}

}  // namespace

std::vector<std::string> RecipeNames() {
  std::vector<std::string> names;
  std::transform(kRecipes.begin(), kRecipes.end(), std::back_inserter(names),
                 [](const Recipe& recipe) { return recipe.name; });
  return names;
}

std::string RecipeText(const std::string& client, const VersionAccess& access) {
  if (access.version_schema.empty()) {
    throw Error(ErrorKind::kUsage,
                "the base schema needs no recipe; name a published version")
        .WithHint("--version latest; 'segue versions' lists them");
  }
  if (access.search_path.empty()) {
    throw Error(ErrorKind::kUsage,
                "here every session of an application runs a script")
        .WithHint("'segue url --version NAME --sql' prints it");
  }
  const auto recipe =
      std::find_if(kRecipes.begin(), kRecipes.end(),
                   [&](const Recipe& known) { return client == known.name; });
  if (recipe == kRecipes.end()) {
    throw Error(ErrorKind::kUsage, "there is no recipe for '" + client + "'");
  }
  return Filled(recipe->text, PartsOf(access)) + Tail(client, access);
}

}  // namespace segue::report
