INSERT INTO public."Hotels" (name, stars, address, location, "checkInFrom", amenities, opened, "createdAt", "updatedAt") VALUES
  ('Sea View', 4, '1 Beach Road', '{"lat": 54.1, "lon": 12.1}', '15:00', '{pool,"free wifi"}', '1998-05-01', '2024-01-01 00:00+00', '2024-01-01 00:00+00'),
  ('City Inn', NULL, NULL, '{}', NULL, '{}', NULL, '2024-01-02 00:00+00', '2024-01-02 00:00+00'),
  ('Älpli', 1, '', NULL, '08:00', NULL, '1880-12-31', '2024-01-03 00:00+00', '2024-01-03 00:00+00');
INSERT INTO public."Rooms" (number, kind, floor, area, price, smoking, "outOfOrder", "createdAt", "updatedAt", "deletedAt", "HotelId") VALUES
  ('101', 'single', 1, 14.5, 80, false, NULL, '2024-01-01 00:00+00', '2024-01-01 00:00+00', NULL, 1),
  ('102', 'double', 1, 20, 120.50, false, '[2024-06-01,2024-06-10)', '2024-01-01 00:00+00', '2024-01-01 00:00+00', NULL, 1),
  ('1', 'suite', NULL, NULL, 99999999.99, NULL, 'empty', '2024-01-01 00:00+00', '2024-01-01 00:00+00', '2024-02-01 00:00+00', 2),
  ('A', 'double', -1, 9, 0, true, NULL, '2024-01-01 00:00+00', '2024-01-01 00:00+00', NULL, 3);
INSERT INTO public.guests (id, first_name, last_name, email, passport, newsletter, points, last_address, created_at, updated_at, companion_id) VALUES
  ('00000000-0000-4000-8000-000000000001', 'Ada', 'Byron', 'Ada@example.org', '\x01', true, 10, '192.0.2.1', '2024-01-01 00:00+00', '2024-01-01 00:00+00', NULL),
  ('00000000-0000-4000-8000-000000000002', 'Bob', 'Bright', 'bob@example.org', NULL, false, 0, NULL, '2024-01-02 00:00+00', '2024-01-02 00:00+00', '00000000-0000-4000-8000-000000000001'),
  ('00000000-0000-4000-8000-000000000003', 'Zoë', '', NULL, '\x', true, 9000000000, '2001:db8::1', '2024-01-03 00:00+00', '2024-01-03 00:00+00', NULL);
INSERT INTO public."Bookings" (reference, arrives, leaves, state, adults, total, wishes, "confirmedAt", "createdAt", "updatedAt", "guestId") VALUES
  ('B-0001', '2024-07-01', '2024-07-05', 'confirmed', 2, 482, 'Quiet, please', '2024-05-01 10:00+00', '2024-05-01 00:00+00', '2024-05-01 00:00+00', '00000000-0000-4000-8000-000000000001'),
  ('B-0002', '2024-08-01', '2024-08-02', 'held', 1, NULL, NULL, NULL, '2024-05-02 00:00+00', '2024-05-02 00:00+00', '00000000-0000-4000-8000-000000000002'),
  ('B-0003', '2023-12-31', '2024-01-01', 'cancelled', 4, 0, '', NULL, '2023-05-02 00:00+00', '2023-05-02 00:00+00', '00000000-0000-4000-8000-000000000001');
INSERT INTO public."BookingRooms" VALUES (0, 120.5, 1, 2), (1, 80, 1, 1), (NULL, NULL, 2, 4), (2, 0.1, 3, 3);
INSERT INTO finance.payment (method, amount, currency, raw, settled, "createdAt", booking_id) VALUES
  ('card', 200, 'EUR', '{"id": "x"}', '2024-05-01 11:00+00', '2024-05-01 11:00+00', 1),
  ('transfer', 282, 'EUR', NULL, '2024-05-03 11:00+00', '2024-05-02 11:00+00', 1),
  ('cash', -0.01, 'CHF', '[]', NULL, '2024-05-03 11:00+00', NULL);
INSERT INTO public."Reviews" (rating, text, photos, answered, "createdAt", "updatedAt", version, "bookingId") VALUES
  (9, 'Lovely', '{a.jpg,b.jpg}', true, '2024-07-06 00:00+00', '2024-07-06 00:00+00', 0, 1),
  (1, NULL, NULL, NULL, '2024-07-07 00:00+00', '2024-07-07 00:00+00', 2, 2), (5, '', '{}', false, '2024-07-08 00:00+00', '2024-07-08 00:00+00', 1, NULL);
