#include "node/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "db/clause.h"
#include "db/dialect.h"
#include "node/lines.h"
#include "segue/error.h"
#include "segue/instances.h"

namespace segue::node {
namespace {

constexpr const char* kUsers = "users";
// This is enough to recognise a word.
constexpr std::size_t kShown = 60;

// Makes the error of a bad message, which is found before anything is done.
Error Fault(const std::string& text) { return {ErrorKind::kUsage, text}; }

std::optional<std::string> OptionalText(const Request& request,
                                        const std::string& key) {
  const auto found = request.fields.find(key);
  if (found == request.fields.end()) return std::nullopt;
  const auto* text = std::get_if<std::string>(&found->second);
  if (text == nullptr) throw Fault("'" + key + "' must be a string");
  return *text;
}

std::string Text(const Request& request, const std::string& key) {
  const auto text = OptionalText(request, key);
  if (!text) throw Fault(request.type + " needs '" + key + "'");
  return *text;
}

std::string CheckedName(const std::string& key, std::string name) {
  // No database has longer identifiers; it would cut a longer one.
  constexpr std::size_t kLongest = 63;
  const bool printable = std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!name.empty() && name.size() <= kLongest && printable) return name;
  throw Fault(fmt::format(
      "'{}' must be a name of 1 to {} bytes without control characters", key,
      kLongest));
}

std::string Name(const Request& request, const std::string& key) {
  return CheckedName(key, Text(request, key));
}

std::string NameOr(const Request& request, const std::string& key,
                   const std::string& fallback) {
  const auto text = OptionalText(request, key);
  return text ? CheckedName(key, *text) : fallback;
}

// The type of a column becomes a part of the SQL, so anything but a type is
// refused.
std::string Type(const Request& request) {
  const std::string type = NameOr(request, "column_type", "");
  const bool is_type =
      type.empty() || db::IsTypeText(type, [](const std::string& word) {
        return word == "precision" || word == "varying";
      });
  if (!is_type) throw Fault("'column_type' is no type of a column");
  return type;
}

std::string InstanceId(const Request& request) {
  if (const auto id = OptionalText(request, "id")) return *id;
  return OptionalText(request, "instance").value_or(request.src);
}

std::string InstanceVersion(const Request& request) {
  const auto found = request.fields.find("version");
  if (found != request.fields.end()) {
    if (const auto* number = std::get_if<std::int64_t>(&found->second)) {
      return std::to_string(*number);
    }
  }
  return Text(request, "version");
}

std::chrono::seconds Ttl(const Request& request) {
  const auto found = request.fields.find("ttl");
  if (found == request.fields.end()) return std::chrono::seconds(60);
  const auto* seconds = std::get_if<std::int64_t>(&found->second);
  if (seconds == nullptr) {
    throw Fault("'ttl' must be a number of whole seconds");
  }
  return std::chrono::seconds(*seconds);
}

Body Reply(const Request& request, const std::string& type) {
  return {{"type", type}, {"in_reply_to", request.msg_id}};
}

int CodeFor(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return kMalformed;
    case ErrorKind::kRefused:
    case ErrorKind::kNotFound:
    case ErrorKind::kConstraint:
    case ErrorKind::kMismatch:
      return kRefused;
    case ErrorKind::kConflict:
    case ErrorKind::kLockTimeout:
    case ErrorKind::kRetryable:
    case ErrorKind::kConnectionLost:
    case ErrorKind::kInDoubt:
    case ErrorKind::kCancelled:
      return kUnavailable;
    case ErrorKind::kCorrupt:
    case ErrorKind::kInternal:
      return kCrash;
  }
  return kCrash;
}

std::string TextOf(const Error& error) {
  std::string text = error.what();
  for (const std::string& note : error.notes()) text += "; " + note;
  return text;
}

// A repeated message of these may succeed, so the answer is not remembered.
bool Passing(const Body& body) {
  for (const auto& [key, value] : body) {
    const auto* code = std::get_if<std::int64_t>(&value);
    if (key == "code" && code != nullptr) {
      return *code == kUnavailable || *code == kCrash;
    }
  }
  return false;
}

}  // namespace

Node::Node(Database& database, NodeOptions options)
    : database_(database),
      options_(std::move(options)),
      steps_(database, options_.migrator),
      private_database_(database.connect_options().url.database == ":memory:") {
  CreateUsers();
}

