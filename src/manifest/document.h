// Text to a tree: the one way into YAML and JSON.
#pragma once

#include <string>
#include <string_view>

#include "base/node.h"

namespace segue::manifest {

// The whole file. Throws Error{kUsage} when it cannot be read.
std::string ReadTextFile(const std::string& path);

// Throws Error{kUsage} naming the line of what is no text in UTF-8.
void RequireText(std::string_view text, const std::string& file);

// JSON when the name ends in .json or, with any other unknown ending, the text
// begins with a brace; else YAML. A null node when it has no content. Throws
// Error{kUsage} naming file and line for anything that is not one well-formed
// document in UTF-8.
base::Node ParseDocument(std::string_view text, const std::string& file);

// "02_full_name" of "migrations/02_full_name.yaml"
std::string Stem(const std::string& path);

// The two formats, for ParseDocument: `text` is UTF-8 without a byte order
// mark.
base::Node ParseYaml(std::string_view text, const std::string& file);
base::Node ParseJson(std::string_view text, const std::string& file);

}  // namespace segue::manifest
