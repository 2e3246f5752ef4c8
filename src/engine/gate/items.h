// What each item of the gate asks; the registry names them.
#pragma once

#include "engine/gate/item.h"

namespace segue::engine {

std::optional<GateAnswer> AskObjects(const GateContext& gate);
std::optional<GateAnswer> AskDefaults(const GateContext& gate);
std::optional<GateAnswer> AskPrivileges(const GateContext& gate);
std::optional<GateAnswer> AskDependents(const GateContext& gate);
std::optional<GateAnswer> AskForeignKeys(const GateContext& gate);
std::optional<GateAnswer> AskInstances(const GateContext& gate);
std::optional<GateAnswer> AskSessions(const GateContext& gate);
std::optional<GateAnswer> AskSoak(const GateContext& gate);
std::optional<GateAnswer> AskStatements(const GateContext& gate);
std::optional<GateAnswer> AskWrites(const GateContext& gate);
std::optional<GateAnswer> AskSuperuser(const GateContext& gate);
std::optional<GateAnswer> AskTransactions(const GateContext& gate);
std::optional<GateAnswer> AskUsage(const GateContext& gate);
std::optional<GateAnswer> AskStandbyQueries(const GateContext& gate);
std::optional<GateAnswer> AskRows(const GateContext& gate);

}  // namespace segue::engine
