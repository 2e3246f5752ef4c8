// The places of the programs under test. Only built.cc has paths of this
// machine compiled in, so that a compiler cache can use all other files in any
// folder.
#pragma once

#include <string>

namespace segue::test {

std::string SourceDir();
std::string SegueProgram();
// Returns a program that fails where SEGUE_FAULT says; see tests/faults/.
std::string FaultySegueProgram();

}  // namespace segue::test
