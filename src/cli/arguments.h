// A command line, parsed against the table of commands.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace segue::cli {

struct OptionSpec {
  std::string name;   // "--url"; a positional: "FILE"
  std::string value;  // "URL", as the help shows it; empty: a flag
  std::string help;
  std::vector<std::string> choices = {};  // the values allowed; empty: any
  bool optional = false;                  // a positional that may be left out

  bool positional() const { return name.front() != '-'; }
};

class Arguments {
 public:
  bool Has(const std::string& name) const { return values_.count(name) != 0; }
  // The value given, or `fallback`.
  std::string Value(const std::string& name,
                    const std::string& fallback = "") const;
  void Set(const std::string& name, std::string value);

 private:
  std::map<std::string, std::string> values_;
};

// Parses what follows the command's name. Throws Error{kUsage} that names the
// nearest known option. Positionals are required unless --help is given.
Arguments ParseArguments(const std::string& command,
                         const std::vector<OptionSpec>& options,
                         const std::vector<std::string>& words);

}  // namespace segue::cli
