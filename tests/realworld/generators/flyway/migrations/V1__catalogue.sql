CREATE TABLE artist (
  artist_id integer PRIMARY KEY,
  name varchar(120) NOT NULL,
  born date,
  members smallint DEFAULT 1
);

CREATE TABLE album (
  album_id integer PRIMARY KEY,
  title varchar(160) NOT NULL,
  artist_id integer NOT NULL CONSTRAINT album_artist REFERENCES artist,
  released date
);

CREATE TABLE genre (
  genre_id serial PRIMARY KEY,
  name varchar(120)
);

CREATE TABLE track (
  track_id bigserial PRIMARY KEY,
  name varchar(200) NOT NULL,
  album_id integer REFERENCES album ON DELETE CASCADE,
  genre_id integer REFERENCES genre,
  composer varchar(220),
  milliseconds integer NOT NULL,
  bytes integer,
  unit_price numeric(10, 2) NOT NULL
);

CREATE INDEX album_by_artist ON album (artist_id);
CREATE INDEX track_by_album ON track (album_id);
