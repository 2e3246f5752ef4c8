// Turns text into a tree: the only parser of YAML and JSON in segue's files.
#pragma once

#include <string>
#include <string_view>

#include "base/node.h"

namespace segue::manifest {

// Reads the whole file. Throws Error{kUsage} when it cannot be read, is no
// regular file, or is larger than 16 MB.
std::string ReadTextFile(const std::string& path);

// Throws Error{kUsage}, which names the line, when the text is not UTF-8.
void RequireText(std::string_view text, const std::string& file);

// Parses JSON when the name ends in .json, or when it has an unknown ending and
// the text begins with a brace; otherwise YAML. Returns a null node when the
// document is empty. Throws Error{kUsage}, which names file and line, for
// anything that is not one well-formed document in UTF-8.
base::Node ParseDocument(std::string_view text, const std::string& file);

// Returns "02_full_name" for "migrations/02_full_name.yaml".
std::string Stem(const std::string& path);

// The parsers of the two formats, for ParseDocument. `text` is UTF-8 without a
// byte order mark.
base::Node ParseYaml(std::string_view text, const std::string& file);
base::Node ParseJson(std::string_view text, const std::string& file);

}  // namespace segue::manifest
