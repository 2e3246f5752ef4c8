INSERT INTO public.flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, installed_on, execution_time, success) VALUES
  (1, '1', 'catalogue', 'SQL', 'V1__catalogue.sql', 1, 'app', '2024-01-01 00:00', 10, true),
  (2, '2', 'customers', 'SQL', 'V2__customers.sql', -2, 'app', '2024-01-02 00:00', 20, true),
  (3, NULL, 'sales views', 'SQL', 'R__sales_views.sql', NULL, 'app', '2024-01-03 00:00', 5, false);
INSERT INTO public.artist VALUES (1, 'The Ones', '1960-04-01', 4), (2, 'Solo', NULL, 1), (3, 'Größe', '2001-09-09', NULL);
INSERT INTO public.album VALUES (1, 'First', 1, '1963-03-22'), (2, 'Second', 1, NULL), (3, 'Alone', 2, '2020-02-29');
INSERT INTO public.genre (name) VALUES ('Rock'), ('Jazz'), (NULL);
INSERT INTO public.track (name, album_id, genre_id, composer, duration_ms, bytes, unit_price, explicit) VALUES
  ('Come', 1, 1, 'Ann, Ben', 181000, 4000000, 0.99, false), ('Go', 1, 1, NULL, 95000, NULL, 0.99, true),
  ('Stay', 3, 2, '', 1, 0, 99999999.99, false), ('Hidden', NULL, NULL, 'Ann', 600000, 1, 0, false);
INSERT INTO public.employee (employee_id, last_name, first_name, reports_to, hired, email) VALUES
  (1, 'Adams', 'Andrew', NULL, '2002-08-14 00:00', 'andrew@example.org'), (2, 'Edwards', 'Nancy', 1, NULL, NULL), (3, 'Park', 'Zoë', 2, '2024-01-01 09:00', '');
INSERT INTO public.customer (first_name, last_name, company, country, phone, email, support_rep_id) VALUES
  ('Ada', 'Byron', 'Engines', 'United Kingdom', '+44 (20) 1', 'Ada@example.org', 3), ('Bob', 'Bright', NULL, NULL, NULL, 'bob@example.org', NULL),
  ('Kari', 'Dahl', '', DEFAULT, '', 'kari@example.org', 3);
INSERT INTO public.invoice (customer_id, invoice_date, billing_city, total, paid_at) VALUES
  (1, '2024-02-01 10:00', 'London', 1.98, '2024-02-02 00:00+00'), (1, '2024-03-01 10:00', NULL, 0, NULL), (3, '2024-03-02 10:00', '', 99999999.99, NULL);
INSERT INTO public.invoice_line (invoice_id, track_id, unit_price, quantity, media) VALUES
  (1, 1, 0.99, 1, 'stream'), (1, 2, 0.99, 1, 'download'), (3, 3, 99999999.99, 1, 'vinyl'), (2, 4, 0, 100, DEFAULT);
INSERT INTO public.playlist (name, owner, shared) VALUES ('Mine', 1, true), ('All', NULL, false), ('', 3, false);
INSERT INTO public.playlist_track VALUES (1, 1, 1), (1, 2, 2), (2, 3, 1);
INSERT INTO audit.price_change (track_id, old_price, new_price, changed_at, changed_by) VALUES
  (1, 0.89, 0.99, '2024-01-01 00:00+00', 'app'), (2, NULL, 0.99, '2024-01-02 00:00+00', 'app'), (9, 1, NULL, '2024-01-03 00:00+00', 'ada');
