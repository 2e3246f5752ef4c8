exports.up = async (knex) => {
  // The server changes no type of a column that a view reads.
  await knex.schema.dropView("available");
  await knex.schema.alterTable("items", (t) => {
    t.string("barcode", 14).nullable().unique();
    t.renameColumn("volume", "volume_litres");
    t.string("sku", 64).notNullable().alter();
    t.dropIndex(["supplier_id", "sku"]);
  });
  await knex.schema.createView("available", (view) => {
    view.columns(["warehouse", "sku", "free"]);
    view.as(
      knex("stock as s")
        .join("warehouses as w", "w.id", "s.warehouse_id")
        .join("items as i", "i.id", "s.item_id")
        .select("w.code", "i.sku", knex.raw("s.on_hand - s.reserved"))
    );
  });
  await knex.schema.alterTable("suppliers", (t) => {
    t.string("country", 2).notNullable().defaultTo("DE");
    t.specificType("tags", "text[]").index("suppliers_tags", "gin");
    t.comment("Who delivers");
  });
  await knex.schema.createSchema("purchasing");
  await knex.schema.withSchema("purchasing").createTable("orders", (t) => {
    t.increments("id");
    t.uuid("supplier_id").notNullable().references("id").inTable("public.suppliers");
    t.date("ordered_on").notNullable().defaultTo(knex.raw("CURRENT_DATE"));
    t.decimal("total", 12, 2).notNullable().defaultTo(0);
    t.string("state", 12).notNullable().defaultTo("open").checkIn(["open", "sent", "closed"]);
    t.text("remark").comment("Printed on the order");
  });
  await knex.schema.withSchema("purchasing").createTable("order_lines", (t) => {
    t.integer("order_id").notNullable().references("id").inTable("purchasing.orders").onDelete("CASCADE");
    t.integer("line").notNullable();
    t.bigInteger("item_id").notNullable().references("id").inTable("public.items");
    t.decimal("quantity", 12, 3).notNullable();
    t.decimal("price", 12, 4);
    t.primary(["order_id", "line"]);
  });
};

exports.down = async (knex) => {
  await knex.schema.dropSchema("purchasing", true);
};
