// segue new: writes the next file of the migrations directory. It needs no
// database.
#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/new_file.h"
#include "cli/settings.h"
#include "manifest/skeleton.h"
#include "report/json.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kDefaultWidth = 2;

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         c == '-';
}

// The name becomes the name of a file, of a row in the ledger and of a schema.
void CheckName(const std::string& name) {
  const bool odd = !std::all_of(name.begin(), name.end(), IsWordCharacter);
  const bool letter = std::isalpha(static_cast<unsigned char>(name[0])) != 0;
  if (!odd && letter && name.size() <= kLongestName) return;
  throw Error(ErrorKind::kUsage, "\"" + name + "\" is no name for a migration")
      .WithHint(
          "letters, digits, '_' and '-', a letter first and at most 100; the "
          "number is put in front of it");
}

std::string DigitsInFront(const std::string& name) {
  return name.substr(0, name.find_first_not_of("0123456789"));
}

// Turns "0099" into "0100", and "99" into "100".
std::string Incremented(std::string digits) {
  for (std::size_t i = digits.size(); i-- > 0;) {
    if (digits[i] != '9') {
      ++digits[i];
      return digits;
    }
    digits[i] = '0';
  }
  return "1" + digits;
}

// Returns one more than the greatest number at the start of a file's name, with
// the same width.
std::string NextNumber(const fs::path& directory) {
  std::string last(kDefaultWidth, '0');
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const std::string digits = DigitsInFront(entry.path().filename().string());
    if (digits.empty()) continue;
    if (base::NumberedLess(last, digits) || last == "00") last = digits;
  }
  return Incremented(last);
}

}  // namespace

int RunNew(const Context& context) {
  const std::string name = context.arguments.Value("NAME");
  CheckName(name);
  const fs::path directory = MigrationsDirectory(context);
  MakeDirectory(directory);
  const fs::path path =
      directory / (NextNumber(directory) + "_" + name + ".yaml");
  WriteNewFile(path, manifest::Skeleton(context.arguments.Value("--operation")),
               "another 'segue new' was faster: run it again");
  if (context.json()) {
    context.around.out << report::ObjectJson({{"file", path.string()}}) << "\n";
  } else {
    context.around.out << path.string() << "\n";
  }
  return 0;
}

}  // namespace segue::cli
