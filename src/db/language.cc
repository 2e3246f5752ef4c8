#include "db/language.h"

namespace segue::db {

std::string Language::DefaultSchema(const Url& /*url*/) const {
  return capabilities().default_schema;
}

std::string Language::RightsSql(const std::string& /*schema_name*/) const {
  return {};
}

std::string Language::LedgerRightsSql() const { return {}; }

std::string Language::ExposureSql(const schema::Schema& /*schema*/,
                                  const std::vector<ChangedTable>& /*changed*/,
                                  bool /*versioned*/) const {
  return {};
}

std::string Language::PublishedSql(const schema::Schema& /*schema*/) const {
  return {};
}

std::vector<SubscriberPart> Language::ForSubscribers(
    const PlannedChanges& /*changes*/, const Published& /*published*/,
    const RenderContext& /*context*/) const {
  return {};
}

std::string Language::VersionGrantsSql(
    const std::string& /*schema_name*/,
    const std::string& /*version_schema*/) const {
  return {};
}

std::vector<PlannedAction> Language::RenderStep(
    const std::vector<plan::Action>& actions,
    const RenderContext& context) const {
  std::vector<PlannedAction> planned;
  planned.reserve(actions.size());
  for (const plan::Action& action : actions) {
    planned.push_back(Render(action, context));
  }
  return planned;
}

std::vector<Hazard> Language::Hazards(
    const std::vector<plan::Action>& /*actions*/,
    const RenderContext& /*context*/) const {
  return {};
}

void Put(Connection& connection, const Language& language,
         const Upsert& upsert) {
  language.UpsertSql(upsert).Execute(connection);
}

}  // namespace segue::db
