#include "cli/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>

namespace segue::cli {
namespace {

// A pipe of which the test reads the end.
class OutputTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe(ends_.data()), 0); }
  void TearDown() override {
    close(ends_[0]);
    close(ends_[1]);
  }
  int writer() const { return ends_[1]; }

  std::string Read() {
    std::array<char, 1024> bytes{};
    const ssize_t size = read(ends_[0], bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(size)};
  }

  std::array<int, 2> ends_{};
};

TEST_F(OutputTest, TextOfOthersCannotMoveTheCursor) {
  OutputBuffer buffer(writer());
  std::ostream out(&buffer);
  out << "a\x1b[2Jb\r\n" << std::flush;
  EXPECT_EQ(Read(), "a\\x1b[2Jb\\x0d\n");
}

TEST_F(OutputTest, ControlSequencesOfItsOwnAreWrittenInTheirPlace) {
  OutputBuffer buffer(writer());
  std::ostream out(&buffer);
  out << "before";
  WriteControl(out, "\r\x1b[K");
  out << "after" << std::flush;
  EXPECT_EQ(Read(), "before\r\x1b[Kafter");
  std::ostringstream other;
  WriteControl(other, "\x1b[K");
  EXPECT_EQ(other.str(), "\x1b[K");
}

TEST_F(OutputTest, ACharacterMayComeInPieces) {
  OutputBuffer buffer(writer());
  std::ostream out(&buffer);
  out << "a\xc3" << std::flush << "\xa4" << std::flush;
  EXPECT_EQ(Read(), "a\xc3\xa4");
}

TEST_F(OutputTest, AWriteThatFailsIsKnown) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  {
    OutputBuffer buffer(full);
    std::ostream out(&buffer);
    EXPECT_EQ(buffer.error(), 0);
    out << "x" << std::flush;
    EXPECT_EQ(buffer.error(), ENOSPC);
    EXPECT_FALSE(out);
  }
  close(full);
}

}  // namespace
}  // namespace segue::cli
