// Where what is tested stands. Only built.cc has paths of this machine compiled
// in, so that a compiler cache knows all other files in any folder.
#pragma once

#include <string>

namespace segue::test {

std::string SourceDir();
std::string SegueProgram();
// Fails where SEGUE_FAULT says; see tests/faults/.
std::string FaultySegueProgram();

}  // namespace segue::test
