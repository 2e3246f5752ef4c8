#include "cli/arguments.h"

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

Error Usage(const std::string& command, const std::string& message) {
  Error error(ErrorKind::kUsage, message);
  error.WithHint("segue help " + command);
  return error;
}

std::vector<std::string> OptionNames(const std::vector<OptionSpec>& options) {
  std::vector<std::string> names;
  for (const OptionSpec& option : options) {
    if (!option.positional()) names.push_back(option.name);
  }
  return names;
}

void RefuseExtras(const std::string& command,
                  const std::vector<OptionSpec>& options,
                  const std::vector<std::string>& extras) {
  for (const std::string& word : extras) {
    if (!word.starts_with("-")) continue;
    const std::string name = word.substr(0, word.find('='));
    std::string message = "unknown option " + name;
    const std::vector<std::string> known = OptionNames(options);
    const std::string near = base::Nearest(name, known);
    if (!near.empty()) message += "; did you mean " + near + "?";
    throw Usage(command, message);
  }
  if (!extras.empty()) {
    throw Usage(command, "unexpected argument \"" + extras.front() + "\"");
  }
}

// The text of CLI11 is "--url: 1 required  missing".
std::string MissingValue(const std::vector<OptionSpec>& options,
                         const std::string& message) {
  const std::string name = message.substr(0, message.find(':'));
  for (const OptionSpec& option : options) {
    if (option.name == name) return name + " needs a value: " + option.value;
  }
  return message;
}

void CheckValue(const std::string& command, const OptionSpec& option,
                const std::string& value) {
  if (value.empty()) {
    throw Usage(command, option.name + " needs a value: " + option.value);
  }
  if (option.choices.empty()) return;
  for (const std::string& choice : option.choices) {
    if (choice == value) return;
  }
  throw Usage(command, option.name + " is \"" + value + "\"; it must be " +
                           base::Join(option.choices, " or "));
}

void Declare(CLI::App& app, const OptionSpec& option) {
  if (option.value.empty() && !option.positional()) {
    app.add_flag(option.name);
  } else if (option.repeats) {
    app.add_option(option.name)->take_all();
  } else {
    app.add_option(option.name)->take_last();
  }
}

// A flag has no result.
std::vector<std::string> ParsedValues(const CLI::Option& parsed) {
  return parsed.results().empty() ? std::vector<std::string>{""}
                                  : parsed.results();
}

Arguments Collect(const CLI::App& app, const std::string& command,
                  const std::vector<OptionSpec>& options) {
  Arguments arguments;
  for (const OptionSpec& option : options) {
    const CLI::Option* parsed = app.get_option(option.name);
    if (parsed->count() == 0) continue;
    std::vector<std::string> values = ParsedValues(*parsed);
    if (!option.repeats) values = {values.back()};
    for (std::string& value : values) {
      if (option.positional() || !option.value.empty()) {
        CheckValue(command, option, value);
      }
      arguments.Set(option.name, std::move(value));
    }
  }
  return arguments;
}

void RequirePositionals(const std::string& command,
                        const std::vector<OptionSpec>& options,
                        const Arguments& arguments) {
  if (arguments.Has("--help")) return;
  for (const OptionSpec& option : options) {
    const bool needed = option.positional() && !option.optional;
    if (needed && !arguments.Has(option.name)) {
      throw Usage(command,
                  command + " needs a " + option.name + ": " + option.help);
    }
  }
}

}  // namespace

std::string Arguments::Value(const std::string& name,
                             const std::string& fallback) const {
  const auto found = values_.find(name);
  return found == values_.end() ? fallback : found->second.back();
}

std::vector<std::string> Arguments::Values(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

void Arguments::Set(const std::string& name, std::string value) {
  values_[name].push_back(std::move(value));
}

Arguments ParseArguments(const std::string& command,
                         const std::vector<OptionSpec>& options,
                         const std::vector<std::string>& words) {
  CLI::App app;
  // The messages of CLI11 name no nearest option, and its help does not use our
  // table.
  app.set_help_flag();
  app.allow_extras();
  for (const OptionSpec& option : options) Declare(app, option);
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ArgumentMismatch& error) {
    throw Usage(command, MissingValue(options, error.what()));
  } catch (const CLI::ParseError& error) {
    throw Usage(command, error.what());
  }
  RefuseExtras(command, options, app.remaining());
  Arguments arguments = Collect(app, command, options);
  RequirePositionals(command, options, arguments);
  return arguments;
}

}  // namespace segue::cli
