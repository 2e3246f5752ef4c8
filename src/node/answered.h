// The answers given lately, so that a message that comes again is answered
// again and nothing is done twice. Bounded: see the constants in answered.cc.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <unordered_map>

#include "node/message.h"

namespace segue::node {

class Answered {
 public:
  // The answer to the same src, msg_id and body; nullptr: none is remembered.
  const std::string* Find(const Request& request) const;
  void Keep(const Request& request, const std::string& answer);

 private:
  struct Entry {
    std::int64_t msg_id;
    std::string fingerprint;
    std::string answer;
    std::size_t bytes() const { return fingerprint.size() + answer.size(); }
  };
  struct Source {
    std::deque<Entry> entries;  // oldest first
    std::list<std::string>::iterator place;
  };

  Source& Touch(const std::string& src);
  void DropOldest(Source& source);
  void DropQuietest();

  std::unordered_map<std::string, Source> sources_;
  std::list<std::string> recent_;  // who spoke last comes first
  std::size_t bytes_ = 0;
};

}  // namespace segue::node
