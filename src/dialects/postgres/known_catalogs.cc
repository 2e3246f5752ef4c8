#include "dialects/postgres/known_catalogs.h"

#include <algorithm>

#include "base/text.h"

namespace segue::postgres {
namespace {

struct Catalog {
  const char* name;
  const char* columns;
};

// The catalogues of PostgreSQL 13, which is the oldest version that segue works
// with.
constexpr Catalog kCatalogs[] = {
    {"pg_aggregate",
     "aggfnoid aggkind aggnumdirectargs aggtransfn aggfinalfn "
     "aggcombinefn aggserialfn aggdeserialfn aggmtransfn aggminvtransfn "
     "aggmfinalfn aggfinalextra aggmfinalextra aggfinalmodify "
     "aggmfinalmodify aggsortop aggtranstype aggtransspace aggmtranstype "
     "aggmtransspace agginitval aggminitval"},
    {"pg_am", "oid amname amhandler amtype"},
    {"pg_amop",
     "oid amopfamily amoplefttype amoprighttype amopstrategy amoppurpose "
     "amopopr amopmethod amopsortfamily"},
    {"pg_amproc",
     "oid amprocfamily amproclefttype amprocrighttype amprocnum amproc"},
    {"pg_attrdef", "oid adrelid adnum adbin"},
    {"pg_attribute",
     "attrelid attname atttypid attstattarget attlen attnum attndims "
     "attcacheoff atttypmod attbyval attstorage attalign attnotnull "
     "atthasdef atthasmissing attidentity attgenerated attisdropped "
     "attislocal attinhcount attcollation attacl attoptions "
     "attfdwoptions attmissingval"},
    {"pg_auth_members", "roleid member grantor admin_option"},
    {"pg_authid",
     "oid rolname rolsuper rolinherit rolcreaterole rolcreatedb "
     "rolcanlogin rolreplication rolbypassrls rolconnlimit rolpassword "
     "rolvaliduntil"},
    {"pg_cast", "oid castsource casttarget castfunc castcontext castmethod"},
    {"pg_class",
     "oid relname relnamespace reltype reloftype relowner relam "
     "relfilenode reltablespace relpages reltuples relallvisible "
     "reltoastrelid relhasindex relisshared relpersistence relkind "
     "relnatts relchecks relhasrules relhastriggers relhassubclass "
     "relrowsecurity relforcerowsecurity relispopulated relreplident "
     "relispartition relrewrite relfrozenxid relminmxid relacl "
     "reloptions relpartbound"},
    {"pg_collation",
     "oid collname collnamespace collowner collprovider "
     "collisdeterministic collencoding collcollate collctype collversion"},
    {"pg_constraint",
     "oid conname connamespace contype condeferrable condeferred "
     "convalidated conrelid contypid conindid conparentid confrelid "
     "confupdtype confdeltype confmatchtype conislocal coninhcount "
     "connoinherit conkey confkey conpfeqop conppeqop conffeqop "
     "conexclop conbin"},
    {"pg_conversion",
     "oid conname connamespace conowner conforencoding contoencoding "
     "conproc condefault"},
    {"pg_database",
     "oid datname datdba encoding datcollate datctype datistemplate "
     "datallowconn datconnlimit datlastsysoid datfrozenxid datminmxid "
     "dattablespace datacl"},
    {"pg_db_role_setting", "setdatabase setrole setconfig"},
    {"pg_default_acl",
     "oid defaclrole defaclnamespace defaclobjtype defaclacl"},
    {"pg_depend",
     "classid objid objsubid refclassid refobjid refobjsubid deptype"},
    {"pg_description", "objoid classoid objsubid description"},
    {"pg_enum", "oid enumtypid enumsortorder enumlabel"},
    {"pg_event_trigger",
     "oid evtname evtevent evtowner evtfoid evtenabled evttags"},
    {"pg_extension",
     "oid extname extowner extnamespace extrelocatable extversion "
     "extconfig extcondition"},
    {"pg_foreign_data_wrapper",
     "oid fdwname fdwowner fdwhandler fdwvalidator fdwacl fdwoptions"},
    {"pg_foreign_server",
     "oid srvname srvowner srvfdw srvtype srvversion srvacl srvoptions"},
    {"pg_foreign_table", "ftrelid ftserver ftoptions"},
    {"pg_index",
     "indexrelid indrelid indnatts indnkeyatts indisunique indisprimary "
     "indisexclusion indimmediate indisclustered indisvalid indcheckxmin "
     "indisready indislive indisreplident indkey indcollation indclass "
     "indoption indexprs indpred"},
    {"pg_inherits", "inhrelid inhparent inhseqno"},
    {"pg_init_privs", "objoid classoid objsubid privtype initprivs"},
    {"pg_language",
     "oid lanname lanowner lanispl lanpltrusted lanplcallfoid laninline "
     "lanvalidator lanacl"},
    {"pg_largeobject", "loid pageno data"},
    {"pg_largeobject_metadata", "oid lomowner lomacl"},
    {"pg_namespace", "oid nspname nspowner nspacl"},
    {"pg_opclass",
     "oid opcmethod opcname opcnamespace opcowner opcfamily opcintype "
     "opcdefault opckeytype"},
    {"pg_operator",
     "oid oprname oprnamespace oprowner oprkind oprcanmerge oprcanhash "
     "oprleft oprright oprresult oprcom oprnegate oprcode oprrest "
     "oprjoin"},
    {"pg_opfamily", "oid opfmethod opfname opfnamespace opfowner"},
    {"pg_partitioned_table",
     "partrelid partstrat partnatts partdefid partattrs partclass "
     "partcollation partexprs"},
    {"pg_policy",
     "oid polname polrelid polcmd polpermissive polroles polqual "
     "polwithcheck"},
    {"pg_proc",
     "oid proname pronamespace proowner prolang procost prorows "
     "provariadic prosupport prokind prosecdef proleakproof proisstrict "
     "proretset provolatile proparallel pronargs pronargdefaults "
     "prorettype proargtypes proallargtypes proargmodes proargnames "
     "proargdefaults protrftypes prosrc probin proconfig proacl"},
    {"pg_publication",
     "oid pubname pubowner puballtables pubinsert pubupdate pubdelete "
     "pubtruncate pubviaroot"},
    {"pg_publication_rel", "oid prpubid prrelid"},
    {"pg_range",
     "rngtypid rngsubtype rngcollation rngsubopc rngcanonical rngsubdiff"},
    {"pg_replication_origin", "roident roname"},
    {"pg_rewrite",
     "oid rulename ev_class ev_type ev_enabled is_instead ev_qual "
     "ev_action"},
    {"pg_seclabel", "objoid classoid objsubid provider label"},
    {"pg_sequence",
     "seqrelid seqtypid seqstart seqincrement seqmax seqmin seqcache "
     "seqcycle"},
    {"pg_shdepend", "dbid classid objid objsubid refclassid refobjid deptype"},
    {"pg_shdescription", "objoid classoid description"},
    {"pg_shseclabel", "objoid classoid provider label"},
    {"pg_statistic",
     "starelid staattnum stainherit stanullfrac stawidth stadistinct "
     "stakind1 stakind2 stakind3 stakind4 stakind5 staop1 staop2 staop3 "
     "staop4 staop5 stacoll1 stacoll2 stacoll3 stacoll4 stacoll5 "
     "stanumbers1 stanumbers2 stanumbers3 stanumbers4 stanumbers5 "
     "stavalues1 stavalues2 stavalues3 stavalues4 stavalues5"},
    {"pg_statistic_ext",
     "oid stxrelid stxname stxnamespace stxowner stxstattarget stxkeys "
     "stxkind"},
    {"pg_statistic_ext_data", "stxoid stxdndistinct stxddependencies stxdmcv"},
    {"pg_subscription",
     "oid subdbid subname subowner subenabled subconninfo subslotname "
     "subsynccommit subpublications"},
    {"pg_subscription_rel", "srsubid srrelid srsubstate srsublsn"},
    {"pg_tablespace", "oid spcname spcowner spcacl spcoptions"},
    {"pg_transform", "oid trftype trflang trffromsql trftosql"},
    {"pg_trigger",
     "oid tgrelid tgparentid tgname tgfoid tgtype tgenabled tgisinternal "
     "tgconstrrelid tgconstrindid tgconstraint tgdeferrable "
     "tginitdeferred tgnargs tgattr tgargs tgqual tgoldtable tgnewtable"},
    {"pg_ts_config", "oid cfgname cfgnamespace cfgowner cfgparser"},
    {"pg_ts_config_map", "mapcfg maptokentype mapseqno mapdict"},
    {"pg_ts_dict",
     "oid dictname dictnamespace dictowner dicttemplate dictinitoption"},
    {"pg_ts_parser",
     "oid prsname prsnamespace prsstart prstoken prsend prsheadline "
     "prslextype"},
    {"pg_ts_template", "oid tmplname tmplnamespace tmplinit tmpllexize"},
    {"pg_type",
     "oid typname typnamespace typowner typlen typbyval typtype "
     "typcategory typispreferred typisdefined typdelim typrelid typelem "
     "typarray typinput typoutput typreceive typsend typmodin typmodout "
     "typanalyze typalign typstorage typnotnull typbasetype typtypmod "
     "typndims typcollation typdefaultbin typdefault typacl"},
    {"pg_user_mapping", "oid umuser umserver umoptions"},
};

struct Change {
  int version;         // the major version that made it
  const char* column;  // "CATALOGUE.COLUMN"
  bool added;
};

// What the later versions changed, up to the newest one that
// known_catalogs_test.cc compares with its server.
constexpr Change kChanges[] = {
    {14, "pg_attribute.attcompression", true},
    {14, "pg_inherits.inhdetachpending", true},
    {14, "pg_proc.prosqlbody", true},
    {14, "pg_range.rngmultitypid", true},
    {14, "pg_statistic_ext.stxexprs", true},
    {14, "pg_statistic_ext_data.stxdexpr", true},
    {14, "pg_subscription.subbinary", true},
    {14, "pg_subscription.substream", true},
    {14, "pg_type.typsubscript", true},
    {15, "pg_collation.colliculocale", true},
    {15, "pg_constraint.confdelsetcols", true},
    {15, "pg_database.datcollversion", true},
    {15, "pg_database.daticulocale", true},
    {15, "pg_database.datlocprovider", true},
    {15, "pg_index.indnullsnotdistinct", true},
    {15, "pg_parameter_acl.oid", true},
    {15, "pg_parameter_acl.paracl", true},
    {15, "pg_parameter_acl.parname", true},
    {15, "pg_publication_namespace.oid", true},
    {15, "pg_publication_namespace.pnnspid", true},
    {15, "pg_publication_namespace.pnpubid", true},
    {15, "pg_publication_rel.prattrs", true},
    {15, "pg_publication_rel.prqual", true},
    {15, "pg_statistic_ext_data.stxdinherit", true},
    {15, "pg_subscription.subdisableonerr", true},
    {15, "pg_subscription.subskiplsn", true},
    {15, "pg_subscription.subtwophasestate", true},
    {15, "pg_database.datlastsysoid", false},
    {16, "pg_auth_members.inherit_option", true},
    {16, "pg_auth_members.oid", true},
    {16, "pg_auth_members.set_option", true},
    {16, "pg_collation.collicurules", true},
    {16, "pg_database.daticurules", true},
    {16, "pg_subscription.suborigin", true},
    {16, "pg_subscription.subpasswordrequired", true},
    {16, "pg_subscription.subrunasowner", true},
    {17, "pg_collation.colllocale", true},
    {17, "pg_database.dathasloginevt", true},
    {17, "pg_database.datlocale", true},
    {17, "pg_subscription.subfailover", true},
    {17, "pg_collation.colliculocale", false},
    {17, "pg_database.daticulocale", false},
    {18, "pg_class.relallfrozen", true},
    {18, "pg_constraint.conenforced", true},
    {18, "pg_constraint.conperiod", true},
    {18, "pg_publication.pubgencols", true},
    {18, "pg_attribute.attcacheoff", false},
};

// How the rows of a catalogue that are about a table are found. These columns
// have the object identifier of a relation.
constexpr Catalog kRelations[] = {
    {"pg_attrdef", "adrelid"},
    {"pg_attribute", "attrelid"},
    {"pg_class", "oid reltoastrelid relrewrite"},
    {"pg_constraint", "conrelid conindid confrelid"},
    {"pg_foreign_table", "ftrelid"},
    {"pg_index", "indexrelid indrelid"},
    {"pg_inherits", "inhrelid inhparent"},
    {"pg_partitioned_table", "partrelid partdefid"},
    {"pg_policy", "polrelid"},
    {"pg_publication_rel", "prrelid"},
    {"pg_rewrite", "ev_class"},
    {"pg_sequence", "seqrelid"},
    {"pg_statistic_ext", "stxrelid"},
    {"pg_subscription_rel", "srrelid"},
    {"pg_trigger", "tgrelid tgconstrrelid tgconstrindid"},
    {"pg_type", "typrelid"},
};

// These pairs of columns name an object of any kind by its catalogue and its
// object identifier.
constexpr Catalog kAddresses[] = {
    {"pg_depend", "classid, x.objid"},
    {"pg_depend", "refclassid, x.refobjid"},
    {"pg_description", "classoid, x.objoid"},
    {"pg_init_privs", "classoid, x.objoid"},
    {"pg_seclabel", "classoid, x.objoid"},
    {"pg_shdepend", "classid, x.objid"},
    {"pg_shdepend", "refclassid, x.refobjid"},
    {"pg_shdescription", "classoid, x.objoid"},
    {"pg_shseclabel", "classoid, x.objoid"},
};

// These catalogues are about tables in a way of their own. A publication
// may have a table without naming it: all tables, or those of a schema.
constexpr Catalog kOthers[] = {
    {"pg_extension", "x.extconfig && $1::oid[]"},
    {"pg_publication",
     "x.puballtables OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel r "
     "WHERE r.prpubid = x.oid AND r.prrelid = ANY ($1::oid[]))"},
    {"pg_publication_namespace",
     "EXISTS (SELECT FROM pg_catalog.pg_class r WHERE r.relnamespace = "
     "x.pnnspid AND r.oid = ANY ($1::oid[]))"},
};

}  // namespace

std::vector<std::string> KnownColumns(int version) {
  std::vector<std::string> columns;
  for (const Catalog& catalog : kCatalogs) {
    for (const std::string& column : base::Split(catalog.columns, ' ')) {
      columns.push_back(std::string(catalog.name) + "." + column);
    }
  }
  for (const Change& change : kChanges) {
    if (change.version > version) continue;
    if (change.added) {
      columns.emplace_back(change.column);
    } else {
      std::erase(columns, change.column);
    }
  }
  std::sort(columns.begin(), columns.end());
  return columns;
}

std::string RowsOfTable(const std::string& catalog) {
  std::vector<std::string> ways;
  for (const Catalog& one : kRelations) {
    if (catalog != one.name) continue;
    for (const std::string& column : base::Split(one.columns, ' ')) {
      ways.push_back("x." + column + " = ANY ($1::oid[])");
    }
  }
  for (const Catalog& one : kAddresses) {
    if (catalog != one.name) continue;
    ways.push_back(std::string("(x.") + one.columns +
                   ") IN (SELECT o.class, o.id FROM objects o)");
  }
  for (const Catalog& one : kOthers) {
    if (catalog == one.name) ways.emplace_back(one.columns);
  }
  return base::Join(ways, " OR ");
}

}  // namespace segue::postgres
