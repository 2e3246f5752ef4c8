INSERT INTO members (id, handle, email, presence, settings, bio, timezone, quiet_from, joined, bot) VALUES
  ('00000000-0000-4000-8000-000000000001', 'Ada', 'ada@example.org', 'online', '{"sound": true}', 'Counts', 'Europe/London', '22:00', '2024-01-01 00:00+00', false),
  ('00000000-0000-4000-8000-000000000002', 'bob', 'bob@example.org', 'offline', '{}', NULL, NULL, NULL, '2024-01-02 00:00+00', false),
  ('00000000-0000-4000-8000-000000000003', 'hook', 'hook@example.org', 'away', '[]', '', 'UTC', '00:00', '2024-01-03 00:00+00', true);
INSERT INTO channels (name, kind, topic, parent_id, owner_id, retention, created_on) VALUES
  ('general', 'public', 'All of it', NULL, '00000000-0000-4000-8000-000000000001', '90 days', '2024-01-01'),
  ('random', 'public', '', 100, NULL, NULL, '2024-01-02'), ('secret', 'private', NULL, 100, '00000000-0000-4000-8000-000000000002', '1 hour', '2024-01-03');
INSERT INTO memberships VALUES
  (100, '00000000-0000-4000-8000-000000000001', false, 2, 10), (100, '00000000-0000-4000-8000-000000000002', NULL, 0, NULL),
  (101, '00000000-0000-4000-8000-000000000003', true, -1, 9000000000);
INSERT INTO messages (channel_id, author_id, body, mentions, edited, sent_from, sentiment, score) VALUES
  (100, '00000000-0000-4000-8000-000000000001', 'Good morning all', '{all}', NULL, '192.0.2.1', 0.5, 1),
  (100, '00000000-0000-4000-8000-000000000002', 'Morning', '{}', '2024-02-01 08:00:00.123', NULL, NULL, NULL),
  (101, NULL, '', '{"x y",ada}', NULL, '2001:db8::1', -1, -0.25), (102, '00000000-0000-4000-8000-000000000002', 'Psst ✓', '{}', NULL, NULL, 0, 0);
INSERT INTO reactions VALUES
  (1, '00000000-0000-4000-8000-000000000002', '👍'), (1, '00000000-0000-4000-8000-000000000003', '👍'), (2, '00000000-0000-4000-8000-000000000001', ':wave:');
INSERT INTO billing.plans (name, price, seats, features) VALUES
  ('free', 0, 5, NULL), ('team', 49.90, 50, ARRAY['{"sso": true}', '1']::jsonb[]), ('big', 999999.99, 100000, '{}');
INSERT INTO billing.payments (id, member_id, plan_id, amount, paid) VALUES
  ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000001', 2, 49.90, '2024-02-01 00:00+00'),
  ('00000000-0000-4000-8000-000000000012', '00000000-0000-4000-8000-000000000001', 2, 49.90, NULL),
  ('00000000-0000-4000-8000-000000000013', '00000000-0000-4000-8000-000000000002', 3, 0.01, '2024-03-01 00:00+00');
