// The keys of create_index (* is required): name*, table*, columns*[{column* or
// expression*, collate, sort, nulls, opclass{name, params}}] (also a list or a
// map of names), include, predicate, method, storage_parameters, unique,
// replaces.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct CreateIndexSpec {
  std::string table;
  schema::Index index;   // over columns by their names in the file
  std::string replaces;  // dropped at the contract; empty: none
};

NewOperation MakeCreateIndex(CreateIndexSpec spec);
// Defined in index_file.cc.
NewOperation ParseCreateIndex(const base::Node& body);

}  // namespace segue::ops
