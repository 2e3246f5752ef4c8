// How the database runs queries, before a migration and now.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"
#include "segue/explain.h"

namespace segue::engine {

// Explains each query as the base schema and each live version see it now.
// `before` and `verdict` of the answers are empty.
std::vector<QueryChange> Seen(const Context& context,
                              const std::vector<std::string>& queries);

// Fills `before` from the plans that were kept for migration `id`, where there
// is one, and `verdict`.
void Compare(const Context& context, const std::string& id,
             std::vector<QueryChange>& changes);

// Keeps the plans of the queries that have no `before`. Joins the open
// transaction.
void Keep(const Context& context, const std::string& id,
          const std::vector<QueryChange>& changes);

// Does all three, for Migrator::Explain.
ExplainReport Explain(const Context& context,
                      const std::vector<std::string>& queries);

}  // namespace segue::engine
