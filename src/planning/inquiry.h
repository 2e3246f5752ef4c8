// The questions that planning asks of the server.
#pragma once

#include <functional>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "db/question.h"

namespace segue::ops {

// Asks each question once in the life of a plan.
class Inquiry {
 public:
  using Server = std::function<db::Answer(const db::Question&)>;

  // An empty function: there is no server, and every answer is db::Unknown.
  explicit Inquiry(Server server) : server_(std::move(server)) {}

  // The reference stays valid as long as this object.
  const db::Answer& Ask(const db::Question& question);

  // What was asked and could not be answered, in words.
  std::vector<std::string> Unanswered() const;

 private:
  Server server_;
  std::list<std::pair<db::Question, db::Answer>> known_;
};

}  // namespace segue::ops
