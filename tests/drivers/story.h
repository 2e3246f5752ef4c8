// A story of examples/, played as its run.sh does.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/support/built.h"
#include "tests/support/process.h"

namespace segue::test {

// True when the programs of the stories find what they import.
inline bool CanPlayStories() {
  Command imports;
  imports.argv = {"/usr/bin/python3", "-c", "import psycopg2"};
  return RunCommand(imports).exit_code == 0;
}

// `urls` are what story.py takes after the program.
inline Finished PlayStory(const std::string& name,
                          const std::vector<std::string>& urls) {
  Command story;
  story.argv = {"/usr/bin/python3",
                SourceDir() + "/examples/" + name + "/story.py",
                SegueProgram()};
  story.argv.insert(story.argv.end(), urls.begin(), urls.end());
  story.environment = {{"PYTHONDONTWRITEBYTECODE", "1"}};
  return RunCommand(story);
}

}  // namespace segue::test
