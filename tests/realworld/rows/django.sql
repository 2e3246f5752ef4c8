INSERT INTO django_migrations (app, name, applied)
  SELECT 'shop', to_char(i, 'FM0000') || '_step', timestamptz '2024-01-01 10:00+00' + i * interval '1 day'
  FROM generate_series(1, 3) i;
INSERT INTO django_content_type (app_label, model) VALUES
  ('shop', 'product'), ('shop', 'brand'), ('auth', 'user'), ('sites', 'site');
INSERT INTO auth_permission (name, content_type_id, codename) VALUES
  ('Can add product', 1, 'add_product'), ('Can change product', 1, 'change_product'),
  ('Can add brand', 2, 'add_brand'), ('Can view user', 3, 'view_user');
INSERT INTO auth_group (name) VALUES ('editors'), ('support'), ('readers');
INSERT INTO auth_user (password, last_login, is_superuser, username, first_name, last_name,
    email, is_staff, is_active, date_joined) VALUES
  ('!', '2024-05-01 08:00+00', true, 'ada', 'Ada', 'Byron', 'ada@example.org', true, true, '2023-01-01 00:00+00'),
  ('!', NULL, false, 'bob', 'Bob', '', 'bob@example.org', false, true, '2023-02-01 00:00+00'),
  ('!', '2024-04-02 09:30+00', false, 'eve', 'Ève', 'Ó Néill', '', false, false, '2023-03-01 00:00+00'),
  ('!', '2024-04-03 09:30+00', false, 'zoe', 'Zoë', 'Park', 'zoe@example.org', true, true, '2023-04-01 00:00+00');
INSERT INTO auth_group_permissions (group_id, permission_id) VALUES (1, 1), (1, 2), (2, 4);
INSERT INTO auth_user_groups (user_id, group_id) VALUES (1, 1), (2, 3), (4, 2);
INSERT INTO auth_user_user_permissions (user_id, permission_id) VALUES (1, 3), (2, 1), (4, 4);
INSERT INTO django_admin_log (action_time, object_id, object_repr, action_flag, change_message, content_type_id, user_id)
  SELECT timestamptz '2024-05-01 12:00+00' + i * interval '1 hour', i::text, 'Product ' || i, 1 + i % 3,
    '[{"added": {}}]', CASE WHEN i < 4 THEN 1 END, 1
  FROM generate_series(1, 4) i;
INSERT INTO django_session VALUES
  ('s1', 'e30:1', '2030-01-01 00:00+00'), ('s2', 'e30:2', '2030-01-02 00:00+00'), ('s3', 'e30:3', '2020-01-01 00:00+00');
INSERT INTO django_site (domain, name) VALUES ('one.example', 'One'), ('two.example', 'Two'), ('three.example', 'Three');
INSERT INTO django_flatpage (url, title, content, enable_comments, template_name, registration_required) VALUES
  ('/about/', 'About', '<p>Us</p>', false, '', false), ('/terms/', 'Terms', 'Long', false, 'terms.html', true),
  ('/help/', 'Help', 'None', true, '', false);
INSERT INTO django_flatpage_sites (flatpage_id, site_id) VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO django_redirect (site_id, old_path, new_path) VALUES (1, '/a/', '/b/'), (1, '/c/', ''), (2, '/a/', '/d/');
INSERT INTO shop_brand (name, slug, homepage, founded) VALUES
  ('Acme', 'acme', 'https://acme.example/', 1920), ('Bolt & Co', 'bolt-co', '', NULL), ('Çelik', 'celik', '', 1999);
INSERT INTO shop_category (title, slug, position, parent_id) VALUES
  ('Tools', 'tools', 0, NULL), ('Hammers', 'hammers', 1, 1), ('Saws', 'saws', 2, 1), ('Paint', 'paint', 3, NULL);
