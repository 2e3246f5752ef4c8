// Adds the items of one list to another.
#pragma once

#include <iterator>
#include <utility>
#include <vector>

namespace segue::base {

template <typename Item>
void Append(std::vector<Item> more, std::vector<Item>& all) {
  all.insert(all.end(), std::make_move_iterator(more.begin()),
             std::make_move_iterator(more.end()));
}

}  // namespace segue::base
