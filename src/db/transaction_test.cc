#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/connection.h"
#include "segue/error.h"

namespace segue::db {
namespace {

using testing::InSequence;
using testing::Return;
using testing::StrictMock;
using testing::Throw;

class MockConnection : public Connection {
 public:
  MOCK_METHOD(Result, Execute,
              (std::string_view sql, const std::vector<Value>& parameters),
              (override));
  MOCK_METHOD(void, ExecuteScript, (std::string_view sql), (override));
  MOCK_METHOD(void, Begin, (const TransactionOptions& options), (override));
  MOCK_METHOD(void, Commit, (), (override));
  MOCK_METHOD(void, Rollback, (), (noexcept, override));
  MOCK_METHOD(void, Interrupt, (), (noexcept, override));
  MOCK_METHOD(std::string, SessionId, (), (override));
  MOCK_METHOD(bool, alive, (), (const, override));
};

Result Changed(std::int64_t rows) {
  Result result;
  result.affected = rows;
  return result;
}

TEST(TransactionTest, CommitsOnce) {
  StrictMock<MockConnection> connection;
  const InSequence in_order;
  EXPECT_CALL(connection, Begin);
  EXPECT_CALL(connection, Commit);
  Transaction transaction(connection, {});
  transaction.Commit();
}

TEST(TransactionTest, RollsBackUnlessCommitted) {
  StrictMock<MockConnection> connection;
  const InSequence in_order;
  EXPECT_CALL(connection, Begin);
  EXPECT_CALL(connection, Rollback);
  const Transaction transaction(connection, {});
}

TEST(TransactionTest, RollsBackAfterACommitThatFailed) {
  StrictMock<MockConnection> connection;
  const InSequence in_order;
  EXPECT_CALL(connection, Begin);
  EXPECT_CALL(connection, Commit)
      .WillOnce(Throw(Error(ErrorKind::kRetryable, "busy")));
  EXPECT_CALL(connection, Rollback);
  Transaction transaction(connection, {});
  EXPECT_THROW(transaction.Commit(), Error);
}

TEST(TransactionTest, CommitsWithALastStatement) {
  StrictMock<MockConnection> connection;
  const InSequence in_order;
  EXPECT_CALL(connection, Begin);
  EXPECT_CALL(connection, Execute("UPDATE position", testing::_))
      .WillOnce(Return(Changed(1)));
  EXPECT_CALL(connection, Commit);
  Transaction transaction(connection, {});
  EXPECT_TRUE(transaction.CommitWith("UPDATE position", {}));
}

TEST(TransactionTest, RollsBackWhenTheLastStatementChangesNothing) {
  StrictMock<MockConnection> connection;
  const InSequence in_order;
  EXPECT_CALL(connection, Begin);
  EXPECT_CALL(connection, Execute).WillOnce(Return(Changed(0)));
  EXPECT_CALL(connection, Rollback);
  Transaction transaction(connection, {});
  EXPECT_FALSE(transaction.CommitWith("UPDATE position", {}));
}

TEST(TransactionTest, DoesNotRollBackWhatNeverBegan) {
  StrictMock<MockConnection> connection;
  EXPECT_CALL(connection, Begin)
      .WillOnce(Throw(Error(ErrorKind::kConnectionLost, "gone")));
  EXPECT_THROW(Transaction(connection, {}), Error);
}

}  // namespace
}  // namespace segue::db
