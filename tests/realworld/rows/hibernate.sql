INSERT INTO party (kind, id, created_at, created_by, updated_at, version, city, country, postcode, street, name, tax_no, born,
    former_gender, gender, employees, statutes, partner_id) VALUES
  ('person', 1, '2024-01-01 00:00+00', 'import', '2024-01-02 00:00', 0, 'Berlin', 'DE', '10115', '1 Long Street', 'Ada', 'T1', '1990-02-28', NULL, 'FEMALE', NULL, NULL, NULL),
  ('person', 2, '2024-01-01 00:00+00', NULL, NULL, 3, 'Paris', 'FR', NULL, NULL, 'Bob', NULL, '1980-01-01', 1, 'MALE', NULL, NULL, 1),
  ('company', 51, '2024-01-01 00:00+00', 'ada', NULL, 1, 'Łódź', 'PL', '90-001', '', 'Bolt', 'T3', NULL, NULL, NULL, 12, 4711, NULL),
  ('company', 52, '2024-01-01 00:00+00', '', '2024-01-02 00:00:00.123456', 0, 'Wien', NULL, '1010', '2 Ring', 'Çelik', 'T4', NULL, NULL, NULL, 0, NULL, NULL),
  ('person', 3, '2024-01-01 00:00+00', NULL, NULL, 0, 'Bern', 'CH', '3000', NULL, 'Zoë', 'T5', NULL, 2, 'OTHER', NULL, NULL, NULL);
INSERT INTO company_director VALUES (51, 1), (51, 2), (52, 3);
INSERT INTO party_phone VALUES (1, '+49 30 1', 'home'), (1, '+49 30 2', 'work'), (51, '1', '');
INSERT INTO policy (id, created_at, created_by, updated_at, version, conditions, edition, number, premium_amount, premium_currency,
    valid_from, valid_until, waiting_time, holder_id) VALUES
  ('00000000-0000-4000-8000-000000000001', '2024-01-01 00:00+00', 'ada', NULL, 0, '{"garage": "yes"}', 1, 'car-1', 480, 'EUR', '2024-01-01', '2024-12-31', 86400000000000, 1),
  ('00000000-0000-4000-8000-000000000002', '2024-01-01 00:00+00', NULL, '2024-01-05 00:00', 1, NULL, 2, 'car-1', 500.01, NULL, '2025-01-01', NULL, NULL, 1),
  ('00000000-0000-4000-8000-000000000003', '2024-01-01 00:00+00', NULL, NULL, 0, '{}', 1, 'home-1', 0.01, 'PLN', NULL, NULL, 0, 51),
  ('00000000-0000-4000-8000-000000000004', '2024-01-01 00:00+00', '', NULL, 0, '{"a": null}', 1, 'home-2', 99, 'EUR', '2024-06-01', '2025-05-31', 1, 2),
  ('00000000-0000-4000-8000-000000000005', '2024-01-01 00:00+00', NULL, NULL, 7, '{}', 1, 'home-3', 12, 'CHF', '2024-06-01', NULL, NULL, 3),
  ('00000000-0000-4000-8000-000000000006', '2024-01-01 00:00+00', NULL, NULL, 0, '{}', 1, 'car-2', 77, 'EUR', '2024-06-01', NULL, NULL, 52);
INSERT INTO car_policy VALUES
  (2019, false, 'B-AB 1', 85, '00000000-0000-4000-8000-000000000001'), (NULL, true, 'B-AB 1', NULL, '00000000-0000-4000-8000-000000000002'),
  (1885, false, '', 1, '00000000-0000-4000-8000-000000000006');
INSERT INTO home_policy VALUES
  (0.25, 'Łódź', 'PL', '90-001', '3 Hill', 120.5, '{painting,"old clock"}', '00000000-0000-4000-8000-000000000003'),
  (NULL, NULL, NULL, NULL, NULL, 0, NULL, '00000000-0000-4000-8000-000000000004'),
  (1, 'Bern', DEFAULT, '3000', '', 1e6, '{}', '00000000-0000-4000-8000-000000000005');
INSERT INTO claim (created_at, created_by, updated_at, version, happened_at, paid_amount, paid_currency, reported_from, state, story,
    amount, currency, policy_id) VALUES
  ('2024-03-01 00:00+00', 'ada', NULL, 0, '2024-02-29 18:30:00.5+00', 100, 'EUR', '192.0.2.1', 'PAID', 'It rained', 120, 'EUR', '00000000-0000-4000-8000-000000000003'),
  ('2024-03-02 00:00+00', NULL, '2024-03-03 00:00', 2, '2024-03-01 00:00+00', NULL, NULL, NULL, DEFAULT, NULL, NULL, NULL, '00000000-0000-4000-8000-000000000001'),
  ('2024-03-03 00:00+00', '', NULL, 1, '2024-03-02 00:00+00', 0, '', '::1', 'REJECTED', '', 999999999999.99, 'CHF', '00000000-0000-4000-8000-000000000001');
INSERT INTO document (id, confidential, content, language, "order", position, rating, scanned_at, title, claim_id) VALUES
  (1, true, '\x2550', 'd', 1, 0, 'A', '10:00', 'Photo', 1), (2, NULL, NULL, 'e', NULL, 1, NULL, NULL, 'Letter', 1), (51, false, '\x', 'f', -1, 0, 'Z', '23:59:59.999999', '', NULL);
INSERT INTO assessment VALUES (9, 'Fair', 0.5, 1, 1), (0, NULL, NULL, 2, 1), (-128, '', 1, 3, 3);
INSERT INTO accounts.premium_invoice VALUES
  (1, '2024-01-15', '2024-01-14 10:00+00', false, 480, 'EUR', '00000000-0000-4000-8000-000000000001'),
  (2, '2024-02-15', NULL, true, NULL, NULL, '00000000-0000-4000-8000-000000000002'), (3, '2024-03-15', NULL, false, 0.01, 'PLN', '00000000-0000-4000-8000-000000000003');
INSERT INTO hibernate_sequences VALUES ('invoices', 100), ('letters', NULL);
