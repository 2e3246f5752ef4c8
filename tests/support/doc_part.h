// The parts of pages that are made from what the code does.
#pragma once

#include <string>

namespace segue::test {

// Expects `text` between "<!-- NAME -->" and "<!-- end of NAME -->" on the
// page. With SEGUE_WRITE_DOCS in the environment it is written there first.
void ExpectPart(const std::string& path, const std::string& name,
                const std::string& text);

}  // namespace segue::test
