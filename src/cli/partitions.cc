// segue partitions: makes the partitions that a table will need.
#include "segue/partitions.h"

#include "cli/commands.h"
#include "cli/session.h"
#include "cli/settings.h"
#include "report/json.h"
#include "report/lists.h"
#include "segue/error.h"

namespace segue::cli {

int RunPartitions(const Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.Value("ACTION") != "ahead" || !arguments.Has("TABLE")) {
    throw Error(ErrorKind::kUsage,
                "partitions needs an action and the name of a table")
        .WithHint("segue partitions ahead TABLE");
  }
  AheadRequest request;
  request.table = arguments.Value("TABLE");
  request.interval = arguments.Value("--interval");
  if (arguments.Has("--count")) {
    request.count =
        static_cast<int>(ParseCount("--count", arguments.Value("--count")));
  }
  Session session(context);
  const std::vector<MadePartition> made =
      Partitions(session.database(), session.options()).Ahead(request);
  context.around.out << (context.json()
                             ? report::PartitionsJson(made) + "\n"
                             : report::PartitionsText(request.table, made));
  return 0;
}

}  // namespace segue::cli
