#include "segue/source.h"

namespace segue {

std::string Source::ToString() const {
  if (!known() || line == 0) return file;
  const std::string text = file + ":" + std::to_string(line);
  return column == 0 ? text : text + ":" + std::to_string(column);
}

}  // namespace segue