void Node::CreateUsers() {
  const auto exists = [this] {
    return database_.dialect()
               .Inspect(database_.connection(), database_.schema())
               .FindTable(kUsers) != nullptr;
  };
  if (exists()) return;
  std::vector<std::map<std::string, std::string>> rows;
  for (std::int64_t row = 1; row <= options_.rows; ++row) {
    rows.push_back({{"name", "User " + std::to_string(row)}});
  }
  try {
    // One transaction creates the table with its rows, so a node that dies here
    // leaves nothing behind.
    db::Transaction transaction(database_.connection(), {db::Purpose::kSchema});
    database_.CreateTable(kUsers, {{"name", "TEXT", false, std::nullopt}});
    database_.InsertRows(kUsers, rows);
    transaction.Commit();
  } catch (const Error&) {
    // Another node may have created it at the same instant.
    if (!database_.connection().alive() || !exists()) throw;
  }
}

void Node::Revive() {
  if (!database_.connection().alive()) database_.Reconnect();
}

std::string Node::Answer(std::string_view line) {
  std::variant<Request, Malformed> message = Parse(line);
  if (const auto* request = std::get_if<Request>(&message)) {
    return AnswerRequest(*request);
  }
  const Malformed& fault = std::get<Malformed>(message);
  const std::string body =
      ToText(ErrorBody(fault.msg_id, kMalformed, fault.text));
  return options_.envelope ? Envelope(fault.dest, fault.src, body) : body;
}

std::string Node::AnswerTooLong() const {
  const std::string body = ToText(
      ErrorBody(std::nullopt, kMalformed,
                fmt::format("the line is longer than {} bytes", kLongestLine)));
  return options_.envelope ? Envelope({}, {}, body) : body;
}

std::string Node::AnswerRequest(const Request& request) {
  std::string text;
  if (const std::string* known = answered_.Find(request)) {
    text = *known;
  } else {
    const Handler handler = HandlerFor(request.type);
    const Body body =
        handler != nullptr
            ? Do(request, handler)
            : ErrorBody(request.msg_id, kUnknownType,
                        "unknown type '" +
                            base::ShortName(request.type, kShown) + "'");
    text = ToText(body);
    if (!Passing(body)) answered_.Keep(request, text);
  }
  return options_.envelope ? Envelope(request.dest, request.src, text) : text;
}

Body Node::Do(const Request& request, Handler handler) {
  try {
    Revive();
    if (handler != &Node::Status && handler != &Node::Init) {
      states_.clear();
      may_have_instances_ = true;
    }
    return (this->*handler)(request);
  } catch (const Error& error) {
    return ErrorBody(request.msg_id, CodeFor(error.kind()), TextOf(error));
  } catch (const std::exception& error) {
    return ErrorBody(request.msg_id, kCrash, error.what());
  }
}

Node::Handler Node::HandlerFor(const std::string& type) {
  struct Entry {
    std::string_view type;
    Handler handler;
  };
  static constexpr std::array<Entry, 6> kHandlers = {
      {{"init", &Node::Init},
       {"migrate", &Node::Migrate},
       {"status", &Node::Status},
       {"rollback", &Node::Rollback},
       {"register", &Node::Register},
       {"heartbeat", &Node::Heartbeat}}};
  for (const Entry& entry : kHandlers) {
    if (entry.type == type) return entry.handler;
  }
  return nullptr;
}

Body Node::Init(const Request& request) { return Reply(request, "init_ok"); }

Body Node::Migrate(const Request& request) {
  const auto phase = OptionalText(request, "phase");
  if (!phase) return MigrateAll(request);
  if (*phase == "expand") return Expand(request);
  if (*phase == "migrate_data") return MigrateData(request);
  if (*phase == "contract") return Contract(request);
  throw Fault("unknown phase '" + base::ShortName(*phase, kShown) +
              "'; there are expand, migrate_data, contract");
}

Body Node::Expand(const Request& request) {
  const std::string table = Name(request, "table");
  const std::string column = Name(request, "add_column");
  steps_.Expand(table, column, Type(request));
  const SchemaState state = steps_.State(table);
  Body body = Reply(request, "migration_applied");
  body.emplace_back("version", state.version);
  body.emplace_back("name", "add_" + column + "_column");
  body.emplace_back("schema", state.schema);
  body.emplace_back("backward_compatible", true);
  return body;
}

