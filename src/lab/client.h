// One application instance: a thread with one connection that reads and writes
// at random and reports each write to the oracle.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "db/connection.h"
#include "lab/oracle.h"
#include "lab/tally.h"
#include "lab/traffic.h"
#include "segue/error.h"

namespace segue::lab {

// Opens a session as an application of this shape opens it.
std::unique_ptr<db::Connection> Connect(const ClientShape& shape);

// Converts a value of a result to a cell.
Cell CellOf(const db::Value& value);
const std::string& ReadExpression(const ClientShape& shape);

class Client {
 public:
  // `oracle`, `tally` and `rate` must outlive the client.
  Client(ClientShape shape, const TrafficOptions& options, std::uint64_t seed,
         Oracle* oracle, Tally* tally, const std::atomic<double>* rate);
  ~Client();  // stops

  void Stop();
  bool running() const { return thread_.joinable(); }
  std::int64_t statements() const { return statements_.load(); }

 private:
  using Cells = std::uniform_int_distribution<std::int64_t>;

  void Run();
  void Pace();
  bool EnsureConnected();
  void Once();
  void Read(std::int64_t key);
  void Write(std::int64_t key);
  void Insert(std::int64_t key, bool upsert);
  void Update(std::int64_t key);
  void Touch(std::int64_t key, const Cell& cell);
  void Delete(std::int64_t key);
  // Runs one write and reports its outcome to the oracle. Several statements,
  // each with its parameters, run in one transaction.
  struct Statement {
    std::string sql;
    std::vector<db::Value> parameters;
  };
  void Change(std::int64_t key, const Cell& after,
              const std::vector<Statement>& statements);
  void Execute(const std::vector<Statement>& statements);
  // Counts a failed statement, and drops the connection when it is lost.
  void Fail(const Error& error, const std::string& sql);
  std::int64_t PickKey();
  int Percent();
  Cell PickCell();

  const ClientShape shape_;
  const TrafficOptions options_;
  Oracle* const oracle_;
  Tally* const tally_;
  const std::atomic<double>* const rate_;
  std::mt19937_64 random_;
  std::unique_ptr<db::Connection> connection_;
  std::chrono::steady_clock::time_point next_;
  std::atomic<std::int64_t> statements_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace segue::lab
