#include "cli/completion.h"

#include <gmock/gmock.h>

#include "cli/commands.h"
#include "cli/man_page.h"

namespace segue::cli {
namespace {

using testing::HasSubstr;

TEST(CompletionTest, EveryShellKnowsEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = CompletionScript(shell);
    for (const Command& command : Commands()) {
      EXPECT_THAT(script, HasSubstr(command.name)) << shell;
      for (const OptionSpec& option : AllOptions(command)) {
        if (option.positional()) continue;
        const std::string name =
            shell == std::string("fish") ? option.name.substr(2) : option.name;
        EXPECT_THAT(script, HasSubstr(name)) << shell;
      }
    }
  }
}

TEST(ManPageTest, HasItsSectionsAndEveryCommand) {
  const std::string page = ManPage();
  std::size_t at = 0;
  for (const char* section :
       {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS",
        "ENVIRONMENT", "FILES", "EXAMPLES"}) {
    const std::size_t found =
        page.find(std::string("\n.SH ") + section + "\n", at);
    ASSERT_NE(found, std::string::npos) << section;
    at = found;
  }
  for (const Command& command : Commands()) {
    EXPECT_THAT(page, HasSubstr("\n.SS segue " + command.name));
  }
}

}  // namespace
}  // namespace segue::cli
