// The migrations node: it answers messages. No message ends it, and a repeated
// message is answered again without doing anything twice.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/answered.h"
#include "node/message.h"
#include "node/schema_steps.h"
#include "segue/database.h"

namespace segue::node {

struct NodeOptions {
  bool envelope = false;     // answer as {"src","dest","body"}
  std::int64_t rows = 1000;  // of a new table `users`
  MigratorOptions migrator;  // for the migrations that it runs
  // Loads the migrations of the directory; empty: there is none.
  std::function<std::vector<Migration>()> migrations = {};
};

// Not thread-safe.
class Node {
 public:
  // Creates the table `users` if it does not exist. `database` must outlive the
  // node. Throws segue::Error.
  Node(Database& database, NodeOptions options);

  // Returns the answer to a line, without a newline.
  std::string Answer(std::string_view line);
  // Returns the answer to a line that was too long to be read.
  std::string AnswerTooLong() const;

 private:
  using Handler = Body (Node::*)(const Request&);

  std::string AnswerRequest(const Request& request);
  Body Do(const Request& request, Handler handler);
  void CreateUsers();
  void Revive();

  Body Init(const Request& request);
  Body Migrate(const Request& request);
  Body Expand(const Request& request);
  Body MigrateData(const Request& request);
  Body Contract(const Request& request);
  Body MigrateAll(const Request& request);
  Body Status(const Request& request);
  Body Rollback(const Request& request);
  Body Register(const Request& request);
  Body Heartbeat(const Request& request);

  static Handler HandlerFor(const std::string& type);

  Database& database_;
  NodeOptions options_;
  SchemaSteps steps_;
  Answered answered_;
  // No other process reaches a database in memory, so its state can be kept
  // here.
  bool private_database_;
  std::map<std::string, SchemaState> states_;  // by table
  bool may_have_instances_ = true;
};

// Answers the lines of `in_fd` on `out_fd` until one of the two ends.
void Serve(Node& node, int in_fd, int out_fd);

}  // namespace segue::node
