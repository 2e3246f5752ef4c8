exports.up = async (knex) => {
  await knex.schema.createTable("warehouses", (t) => {
    t.increments("id");
    t.string("code", 8).notNullable().unique();
    t.string("name").notNullable();
    t.specificType("zone", "box");
    t.boolean("bonded").notNullable().defaultTo(false);
    t.timestamps(true, true);
  });
  await knex.schema.createTable("suppliers", (t) => {
    t.uuid("id").primary().defaultTo(knex.fn.uuid());
    t.string("name", 120).notNullable().index();
    t.json("contact");
    t.decimal("rating", 3, 1).checkBetween([0, 10], "suppliers_rating_range");
    t.enu("tier", ["gold", "silver", "bronze"]).defaultTo("bronze");
  });
  await knex.schema.createTable("items", (t) => {
    t.bigIncrements("id");
    t.string("sku", 40).notNullable();
    t.text("description");
    t.uuid("supplier_id").references("suppliers.id").onDelete("SET NULL");
    t.float("weight");
    t.double("volume");
    t.integer("reorder_at").notNullable().defaultTo(10);
    t.jsonb("attributes").notNullable().defaultTo("{}");
    t.binary("picture");
    t.unique(["sku"], { indexName: "items_sku", deferrable: "deferred" });
    t.index(["supplier_id", "sku"]);
  });
};

exports.down = async (knex) => {
  for (const table of ["items", "suppliers", "warehouses"]) await knex.schema.dropTable(table);
};
