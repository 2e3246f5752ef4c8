// Whole inputs, line by line, into a node with a database in memory: nothing
// makes it die, and each line has one answer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "node/node.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // A few rows, so that an input takes a millisecond and not ten.
  constexpr std::int64_t kRows = 3;
  segue::Database database = segue::Database::OpenInMemory();
  segue::node::Node node(database, {size % 2 == 1, kRows, {}});
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string answer = node.Answer(rest.substr(0, end));
    const bool one_line = answer.find('\n') == std::string::npos;
    if (!one_line || answer.front() != '{' || answer.back() != '}') {
      std::abort();
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return 0;
}
