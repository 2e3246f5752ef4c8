// Runs the migrations of a warehouse with Knex in an empty database.
//
// Usage: node knex.js SOCKET_DIRECTORY USER DATABASE
const path = require("path");
const connect = require("knex");

async function main() {
  const [host, user, database] = process.argv.slice(2);
  const knex = connect({ client: "pg", connection: { host, user, database } });
  await knex.migrate.latest({ directory: path.join(__dirname, "knex_migrations") });
  await knex.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
