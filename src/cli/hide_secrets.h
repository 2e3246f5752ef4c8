// Keeps passwords out of the list of processes.
#pragma once

namespace segue::cli {

// Writes asterisks over the passwords of URLs in the arguments, in place: the
// system shows these bytes to every user of the machine. Their length stays.
void HideSecrets(int argc, char** argv);

}  // namespace segue::cli