Body Node::MigrateData(const Request& request) {
  const std::string from = Name(request, "from");
  const std::string to = Name(request, "to");
  const std::int64_t rows = steps_.MigrateData(NameOr(request, "table", kUsers),
                                               from, to, Type(request));
  Body body = Reply(request, "data_migrated");
  body.emplace_back("version", steps_.Version());
  body.emplace_back("rows_migrated", rows);
  return body;
}

Body Node::Contract(const Request& request) {
  const std::string table = Name(request, "table");
  const std::string column = Name(request, "remove_column");
  steps_.Contract(table, column);
  const SchemaState state = steps_.State(table);
  Body body = Reply(request, "migration_applied");
  body.emplace_back("version", state.version);
  body.emplace_back("name", "remove_" + column + "_column");
  body.emplace_back("schema", state.schema);
  return body;
}

Body Node::MigrateAll(const Request& request) {
  if (!options_.migrations) {
    throw Error(ErrorKind::kRefused,
                "no directory of migrations was given (--dir); a single step "
                "needs a 'phase'");
  }
  const std::vector<std::string> names = steps_.Migrate(options_.migrations());
  const SchemaState state = steps_.State(NameOr(request, "table", kUsers));
  Body body = Reply(request, "migrations_applied");
  body.emplace_back("version", state.version);
  body.emplace_back("names", names);
  body.emplace_back("schema", state.schema);
  return body;
}

Body Node::Status(const Request& request) {
  const std::string table = NameOr(request, "table", kUsers);
  auto known = states_.find(table);
  if (known == states_.end()) {
    states_.clear();
    known = states_.emplace(table, steps_.State(table)).first;
  }
  const SchemaState& state = known->second;
  const MigrationStatus none;
  const MigrationStatus& status = state.status ? *state.status : none;
  std::map<std::string, std::string> instances;
  if (may_have_instances_) {
    const std::vector<InstanceInfo> all = Instances(database_).List();
    for (const InstanceInfo& instance : all) {
      if (instance.live()) instances[instance.id] = instance.version;
    }
    may_have_instances_ = !private_database_ || !all.empty();
  }
  Body body = Reply(request, "status_ok");
  body.emplace_back("version", state.version);
  body.emplace_back("phase", std::string(ToString(status.phase)));
  body.emplace_back("sub_state", std::string(ToString(status.sub_state)));
  body.emplace_back("migration", status.id);
  body.emplace_back("progress_pct",
                    static_cast<std::int64_t>(status.progress_pct));
  body.emplace_back("rows_migrated", status.rows_done);
  body.emplace_back("schema", state.schema);
  body.emplace_back("instances", instances);
  body.emplace_back("error", status.error);
  if (!private_database_) states_.clear();
  return body;
}

Body Node::Rollback(const Request& request) {
  const std::string table = NameOr(request, "table", kUsers);
  const std::string name = steps_.Rollback();
  const SchemaState state = steps_.State(table);
  Body body = Reply(request, "migration_rolled_back");
  body.emplace_back("version", state.version);
  body.emplace_back("name", name);
  body.emplace_back("schema", state.schema);
  return body;
}

Body Node::Register(const Request& request) {
  const InstanceInfo instance = Instances(database_).Register(
      InstanceId(request), InstanceVersion(request), Ttl(request),
      VersionNames::kKnownOrNumber);
  Body body = Reply(request, "register_ok");
  body.emplace_back("instance", instance.id);
  body.emplace_back("version", instance.version);
  body.emplace_back("expires_in", instance.expires_in);
  return body;
}

Body Node::Heartbeat(const Request& request) {
  const InstanceInfo instance =
      Instances(database_).Heartbeat(InstanceId(request));
  Body body = Reply(request, "heartbeat_ok");
  body.emplace_back("instance", instance.id);
  body.emplace_back("version", instance.version);
  body.emplace_back("expires_in", instance.expires_in);
  return body;
}

void Serve(Node& node, int in_fd, int out_fd) {
  LineReader reader(in_fd);
  LineWriter writer(out_fd);
  for (;;) {
    const LineReader::Line line = reader.Next();
    if (line.kind == LineReader::Kind::kEnd) break;
    const bool too_long = line.kind == LineReader::Kind::kTooLong;
    if (!too_long && base::Trim(line.text).empty()) continue;
    const std::string answer =
        too_long ? node.AnswerTooLong() : node.Answer(line.text);
    if (!writer.Write(answer)) return;
    // Answers are written together while more lines are ready, and at once when
    // the sender waits.
    if (!reader.ready() && !writer.Flush()) return;
  }
  writer.Flush();
}

}  // namespace segue::node
