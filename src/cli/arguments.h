// Parses a command line against the table of commands.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace segue::cli {

struct OptionSpec {
  std::string name;   // "--url"; a positional: "FILE"
  std::string value;  // as help shows it, "URL"; empty: a flag
  std::string help;
  std::vector<std::string> choices = {};  // allowed values; empty: any
  bool optional = false;                  // for a positional
  bool repeats = false;                   // each further value counts, too

  bool positional() const { return name.front() != '-'; }
};

class Arguments {
 public:
  bool Has(const std::string& name) const { return values_.count(name) != 0; }
  // Returns the given value, the last one if there are several, or `fallback`.
  std::string Value(const std::string& name,
                    const std::string& fallback = "") const;
  // Returns all values of an option that repeats, in their order.
  std::vector<std::string> Values(const std::string& name) const;
  // Adds a value to those that the option has.
  void Set(const std::string& name, std::string value);

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

// Parses the words after the command's name. Throws Error{kUsage}, which names
// the nearest known option. Positionals are required unless --help is given.
Arguments ParseArguments(const std::string& command,
                         const std::vector<OptionSpec>& options,
                         const std::vector<std::string>& words);

}  // namespace segue::cli
