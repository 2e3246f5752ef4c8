#include "db/question.h"

#include <fmt/format.h>

namespace segue::db {
namespace {

struct Guess {
  Answer operator()(const DefaultQuestion& /*question*/) const {
    Answer answer;
    answer.is_volatile = true;
    answer.rewrites_table = true;
    return answer;
  }
  Answer operator()(const TypeQuestion& /*question*/) const {
    Answer answer;
    answer.rewrites_table = true;
    return answer;
  }
  Answer operator()(const LeftOutQuestion& /*question*/) const { return {}; }
  Answer operator()(const ExpressionQuestion& /*question*/) const {
    Answer answer;
    answer.is_volatile = true;
    return answer;
  }
  // The given text takes the place of the text that the server would print.
  Answer operator()(const CheckQuestion& question) const {
    Answer answer;
    answer.bound = question.sql;
    return answer;
  }
  Answer operator()(const IndexQuestion& /*question*/) const { return {}; }
  Answer operator()(const TableQuestion& /*question*/) const { return {}; }
  Answer operator()(const NameQuestion& /*question*/) const { return {}; }
  Answer operator()(const MentionQuestion& /*question*/) const { return {}; }
  Answer operator()(const PublishedQuestion& /*question*/) const { return {}; }
  Answer operator()(const RightsQuestion& /*question*/) const { return {}; }
  Answer operator()(const UnprovenQuestion& /*question*/) const { return {}; }
  Answer operator()(const FilledQuestion& /*question*/) const { return {}; }
  Answer operator()(const LossQuestion& /*question*/) const { return {}; }
  Answer operator()(const UnknownFactsQuestion& /*question*/) const {
    return {};
  }
  Answer operator()(const TriggersQuestion& /*question*/) const { return {}; }
  Answer operator()(const RoomQuestion& /*question*/) const { return {}; }
  Answer operator()(const CopyQuestion& /*question*/) const { return {}; }
  Answer operator()(const RangesQuestion& /*question*/) const {
    Answer answer;
    answer.error = "the values are not known without a server";
    return answer;
  }
};

struct Description {
  std::string operator()(const DefaultQuestion& question) const {
    return fmt::format("default {} of table '{}'", question.sql,
                       question.table.name);
  }
  std::string operator()(const TypeQuestion& question) const {
    return fmt::format("type {} of column '{}' of table '{}'", question.type,
                       question.column, question.table.name);
  }
  std::string operator()(const LeftOutQuestion& question) const {
    return fmt::format("what type {} gives a column that is left out",
                       question.type);
  }
  std::string operator()(const ExpressionQuestion& question) const {
    return fmt::format("expression {} over table '{}'", question.sql,
                       question.table.name);
  }
  std::string operator()(const IndexQuestion& question) const {
    return fmt::format("index '{}' of table '{}'", question.index.name,
                       question.table.name);
  }
  std::string operator()(const TableQuestion& question) const {
    return fmt::format("definition of table '{}'",
                       question.definition->name.name);
  }
  std::string operator()(const NameQuestion& question) const {
    return fmt::format("whether the name '{}' is free", question.table.name);
  }
  std::string operator()(const MentionQuestion& question) const {
    return fmt::format("which functions mention '{}'", question.table.name);
  }
  std::string operator()(const PublishedQuestion& question) const {
    return fmt::format("who publishes table '{}'", question.table.name);
  }
  std::string operator()(const RightsQuestion& question) const {
    return fmt::format("what the writers of table '{}' may do with table '{}'",
                       question.table.name, question.other.name);
  }
  std::string operator()(const UnprovenQuestion& question) const {
    return fmt::format(
        "which rows of '{}' break a constraint that is not valid",
        question.table.name);
  }
  std::string operator()(const FilledQuestion& question) const {
    return fmt::format("whether column '{}' of table '{}' takes {}",
                       question.column, question.table.name, question.sql);
  }
  std::string operator()(const CheckQuestion& question) const {
    return fmt::format("check {} of table '{}'", question.sql,
                       question.table.name);
  }
  std::string operator()(const LossQuestion& question) const {
    return fmt::format("what hangs on column '{}' of table '{}'",
                       question.column, question.table.name);
  }
  std::string operator()(const UnknownFactsQuestion& question) const {
    return fmt::format("what the catalogue says of table '{}'",
                       question.table.name);
  }
  std::string operator()(const TriggersQuestion& question) const {
    return fmt::format("how the triggers of table '{}' are held back",
                       question.table.name);
  }
  std::string operator()(const RoomQuestion& question) const {
    return fmt::format("how many values column '{}' of table '{}' has left",
                       question.column, question.table.name);
  }
  std::string operator()(const CopyQuestion& question) const {
    return fmt::format("what a {}copy of table '{}' could not {}",
                       question.partitioned ? "partitioned " : "",
                       question.table.name,
                       question.partitioned ? "have" : "get");
  }
  std::string operator()(const RangesQuestion& question) const {
    return fmt::format("the lowest and the highest value of column '{}'",
                       question.column);
  }
};

}  // namespace

Answer Unknown(const Question& question) {
  Answer answer = std::visit(Guess{}, question);
  answer.known = false;
  return answer;
}

std::string Describe(const Question& question) {
  return std::visit(Description{}, question);
}

}  // namespace segue::db
