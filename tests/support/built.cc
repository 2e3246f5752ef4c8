#include "tests/support/built.h"

namespace segue::test {

std::string SourceDir() { return SEGUE_SOURCE_DIR; }
std::string SegueProgram() { return SEGUE_BINARY; }
std::string FaultySegueProgram() { return SEGUE_FAULTY_BINARY; }

}  // namespace segue::test
