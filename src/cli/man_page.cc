#include "cli/man_page.h"

#include <array>
#include <utility>

#include "base/version.h"
#include "cli/commands.h"

namespace segue::cli {

namespace {

// A line that begins with a dot or a quote would be a request of groff, and the
// hyphen of an option must stay a hyphen when it is copied.
std::string Roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  if (!escaped.empty() && (escaped[0] == '.' || escaped[0] == '\'')) {
    escaped.insert(0, "\\&");
  }
  return escaped;
}

std::string OptionEntry(const OptionSpec& option) {
  std::string label = "\\fB" + Roff(option.name) + "\\fR";
  if (option.positional()) {
    label = "\\fI" + Roff(option.name) + "\\fR";
  } else if (!option.value.empty()) {
    label += " \\fI" + Roff(option.value) + "\\fR";
  }
  std::string help = option.help;
  for (std::size_t i = 0; i < option.choices.size(); ++i) {
    help += (i == 0 ? " (" : ", ") + option.choices[i];
  }
  if (!option.choices.empty()) help += ")";
  return ".TP\n" + label + "\n" + Roff(help) + "\n";
}

std::string CommandEntry(const Command& command) {
  std::string text = ".SS segue " + Roff(command.name);
  for (const OptionSpec& option : command.options) {
    if (!option.positional()) continue;
    text += option.optional ? " [" + option.name + "]" : " " + option.name;
  }
  text += "\n" + Roff(command.summary) + ".\n";
  for (const OptionSpec& option : command.options) {
    text += OptionEntry(option);
  }
  return text;
}

std::string Options(const std::vector<OptionSpec>& options) {
  std::string text;
  for (const OptionSpec& option : options) text += OptionEntry(option);
  return text;
}

constexpr std::array<std::pair<const char*, const char*>, 10> kExits = {{
    {"0", "done"},
    {"1", "failed: an expression or the data broke a rule, or a defect"},
    {"2", "the command line, a file, the configuration or a URL is wrong"},
    {"3", "refused by a rule of segue's; the hint says how"},
    {"4", "no such table, column, migration or version, or none is active"},
    {"5", "the lock budget is spent; resumable"},
    {"6", "cannot connect, or the connection was lost; resumable"},
    {"7", "another runner is at work on this schema"},
    {"8", "old and new shape do not agree; the keys are listed"},
    {"130", "interrupted; resumable"},
}};

constexpr char kDescription[] =
    ".SH DESCRIPTION\n"
    "segue changes the schema of a live database while the old and the new\n"
    "version of an application run side by side.\n"
    "A migration is a YAML or JSON file.\n"
    "\\fBstart\\fR expands: it adds the new shape beside the old one, keeps "
    "both\n"
    "in step with triggers and fills the rows there are.\n"
    "Both versions are live then, and \\fBrollback\\fR undoes everything.\n"
    "\\fBcomplete\\fR contracts: it removes the old shape when nothing uses "
    "it\n"
    "any more.\n"
    "Every state is recorded in the database before it is acted on, so a run\n"
    "that was interrupted goes on with \\fBresume\\fR.\n";

constexpr char kEnvironment[] =
    ".SH ENVIRONMENT\n"
    ".TP\n.B DATABASE_URL\n"
    "the database, unless \\fB\\-\\-url\\fR or \\fB\\-\\-env\\fR is given\n"
    ".TP\n.B SEGUE_DIRECT_URL\n"
    "the way to it past a pooler, unless \\fB\\-\\-direct\\-url\\fR is given\n"
    ".TP\n.B PGPASSWORD\n"
    "the password of a PostgreSQL role, as for other clients\n"
    ".SH FILES\n"
    ".TP\n.I segue.yaml\n"
    "the configuration: environments, the migrations directory, defaults\n"
    ".TP\n.I .env\n"
    "DATABASE_URL and SEGUE_DIRECT_URL, beside segue.yaml\n"
    ".TP\n.I migrations/\n"
    "the migration files, in the order of the numbers in front of their names\n"
    ".TP\n.I ~/.pgpass\n"
    "passwords of PostgreSQL\n";

constexpr char kExamples[] =
    ".SH EXAMPLES\n"
    "A column gets another name while the application goes on:\n"
    ".PP\n.nf\n.RS\n"
    "segue init \\-\\-url sqlite:app.db\n"
    "segue new full_name \\-\\-operation rename_column\n"
    "segue plan 01_full_name\n"
    "segue start 01_full_name\n"
    "segue complete\n"
    ".RE\n.fi\n"
    ".PP\nEverything that is pending, with one backfill:\n"
    ".PP\n.nf\n.RS\n"
    "segue migrate\n"
    ".RE\n.fi\n"
    ".PP\nFrom another terminal:\n"
    ".PP\n.nf\n.RS\n"
    "segue watch\n"
    "segue pause\n"
    "segue resume\n"
    ".RE\n.fi\n";

}  // namespace

std::string ManPage() {
  std::string text = ".TH SEGUE 1 \"\" \"segue " +
                     std::string(base::Version()) +
                     "\" \"User Commands\"\n"
                     ".SH NAME\n"
                     "segue \\- change the schema of a live database\n"
                     ".SH SYNOPSIS\n"
                     ".B segue\n\\fICOMMAND\\fR [\\fIoptions\\fR]\n"
                     ".br\n.B segue help\n[\\fICOMMAND\\fR]\n"
                     ".br\n.B segue \\-\\-version\n";
  text += kDescription;
  text += ".SH COMMANDS\n";
  for (const Command& command : Commands()) text += CommandEntry(command);
  text += ".SH OPTIONS\nOf every command:\n" + Options(OutputOptions());
  text += ".PP\nOf every command that connects to a database:\n" +
          Options(ConnectionOptions());
  text += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : kExits) {
    text += std::string(".TP\n.B ") + code + "\n" + meaning + "\n";
  }
  text += kEnvironment;
  return text + kExamples;
}

}  // namespace segue::cli
