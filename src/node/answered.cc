#include "node/answered.h"

#include <algorithm>

namespace segue::node {
namespace {

// A sender repeats a message that got no answer, which is among its last
// messages.
constexpr std::size_t kPerSource = 256;
constexpr std::size_t kSources = 1024;
constexpr std::size_t kBytes = std::size_t{32} << 20;

}  // namespace

const std::string* Answered::Find(const Request& request) const {
  const auto source = sources_.find(request.src);
  if (source == sources_.end()) return nullptr;
  const std::deque<Entry>& entries = source->second.entries;
  const auto entry =
      std::find_if(entries.rbegin(), entries.rend(), [&](const Entry& one) {
        return one.msg_id == request.msg_id &&
               one.fingerprint == request.fingerprint;
      });
  return entry == entries.rend() ? nullptr : &entry->answer;
}

void Answered::Keep(const Request& request, const std::string& answer) {
  Source& source = Touch(request.src);
  source.entries.push_back({request.msg_id, request.fingerprint, answer});
  bytes_ += source.entries.back().bytes();
  if (source.entries.size() > kPerSource) DropOldest(source);
  while (bytes_ > kBytes && sources_.size() > 1) DropQuietest();
  while (bytes_ > kBytes && source.entries.size() > 1) DropOldest(source);
}

Answered::Source& Answered::Touch(const std::string& src) {
  const auto found = sources_.find(src);
  if (found != sources_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second.place);
    return found->second;
  }
  if (sources_.size() >= kSources) DropQuietest();
  recent_.push_front(src);
  Source& source = sources_[src];
  source.place = recent_.begin();
  return source;
}

void Answered::DropOldest(Source& source) {
  bytes_ -= source.entries.front().bytes();
  source.entries.pop_front();
}

void Answered::DropQuietest() {
  const auto source = sources_.find(recent_.back());
  for (const Entry& entry : source->second.entries) bytes_ -= entry.bytes();
  sources_.erase(source);
  recent_.pop_back();
}

}  // namespace segue::node
