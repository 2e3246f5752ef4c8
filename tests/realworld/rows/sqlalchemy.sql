INSERT INTO account (email, name, password, active, settings, created_at, last_ip, home_net, device) VALUES
  ('ada@example.org', 'Ada', '\x00ff', true, '{"theme": "dark"}', '2024-01-01 00:00+00', '192.0.2.1', '192.0.2.0/24', '08:00:2b:01:02:03'),
  ('Bob@example.org', 'Bob', NULL, false, '{}', '2024-01-02 00:00+00', NULL, NULL, NULL),
  ('zoë@example.org', 'Zoë', '\x', true, '{"n": [1, null]}', '2024-01-03 00:00+00', '2001:db8::1/64', '2001:db8::/32', NULL);
INSERT INTO project (id, owner_id, parent_id, key, title, labels, matrix, extra, budget, archived) VALUES
  ('00000000-0000-4000-8000-000000000001', 10, NULL, 'CORE', 'The core', '{a,b}', '{{1,2},{3,4}}', 'a=>1', 1000.50, false),
  ('00000000-0000-4000-8000-000000000002', 11, '00000000-0000-4000-8000-000000000001', 'WEB', 'The site', '{}', NULL, NULL, NULL, NULL),
  ('00000000-0000-4000-8000-000000000003', 10, '00000000-0000-4000-8000-000000000001', 'OLD', 'Gone', '{"x y"}', '{}', 'b=>NULL', -3, true);
INSERT INTO member (project_id, account_id, role, joined_on, quota) VALUES
  ('00000000-0000-4000-8000-000000000001', 10, 'owner', '2024-01-01', 5),
  ('00000000-0000-4000-8000-000000000001', 11, 'editor', '2024-01-02', NULL),
  ('00000000-0000-4000-8000-000000000002', 12, 'reader', '2024-01-03', 32767);
INSERT INTO pipeline (project_id, number, name, state, definition, timeout, nightly_at, flags) VALUES
  ('00000000-0000-4000-8000-000000000001', 1, 'build', 'running', '{"steps": ["make"]}', '30 min', '02:30', B'00000001'),
  ('00000000-0000-4000-8000-000000000001', 2, 'test', 'queued', NULL, NULL, NULL, B'11111111'),
  ('00000000-0000-4000-8000-000000000002', 1, 'deploy', 'failed', '[]', '1 day 02:00', '23:59:59', NULL);
INSERT INTO run (project_id, pipeline_number, started_by, state, seconds, cost, log) VALUES
  ('00000000-0000-4000-8000-000000000001', 1, 10, 'done', 90, 0.0125, 'all went well'),
  ('00000000-0000-4000-8000-000000000001', 1, NULL, 'failed', 0.5, 0, 'error: no such file'),
  ('00000000-0000-4000-8000-000000000001', 2, 11, 'queued', NULL, NULL, NULL),
  ('00000000-0000-4000-8000-000000000002', 1, 12, 'running', 3600, 12.5, '');
INSERT INTO runner (hostname, cores, memory_mb, last_seen) VALUES
  ('alpha', 4, 8192, '2024-05-01 12:00'), ('beta', 2, NULL, NULL), ('gamma', 64, 524288, '2024-05-02 12:00:00.123456');
INSERT INTO reservation (runner_id, during, cancelled) VALUES
  (1, '[2024-05-01 00:00+00,2024-05-02 00:00+00)', false), (1, '[2024-05-02 00:00+00,2024-05-03 00:00+00)', false),
  (1, '[2024-05-01 12:00+00,)', true), (2, 'empty', false);
INSERT INTO billing.plan VALUES ('free', 0, DEFAULT), ('team', 49.90, '{support,sso}'), ('big', 999999.99, NULL);
INSERT INTO billing.subscription VALUES
  (10, 'team', '2024-01-01', NULL, 10), (11, 'free', '2024-01-01', '2024-06-01', 1), (12, 'big', '2023-01-01', NULL, 1000);
INSERT INTO billing.invoice (account_id, plan_code, issued, net, tax_rate, currency, paid_at) VALUES
  (10, 'team', '2024-02-01', 49.90, 0.190, 'EUR', '2024-02-03 10:00+00'), (10, 'team', '2024-03-01', 49.90, 0.190, 'EUR', NULL),
  (12, 'big', '2024-02-01', 999999.99, 0, 'USD', NULL), (12, 'big', DEFAULT, -1, 0.077, 'CHF', '2024-02-04 10:00+00');
INSERT INTO audit.event (id, at, kind, subject, payload) VALUES
  (nextval('event_id'), '2024-05-01 10:00+00', 'run.started', '00000000-0000-4000-8000-000000000001', '{"run": 1}'),
  (nextval('event_id'), '2024-05-01 11:00+00', 'run.done', NULL, NULL),
  (nextval('event_id'), '2024-05-01 12:00+00', 'login', '00000000-0000-4000-8000-00000000000a', '[]');
