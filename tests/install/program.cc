// What a user of the library writes: it renames a column in memory.
#include <iostream>

#include "segue/database.h"
#include "segue/migrator.h"

int main() {
  auto database = segue::Database::OpenInMemory();
  database.CreateTable("users", {{"name"}});
  database.Insert("users", {{"name", "Ada"}});
  segue::Migrator migrator(database, {});
  migrator.Start(
      segue::Migration("01", "").RenameColumn("users", "name", "full_name"));
  migrator.Complete();
  std::cout << database.Query("SELECT full_name FROM users")[0][0] << "\n";
}
