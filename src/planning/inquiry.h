// The questions that planning asks the server.
#pragma once

#include <functional>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "db/question.h"

namespace segue::ops {

// Asks each question once in the life of a plan, and keeps the answer.
class Inquiry {
 public:
  using Server = std::function<db::Answer(const db::Question&)>;

  // Without a server, `server` is an empty function, and every answer is
  // db::Unknown.
  explicit Inquiry(Server server) : server_(std::move(server)) {}

  // The reference stays valid as long as this object.
  const db::Answer& Ask(const db::Question& question);

  // Returns, in words, the questions that could not be answered.
  std::vector<std::string> Unanswered() const;

 private:
  Server server_;
  std::list<std::pair<db::Question, db::Answer>> known_;
};

}  // namespace segue::ops
