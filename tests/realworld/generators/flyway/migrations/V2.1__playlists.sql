CREATE TABLE playlist (
  playlist_id serial PRIMARY KEY,
  name varchar(120) NOT NULL,
  owner integer REFERENCES customer,
  shared boolean NOT NULL DEFAULT false
);

CREATE TABLE playlist_track (
  playlist_id integer NOT NULL REFERENCES playlist ON DELETE CASCADE,
  track_id bigint NOT NULL REFERENCES track ON DELETE CASCADE,
  position integer NOT NULL,
  PRIMARY KEY (playlist_id, track_id),
  UNIQUE (playlist_id, position) DEFERRABLE
);
