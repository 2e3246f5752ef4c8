// Clients at work while a table changes in place below a published version.
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "segue/versions.h"
#include "tests/conformance/version_in_place_fixture.h"

namespace segue::test {
namespace {

using VersionInPlaceLoadTest = VersionInPlace;

// Clients that write a column by one name, through the version and past it.
class Writers {
 public:
  Writers(const std::vector<std::string>& urls, const std::string& column,
          int first) {
    for (std::size_t at = 0; at < urls.size(); ++at) {
      threads_.emplace_back(
          [this, url = urls[at], column, id = first + static_cast<int>(at)] {
            Write(url, column, std::to_string(id));
          });
    }
  }
  ~Writers() { Stop(); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  int writes() const { return writes_; }
  // The first error, or a read that did not find what was written.
  std::string error() {
    Stop();
    return error_;
  }

 private:
  void Write(const std::string& url, const std::string& column,
             const std::string& id) {
    try {
      const auto client = OpenPostgresClient(url);
      client->Query("SET deadlock_timeout = '100ms'");
      client->Query("INSERT INTO users(id, " + column + ") VALUES (" + id +
                    ", '0')");
      for (int round = 1; !stopping_; ++round) {
        const std::string value = std::to_string(round);
        client->Query("UPDATE users SET " + column + " = '" + value +
                      "' WHERE id = " + id);
        const Cell read =
            client->One("SELECT " + column + " FROM users WHERE id = " + id);
        if (read != value) throw std::runtime_error("lost " + value);
        ++writes_;
      }
    } catch (const std::exception& error) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (error_.empty()) error_ = error.what();
    }
  }

  std::atomic<bool> stopping_ = false;
  std::atomic<int> writes_ = 0;
  std::mutex mutex_;
  std::string error_;
  std::vector<std::thread> threads_;
};

// Old code works until it is replaced, new code from ready on, and neither
// meets an error, also while the contract takes the view anew.
TEST_P(VersionInPlaceLoadTest, NoStatementOfEitherCodeFailsUnderLoad) {
  const std::vector<std::string> urls = {
      Versions(*database_, {}).UrlFor("01_a"),
      Versions(*database_, {}).UrlFor("01_a"),
      Versions(*database_, {}).UrlFor("")};
  db().Exec(
      "INSERT INTO users(name) SELECT 'u' || i FROM generate_series(1, 5000) "
      "i");
  Writers old_code(urls, "name", 900001);
  Start(kRenameName);
  migrator_->Rollback();
  Start(kRenameName);
  Writers new_code(urls, "full_name", 910001);
  while (new_code.writes() < 300) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_EQ(migrator_->Status()->sub_state, SubState::kReady);
  }
  EXPECT_EQ(old_code.error(), "");
  EXPECT_GT(old_code.writes(), 100);
  migrator_->Complete();
  const int written = new_code.writes();
  while (new_code.writes() < written + 100) std::this_thread::yield();
  EXPECT_EQ(new_code.error(), "");
  EXPECT_EQ(ColumnsShown(), "id full_name feels age");
}

SEGUE_INSTANTIATE_ON(VersionInPlaceLoadTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
