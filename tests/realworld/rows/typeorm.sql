INSERT INTO public.profile (avatar, website, birthday, location, "socialLinks", nicknames, timezone) VALUES
  ('\x89504e47', 'https://ada.example/', '1990-02-28', '(1,2)', '{"code": "ada"}', 'ada,countess', 'Europe/London'),
  (NULL, NULL, NULL, NULL, NULL, NULL, 'UTC'), ('\x', '', '2000-02-29', '(0,-1.5)', '[]', '', 'Asia/Tokyo');
INSERT INTO public."user" (id, email, "displayName", role, permissions, "isActive", preferences, "loginCount", bio,
    "createdAt", "deletedAt", version, "managerId", "profileId") VALUES
  ('00000000-0000-4000-8000-000000000001', 'ada@example.org', 'Ada', 'admin', '{read,write,publish}', true, '{"a": 1}', 7,
    'First', '2024-01-01 00:00+00', NULL, 1, NULL, 1),
  ('00000000-0000-4000-8000-000000000002', 'bob@example.org', NULL, 'author', '{read}', true, '{}', 0,
    NULL, '2024-01-02 00:00+00', NULL, 3, '00000000-0000-4000-8000-000000000001', 2),
  ('00000000-0000-4000-8000-000000000003', 'eve@example.org', 'Eve', 'editor', '{}', false, '[]', 99,
    '', '2024-01-03 00:00+00', '2024-02-01 00:00+00', 2, '00000000-0000-4000-8000-000000000001', NULL);
INSERT INTO public.category (name, slug, "parentId") VALUES ('News', 'news', NULL), ('Local', 'local', 1), ('Sport', 'sport', 1);
INSERT INTO public.category_closure VALUES (1, 1), (2, 2), (3, 3), (1, 2), (1, 3);
INSERT INTO public.article (title, slug, body, status, priority, rating, "readingMinutes", keywords, "publishedAt",
    "createdAt", "deletedAt", version, "authorId", "reviewerId", "categoryId") VALUES
  ('One', 'one', 'First words', 'published', 1, 9.50, 1.5, '{a,b}', '2024-03-01 10:00:00.123', '2024-02-01 00:00+00', NULL, 1,
    '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000003', 1),
  ('Two', 'two', '', 'draft', 0, NULL, NULL, '{}', NULL, '2024-02-02 00:00+00', NULL, 1,
    '00000000-0000-4000-8000-000000000002', NULL, 2),
  ('Old one', 'one', 'Gone', 'published', -1, 0, 0.25, '{"x y"}', '2020-03-01 10:00', '2020-02-01 00:00+00',
    '2021-01-01 00:00+00', 4, '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', NULL),
  ('Three', 'three', 'Ünïcode', 'review', 5, 10, 3, '{}', NULL, '2024-02-04 00:00+00', NULL, 1,
    '00000000-0000-4000-8000-000000000003', NULL, 3);
INSERT INTO public.tag VALUES ('Breaking', '#ff0000', 2), ('quiet', '#000000', 0), ('long read', '#00ff00', 9000000000);
INSERT INTO public.article_tags_tag VALUES (1, 'breaking'), (1, 'long read'), (2, 'quiet');
INSERT INTO public.comment (id, content, "ipAddress", score, approved, "createdAt", "articleId", "authorId", "replyToId") VALUES
  ('00000000-0000-4000-8000-000000000011', 'Yes', '192.0.2.1', 1.5, true, '2024-03-02 00:00', 1, '00000000-0000-4000-8000-000000000002', NULL),
  ('00000000-0000-4000-8000-000000000012', 'No', NULL, 0, NULL, '2024-03-03 00:00', 1, NULL, '00000000-0000-4000-8000-000000000011'),
  ('00000000-0000-4000-8000-000000000013', '', '::1', -2, false, '2024-03-04 00:00', 2, '00000000-0000-4000-8000-000000000001', NULL);
INSERT INTO public.revision VALUES
  (1, 1, 'One', '{"+": "x"}', '[2024-02-01 00:00+00,2024-03-01 00:00+00)', '5 min', '00000000-0000-4000-8000-0000000000aa'),
  (1, 2, 'One', '[]', '[2024-03-01 00:00+00,)', '1 day', NULL), (2, 1, 'Two', 'null', NULL, NULL, '00000000-0000-4000-8000-0000000000ab');
INSERT INTO assets.media ("fileName", "mimeType", bytes, width, height, "takenAt", meta) VALUES
  ('a.png', 'image/png', 1234, 640, 480, '10:30', 'camera=>x'), ('b.bin', DEFAULT, 0, NULL, NULL, NULL, NULL),
  ('c.jpg', 'image/jpeg', 5000000000, 1, 1, '23:59:59.999', '');
INSERT INTO assets.article_media VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO public.typeorm_metadata VALUES
  ('VIEW', 'cms', 'public', NULL, 'published_article', 'SELECT a.id FROM article a'),
  ('GENERATED_COLUMN', 'cms', 'public', 'article', 'wordCount', 'length(body)'),
  ('GENERATED_COLUMN', NULL, NULL, 'article', 'readCount', '');