INSERT INTO shop_tag (label) VALUES ('new'), ('sale'), ('heavy'), ('50 % off');
INSERT INTO shop_product (name, slug, sku, status, description, price, weight, attributes, colours, sizes, search,
    manual, warranty, created, updated, brand_id, category_id) VALUES
  ('Claw hammer', 'claw-hammer', 'H-1', 'live', 'Steel', 19.90, 0.75, '{"grip": "wood"}', '{red,black}', '{1,2}',
    'claw hammer', 'manuals/h1.pdf', '2 years', '2024-01-01 08:00+00', '2024-02-01 08:00+00', 1, 2),
  ('Hand saw', 'hand-saw', 'S-1', 'live', '', 24.50, NULL, '{}', '{}', NULL, NULL,
    NULL, NULL, '2024-01-02 08:00+00', '2024-02-02 08:00+00', 2, 3),
  ('Old hammer', 'old-hammer', 'H-1', 'retired', 'Gone', 0, 1.5, '{"grip": null, "n": [1, 2]}', '{grey}', '{}', NULL,
    '', '90 days', '2020-01-01 08:00+00', '2021-02-01 08:00+00', 1, NULL),
  ('Wall paint', 'wall-paint', 'P-1', 'draft', 'White, 10 l', 99999999.99, 12, '[]', '{white,"off white"}', '{10}',
    'paint wall', NULL, NULL, '2024-03-01 08:00+00', '2024-03-01 08:00+00', 3, 4),
  ('Gold hammer', 'gold-hammer', 'H-9', 'live', 'For show', 0.01, 4, '{"grip": "gold"}', '{gold}', NULL, NULL,
    NULL, '1 mon', '2024-03-02 08:00+00', '2024-03-02 08:00+00', 1, 2);
INSERT INTO shop_featuredproduct VALUES (1, 'Nail it', '2030-01-01 00:00+00'), (2, 'Cut it', NULL), (5, 'Show it', NULL);
INSERT INTO shop_product_related (from_product_id, to_product_id) VALUES (1, 2), (2, 1), (1, 5), (5, 1);
INSERT INTO shop_producttag (weight, added_by_id, product_id, tag_id) VALUES
  (1, 1, 1, 1), (2, NULL, 1, 2), (1, 4, 2, 3), (-5, 1, 4, 4);
INSERT INTO shop_address (line1, line2, city, postcode, country, is_default, user_id) VALUES
  ('1 Long Street', '', 'Berlin', '10115', 'DE', true, 1), ('2 Short Lane', 'Flat 3', 'Paris', '75001', 'FR', false, 1),
  ('3 Hill', '', 'Łódź', '90-001', 'PL', true, 2);
INSERT INTO shop_orders (number, placed_at, paid_on, deliver_after, total, email, ip, note, customer_id, ship_to_id) VALUES
  ('00000000-0000-4000-8000-000000000001', '2024-04-01 10:00+00', '2024-04-02', '09:00', 39.80, 'ada@example.org',
    '192.0.2.1', '', 1, 1),
  ('00000000-0000-4000-8000-000000000002', '2024-04-02 10:00+00', NULL, NULL, 0, 'bob@example.org', NULL, 'Ring twice', 2, 3),
  ('00000000-0000-4000-8000-000000000003', '2024-04-03 10:00+00', '2024-04-03', '18:30:15', 24.50, 'eve@example.org',
    '2001:db8::1', '', 3, NULL);
INSERT INTO shop_orderline (quantity, unit_price, discount, gift, order_id, product_id) VALUES
  (2, 19.90, 0, false, 1, 1), (1, 24.50, 0.1250, true, 1, 2), (0, 0.01, 0, NULL, 2, 5), (1, 24.50, 0, NULL, 3, 2);
INSERT INTO shop_invoice VALUES (1, 1001, '\x255044462d', '2024-04-02'), (2, 1002, NULL, '2024-04-03'), (3, 1003, '\x', '2024-04-04');
INSERT INTO shop_promotion (period, percent, cancelled, product_id) VALUES
  ('[2024-01-01,2024-02-01)', 10, false, 1), ('[2024-02-01,2024-03-01)', 20, false, 1), ('[2024-01-15,)', 90, true, 1);
INSERT INTO shop_review (object_id, stars, body, published, author_id, content_type_id) VALUES
  (1, 5, 'Hits', true, 1, 1), (1, 1, 'Misses', false, 2, 1), (2, 3, '', true, 3, 2);
