// What of the dialect needs no connection: names, types, rendering and the
// statements of the ledger.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::postgres {

class PostgresLanguage : public db::Dialect {
 public:
  PostgresLanguage();

  const db::Capabilities& capabilities() const override {
    return capabilities_;
  }
  const db::Spelling& spelling() const override;
  // Portable types are recognised in capitals only; see sql.h.
  std::string NativeType(const std::string& type) const override;
  PlannedAction Render(const plan::Action& action,
                       const db::RenderContext& context) const override;
  MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                          const db::RenderContext& context) const override;
  Gauge GaugeFor(const schema::Table& table,
                 const std::vector<std::string>& indexes) const override;
  std::vector<db::SignalSql> Signals() const override;
  std::string ServerSql() const override;
  db::Sql UpsertSql(const db::Upsert& upsert) const override {
    return db::OnConflictSql(upsert);
  }
  std::string RightsSql(const std::string& schema_name) const override;
  std::string LedgerRightsSql() const override;
  std::string ExposureSql(const schema::Schema& schema,
                          const std::vector<db::ChangedTable>& changed,
                          bool versioned) const override;
  std::string PublishedSql(const schema::Schema& schema) const override;
  std::vector<SubscriberPart> ForSubscribers(
      const db::PlannedChanges& changes, const db::Published& published,
      const db::RenderContext& context) const override;
  std::string VersionGrantsSql(
      const std::string& schema_name,
      const std::string& version_schema) const override;
  std::vector<std::string> LedgerSetup() const override;
  std::vector<std::string> LedgerSeal() const override;
  std::string VersionUrl(const db::Url& url, const std::string& version_schema,
                         const std::vector<std::string>& path) const override;

 private:
  db::Capabilities capabilities_;
};

}  // namespace segue::postgres
