// segue url: prints the URL with which an application of a version connects,
// the SQL that it runs in each session, or what its client library needs. It is
// the only place that prints a password, if the URL was given with one, because
// the output must work as it is.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/recipe.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

enum class Form { kUrl, kSql, kRecipe };

Form FormOf(const Context& context) {
  const bool sql = context.arguments.Has("--sql");
  const bool recipe = context.arguments.Has("--recipe");
  if (sql && recipe) {
    throw Error(ErrorKind::kUsage, "--sql and --recipe do not go together");
  }
  return sql ? Form::kSql : recipe ? Form::kRecipe : Form::kUrl;
}

}  // namespace

int RunUrl(const Context& context) {
  Session session(context);
  const std::string version = context.arguments.Value("--version");
  const Form form = FormOf(context);
  const std::string text =
      form == Form::kSql ? session.versions().SessionSqlFor(version)
      : form == Form::kRecipe
          ? report::RecipeText(context.arguments.Value("--recipe"),
                               session.versions().AccessTo(version))
          : session.versions().UrlFor(version) + "\n";
  if (context.json()) {
    const char* name = form == Form::kSql      ? "sql"
                       : form == Form::kRecipe ? "recipe"
                                               : "url";
    context.around.out << report::ObjectJson(
                              {{name, std::string(base::Trim(text))}})
                       << "\n";
  } else {
    context.around.out << text;
  }
  return 0;
}

}  // namespace segue::cli
