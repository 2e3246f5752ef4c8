exports.up = async (knex) => {
  await knex.schema.createTable("stock", (t) => {
    t.integer("warehouse_id").notNullable().references("warehouses.id").onDelete("CASCADE");
    t.bigInteger("item_id").notNullable().references("items.id").onDelete("CASCADE");
    t.integer("on_hand").notNullable().defaultTo(0);
    t.integer("reserved").notNullable().defaultTo(0).checkPositive("stock_reserved_positive");
    t.date("counted_on");
    t.primary(["warehouse_id", "item_id"]);
    t.check("?? >= ??", ["on_hand", "reserved"], "stock_enough");
  });
  await knex.schema.createTable("movements", (t) => {
    t.bigIncrements("id");
    t.integer("warehouse_id").notNullable();
    t.bigInteger("item_id").notNullable();
    t.enu("kind", ["in", "out", "move"], { useNative: true, enumName: "movement_kind" }).notNullable();
    t.integer("quantity").notNullable();
    t.timestamp("at", { precision: 3 }).notNullable().defaultTo(knex.fn.now(3));
    t.time("shift_start");
    t.string("by", 60);
    t.foreign(["warehouse_id", "item_id"]).references(["warehouse_id", "item_id"]).inTable("stock");
    t.index("at", "movements_at_brin", "brin");
  });
  await knex.schema.raw("CREATE INDEX movements_large ON movements (item_id) WHERE quantity > 100");
  await knex.schema.createView("available", (view) => {
    view.columns(["warehouse", "sku", "free"]);
    view.as(
      knex("stock as s")
        .join("warehouses as w", "w.id", "s.warehouse_id")
        .join("items as i", "i.id", "s.item_id")
        .select("w.code", "i.sku", knex.raw("s.on_hand - s.reserved"))
    );
  });
};

exports.down = async (knex) => {
  await knex.schema.dropView("available");
  for (const table of ["movements", "stock"]) await knex.schema.dropTable(table);
};
