// Messages as the tests write them.
#pragma once

#include <string>

namespace segue::test {

// `body`: members without the braces, without msg_id.
inline std::string Message(int msg_id, const std::string& body,
                           const std::string& src = "c1") {
  return "{\"src\":\"" + src + "\",\"dest\":\"migrations\",\"body\":{" + body +
         ",\"msg_id\":" + std::to_string(msg_id) + "}}";
}

inline const char* const kExpand =
    "\"type\":\"migrate\",\"phase\":\"expand\",\"table\":\"users\","
    "\"add_column\":\"full_name\"";
inline const char* const kMigrateData =
    "\"type\":\"migrate\",\"phase\":\"migrate_data\",\"from\":\"name\","
    "\"to\":\"full_name\"";
inline const char* const kContract =
    "\"type\":\"migrate\",\"phase\":\"contract\",\"table\":\"users\","
    "\"remove_column\":\"name\"";
inline const char* const kStatus = "\"type\":\"status\"";
inline const char* const kRollback = "\"type\":\"rollback\"";

}  // namespace segue::test
