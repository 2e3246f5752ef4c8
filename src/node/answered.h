// Remembers recent answers, so that a repeated message is answered again and
// nothing is done twice. The memory is bounded by the constants in answered.cc.
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
  // Returns the answer to the same src, msg_id and body; nullptr when it is not
  // remembered.
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
  std::list<std::string> recent_;  // most recent sender first
  std::size_t bytes_ = 0;
};

}  // namespace segue::node
