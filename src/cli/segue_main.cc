#include "cli/main.h"

int main(int argc, char** argv) { return segue::cli::Main(argc, argv); }
