// An application with node-postgres: node_app.js URL old|new
const { Pool } = require("pg");

const [url, version] = process.argv.slice(2);
const name = { old: "name", new: "full_name" }[version];
const factor = { old: 1, new: 100 }[version];

let asked = false;
process.on("SIGTERM", () => { asked = true; });

function expect(found, wanted) {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  console.error(`found ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  process.exit(1);
}

async function round(pool, number) {
  const value = (number % 1000) * factor;
  const made = await pool.query(
      `INSERT INTO account (${name}, v) VALUES ($1, $2) RETURNING id`,
      [`node ${version} ${number}`, value]);
  const key = made.rows[0].id;
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(
        `UPDATE account SET v = v + $1, ${name} = ${name} || '!' WHERE id = $2`,
        [factor, key]);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
  const found = await pool.query(
      `SELECT ${name} AS name, v::int AS v FROM account WHERE id = $1`, [key]);
  expect(found.rows, [{ name: `node ${version} ${number}!`, v: value + factor }]);
  await pool.query("DELETE FROM account WHERE id = $1 AND id % 2 = 0", [key]);
}

async function main() {
  const pool = new Pool({ connectionString: url, max: 3 });
  let number = 0;
  for (; !asked; ++number) {
    await round(pool, number);
    if (number === 0) console.log("running");
  }
  await pool.end();
  console.log("rounds", number);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
