// How queries are run, before a migration and now.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"
#include "segue/explain.h"

namespace segue::engine {

// How the base schema and each live version see these queries now, query by
// query; `before` and `verdict` are empty.
std::vector<QueryChange> Seen(const Context& context,
                              const std::vector<std::string>& queries);

// Fills `before`, where a plan was kept for migration `id`, and `verdict`.
void Compare(const Context& context, const std::string& id,
             std::vector<QueryChange>& changes);

// Keeps the plans of those without `before`; joins the open transaction.
void Keep(const Context& context, const std::string& id,
          const std::vector<QueryChange>& changes);

// All of it, for Migrator::Explain.
ExplainReport Explain(const Context& context,
                      const std::vector<std::string>& queries);

}  // namespace segue::engine
