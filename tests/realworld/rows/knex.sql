INSERT INTO public.warehouses (code, name, zone, bonded, created_at, updated_at) VALUES
  ('HAM', 'Hamburg', '(1,1),(0,0)', true, '2024-01-01 00:00+00', '2024-01-01 00:00+00'),
  ('MUC', 'München', NULL, false, '2024-01-02 00:00+00', '2024-01-02 00:00+00'),
  ('OLD', '', '(2,3),(-1,0.5)', false, '2020-01-02 00:00+00', '2020-01-02 00:00+00');
INSERT INTO public.suppliers (id, name, contact, rating, tier, country, tags) VALUES
  ('00000000-0000-4000-8000-000000000001', 'Acme', '{"mail": "a@example.org"}', 9.5, 'gold', 'US', '{fast,"not cheap"}'),
  ('00000000-0000-4000-8000-000000000002', 'Bolt', NULL, NULL, 'bronze', 'DE', NULL),
  ('00000000-0000-4000-8000-000000000003', 'Çelik', '[]', 0, NULL, 'TR', '{}');
INSERT INTO public.items (sku, description, supplier_id, weight, volume_litres, reorder_at, attributes, picture, barcode) VALUES
  ('N-10', 'Nails', '00000000-0000-4000-8000-000000000001', 0.5, 0.1, 100, '{"mm": 10}', '\x00', '04012345678901'),
  ('N-20', NULL, NULL, NULL, NULL, 10, '{}', NULL, NULL), ('S-01', '', '00000000-0000-4000-8000-000000000003', 1e3, 12.25, 0, '[1]', '\x', '1');
INSERT INTO public.stock VALUES (1, 1, 1000, 10, '2024-04-01'), (1, 2, 5, 5, NULL), (2, 1, 7, 1, '2024-04-30'), (2, 3, 1, 1, NULL);
INSERT INTO public.movements (warehouse_id, item_id, kind, quantity, at, shift_start, by) VALUES
  (1, 1, 'in', 1000, '2024-04-01 08:00+00', '06:00', 'ada'), (1, 2, 'in', 5, '2024-04-02 08:00:00.123+00', NULL, NULL),
  (2, 1, 'move', -3, '2024-04-03 08:00+00', '22:00', ''), (2, 3, 'out', 0, '2024-04-04 08:00+00', '14:00', 'bob');
INSERT INTO public.knex_migrations (name, batch, migration_time) VALUES
  ('20230110090000_warehouses.js', 1, '2023-01-10 09:00+00'), ('20230302113000_stock.js', 2, '2023-03-02 11:30+00'),
  ('20240520080000_later_wishes.js', 3, '2024-05-20 08:00+00');
INSERT INTO public.knex_migrations_lock (is_locked) VALUES (0), (0), (1);
INSERT INTO purchasing.orders (supplier_id, ordered_on, total, state, remark) VALUES
  ('00000000-0000-4000-8000-000000000001', '2024-04-01', 120.50, 'closed', 'Thanks'),
  ('00000000-0000-4000-8000-000000000001', '2024-05-01', 0, 'open', NULL), ('00000000-0000-4000-8000-000000000003', '2024-05-02', 9.99, 'sent', '');
INSERT INTO purchasing.order_lines VALUES (1, 1, 1, 100, 1.2), (1, 2, 3, 0.5, 1), (2, 1, 2, 999999999.999, NULL), (3, 1, 1, 1, 9.9900);
