-- A forum: serial keys, triggers that count, self references, full text,
-- rules, comments on everything, an INSTEAD OF view.
CREATE TABLE users (
  id serial PRIMARY KEY,
  login varchar(30) NOT NULL,
  password bytea, karma integer NOT NULL DEFAULT 0, about text,
  seen_at timestamptz, settings json DEFAULT '{}',
  invited_by integer REFERENCES users ON DELETE SET NULL ON UPDATE CASCADE);
CREATE UNIQUE INDEX users_login ON users (lower(login));
COMMENT ON INDEX users_login IS 'no two in any case';
COMMENT ON COLUMN users.karma IS 'the sum of all votes';
CREATE TABLE boards (
  id serial PRIMARY KEY, title text NOT NULL UNIQUE, position integer NOT NULL,
  topics integer NOT NULL DEFAULT 0,
  CONSTRAINT boards_position UNIQUE (position) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE topics (
  id bigserial PRIMARY KEY, board_id integer NOT NULL REFERENCES boards,
  author_id integer REFERENCES users ON DELETE SET NULL,
  title varchar(120) NOT NULL, sticky boolean NOT NULL DEFAULT false,
  closed_at timestamptz, views bigint NOT NULL DEFAULT 0,
  CONSTRAINT topics_title CHECK (length(title) BETWEEN 1 AND 120));
CREATE INDEX topics_of_board ON topics (board_id, sticky DESC, id DESC);
CREATE FUNCTION count_topic() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE boards SET topics = topics + 1 WHERE id = NEW.board_id; RETURN NULL;
END $$;
CREATE TRIGGER topics_count AFTER INSERT ON topics FOR EACH ROW
  EXECUTE FUNCTION count_topic();
CREATE TABLE posts (
  id bigserial PRIMARY KEY,
  topic_id bigint NOT NULL REFERENCES topics ON DELETE CASCADE,
  reply_to bigint REFERENCES posts, author_id integer REFERENCES users,
  body text NOT NULL, edited timestamptz, score real NOT NULL DEFAULT 0.0,
  ip inet, words integer GENERATED ALWAYS AS (length(body)) STORED);
CREATE INDEX posts_body ON posts USING gin (to_tsvector('simple', body));
CREATE INDEX posts_of_topic ON posts (topic_id) INCLUDE (author_id);
ALTER TABLE posts CLUSTER ON posts_of_topic;
ALTER TABLE posts ALTER author_id SET (n_distinct = -0.5);
CREATE FUNCTION edited() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.edited := '2024-05-05'; RETURN NEW; END $$;
CREATE TRIGGER posts_edited BEFORE UPDATE OF body ON posts FOR EACH ROW
  WHEN (OLD.body IS DISTINCT FROM NEW.body) EXECUTE FUNCTION edited();
CREATE TABLE votes (
  user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
  post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
  value smallint NOT NULL CHECK (value IN (-1, 1)),
  UNIQUE (user_id, post_id));
ALTER TABLE votes REPLICA IDENTITY USING INDEX votes_user_id_post_id_key;
CREATE TABLE tags (tag varchar(30) PRIMARY KEY, hue integer);
CREATE TABLE topic_tags (
  topic_id bigint NOT NULL REFERENCES topics,
  tag varchar(30) NOT NULL REFERENCES tags ON UPDATE CASCADE,
  PRIMARY KEY (topic_id, tag));
CREATE TABLE messages (
  id bigserial PRIMARY KEY, sender integer REFERENCES users (id),
  receiver integer NOT NULL REFERENCES users (id),
  sent_at timestamptz NOT NULL DEFAULT '2024-03-03', body text,
  CONSTRAINT not_to_oneself CHECK (sender <> receiver));
CREATE RULE messages_stay AS ON DELETE TO messages DO INSTEAD NOTHING;
CREATE TABLE audit (at timestamptz DEFAULT '2024-01-01', what text);
CREATE VIEW newest AS SELECT t.id, t.title, u.login FROM topics t
  LEFT JOIN users u ON u.id = t.author_id;
CREATE FUNCTION newest_insert() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER newest_insert INSTEAD OF INSERT ON newest FOR EACH ROW
  EXECUTE FUNCTION newest_insert();
CREATE FUNCTION login_of(users) RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT $1.login $$;
COMMENT ON TRIGGER posts_edited ON posts IS 'the time of the last edit';
COMMENT ON CONSTRAINT not_to_oneself ON messages IS 'talk to others';
INSERT INTO users (login, about) SELECT 'User' || i, 'about ' || i FROM generate_series(1, 6) i;
INSERT INTO boards (title, position) VALUES ('one', 1), ('two', 2);
INSERT INTO topics (board_id, author_id, title) SELECT 1 + i % 2, i, 'Topic ' || i FROM generate_series(1, 6) i;
INSERT INTO posts (topic_id, author_id, body) SELECT i, i, 'Body ' || i FROM generate_series(1, 6) i;
INSERT INTO votes SELECT i, i, 1 FROM generate_series(1, 6) i;
INSERT INTO tags VALUES ('a', 1), ('b', 2);
INSERT INTO topic_tags VALUES (1, 'a'), (2, 'b');
INSERT INTO messages (sender, receiver, body) VALUES (1, 2, 'hi'), (NULL, 3, 'yo');
INSERT INTO audit (what) VALUES ('x');
