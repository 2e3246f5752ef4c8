// Tables that use everything that PostgreSQL gives a table, so that whatever an
// operation loses is missed.
#pragma once

#include <string>
#include <vector>

namespace segue::test {

// What the table of the operation is. Partitions and INHERITS exclude each
// other, so each form is a schema of its own.
enum class Form {
  kTable,
  kPartitioned,     // every partition holds rows
  kSubpartitioned,  // a partition is partitioned itself
  kPartition,       // the operation names the partition
  kInherited,       // another table inherits from it
  kInheriting,      // the operation names the table that inherits
};
enum class Key { kIdentity, kSerial };
// What hangs on the table: what a copy of it refuses by name would hide whether
// all the rest goes along.
enum class Hanging {
  kEverything,
  kCopied,   // what a copy in its place gets
  kDivided,  // and what a copy with partitions gets
  kSplit,    // and what a table may have that is split
};

const std::vector<Form>& Forms();
const std::vector<Key>& Keys();
std::string NameOf(Form form);
std::string NameOf(Key key);

// The table that operations name. It has three columns for them: nothing hangs
// on `calm`; everything that can go over to another column hangs on `worn`;
// everything that there is hangs on `busy`.
std::string TableOf(Form form);
// The SQL that makes the schema, with rows.
std::string KitchenSink(Form form, Key key,
                        Hanging hanging = Hanging::kEverything);
// The SQL that makes the table of kTable and kDivided divided by hash of `id`,
// in place of the one that is there, with the same rows.
std::string DividedByHash(Key key);

}  // namespace segue::test
