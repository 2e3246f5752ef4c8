#include "dialects/postgres/null_trigger.h"

#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/write_counters.h"
#include "plan/names.h"

namespace segue::postgres {
namespace {

// A row that is not filled yet keeps its NULL until somebody writes it.
std::string CountNull(const MotionTerms& terms) {
  const std::string count = CountWriteToFail(terms);
  if (count.empty()) return "";
  return "IF TG_OP = 'INSERT' OR " + terms.New("OLD") + " IS NOT NULL THEN " +
         count + "END IF; ";
}

}  // namespace

// Whoever writes the column gives its value, also where it is the one that the
// row has. The runner's own writes say what they are. In a rollback, a NULL is
// kept.
std::string NullTriggerBody(const MotionTerms& terms) {
  const std::string given = terms.Provenance("NEW") + " := 0; ";
  if (terms.form() == plan::SyncForm::kRetreating) {
    return "IF TG_OP = 'UPDATE' THEN " + given + "END IF; ";
  }
  return "IF " + terms.New("NEW") + " IS NULL THEN " + CountNull(terms) +
         terms.New("NEW") + " := " + terms.Up("NEW") + "; " +
         RefuseNewNull(terms) + terms.Provenance("NEW") + " := 1; ELSIF (" +
         ByRunner(1) + ") IS NOT TRUE THEN " + given + "END IF; ";
}

// A trigger of the user's may set the column in a statement that does not name
// it. A filled row that moves to another partition is inserted there with its
// provenance.
std::vector<TriggerTerms> NullTriggers(const MotionTerms& terms) {
  const std::string null = terms.New("NEW") + " IS NULL";
  const std::string filled = terms.Provenance("OLD") + " <> 0";
  const std::string column = Ident(terms.new_column().physical());
  return {{terms.InsertTrigger(), "INSERT", null},
          {terms.SetTrigger(), "UPDATE OF " + column, filled},
          {terms.UpdateTrigger(), "UPDATE",
           null + " OR (" + filled + " AND (" + terms.NewSideChanged() + "))"}};
}

}  // namespace segue::postgres
