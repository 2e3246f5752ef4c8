#include "engine/gate/standbys.h"

#include "db/url.h"
#include "segue/error.h"

namespace segue::engine {

// An error of a standby's session must not pass for one of the database's own.
std::string WhyNotAsked(const std::string& name,
                        const std::function<void()>& ask) {
  try {
    ask();
  } catch (const Error& error) {
    switch (error.kind()) {
      case ErrorKind::kUsage:
      case ErrorKind::kInternal:
      case ErrorKind::kCancelled:
        throw;
      default:
        return "standby " + name + " cannot be asked: " + error.what();
    }
  }
  return "";
}

std::vector<std::string> AskStandbys(
    const Context& context, const std::function<void(const Standby&)>& ask) {
  std::vector<std::string> unasked;
  for (const std::string& url : context.options.standbys) {
    std::string why = WhyNotAsked(db::ParseUrl(url).Redacted(), [&] {
      ask(Standby(context.database, context.ledger, url, {}));
    });
    if (!why.empty()) unasked.push_back(std::move(why));
  }
  return unasked;
}

}  // namespace segue::engine
