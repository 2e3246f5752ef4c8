-- A parcel service that uses what PostgreSQL has: views on views, partitions,
-- inheritance, domains, row security, and every kind of index and constraint.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA reporting;

CREATE TYPE parcel_state AS ENUM ('announced', 'in depot', 'on tour', 'delivered', 'lost');
CREATE TYPE parcel_size AS (length numeric(6, 1), width numeric(6, 1), height numeric(6, 1));
CREATE TYPE opening AS RANGE (subtype = numeric);
CREATE DOMAIN postcode AS varchar(10) CONSTRAINT postcode_form CHECK (VALUE ~ '^[0-9A-Z -]+$');
CREATE DOMAIN price AS numeric(10, 2) DEFAULT 0 CONSTRAINT price_positive CHECK (VALUE >= 0);
CREATE DOMAIN country AS char(2) COLLATE "C" NOT NULL CHECK (VALUE = upper(VALUE));

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END
$$;

-- Customers, of whom each tenant sees its own.
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1) PRIMARY KEY,
  tenant text NOT NULL DEFAULT 'main',
  name varchar(120) NOT NULL,
  email varchar(254),
  phone text,
  postcode postcode,
  country country DEFAULT 'DE',
  credit price,
  labels text[] NOT NULL DEFAULT '{}',
  notes text COMPRESSION pglz,
  merged_into bigint REFERENCES customers DEFERRABLE INITIALLY IMMEDIATE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz,
  CONSTRAINT customers_not_itself CHECK (merged_into <> id)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX customers_email ON customers (tenant, lower(email)) WHERE email IS NOT NULL;
CREATE INDEX customers_name_trgm ON customers USING gin (name gin_trgm_ops);
CREATE INDEX customers_phone_trgm ON customers USING gist (phone gist_trgm_ops (siglen = 32));
CREATE INDEX customers_labels ON customers USING gin (labels) WITH (fastupdate = off);
CREATE INDEX customers_place ON customers (country, postcode text_pattern_ops DESC NULLS LAST);
CREATE STATISTICS customers_country_postcode (dependencies, ndistinct) ON country, postcode FROM customers;
CREATE STATISTICS customers_domain ON lower(email), tenant FROM customers;
ALTER TABLE customers ALTER COLUMN name SET STATISTICS 500;
ALTER TABLE customers ALTER COLUMN notes SET STORAGE EXTERNAL;
CREATE TRIGGER customers_touch BEFORE UPDATE ON customers
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch();
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY customers_of_tenant ON customers
  USING (tenant = coalesce(nullif(current_setting('parcels.tenant', true), ''), tenant))
  WITH CHECK (tenant <> '');
CREATE POLICY customers_not_merged ON customers AS RESTRICTIVE FOR DELETE TO PUBLIC USING (merged_into IS NULL);
GRANT SELECT (id, name, country), UPDATE (phone, notes) ON customers TO PUBLIC;
COMMENT ON TABLE customers IS 'Who sends parcels';
COMMENT ON COLUMN customers.credit IS 'How much may be open';
COMMENT ON CONSTRAINT customers_not_itself ON customers IS 'A merge goes somewhere else';
COMMENT ON INDEX customers_name_trgm IS 'For the search box';
COMMENT ON POLICY customers_of_tenant ON customers IS 'Set parcels.tenant first';

CREATE TABLE depots (
  code char(3) PRIMARY KEY,
  title text NOT NULL,
  position point NOT NULL,
  area box,
  opened date NOT NULL,
  closed date,
  capacity integer NOT NULL DEFAULT 1000,
  hours opening,
  head_office char(3) REFERENCES depots ON UPDATE CASCADE,
  CONSTRAINT depots_dates CHECK (closed IS NULL OR closed > opened),
  CONSTRAINT depots_capacity CHECK (capacity > 0) NO INHERIT,
  CONSTRAINT depots_apart EXCLUDE USING gist (area WITH &&) WHERE (closed IS NULL),
  CONSTRAINT depots_title UNIQUE (title) INCLUDE (opened, capacity)
);
CREATE INDEX depots_position ON depots USING spgist (position);
CREATE INDEX depots_code_hash ON depots USING hash (code);

-- People and two kinds of them.
CREATE SEQUENCE people_id AS integer START WITH 10 INCREMENT BY 10;
CREATE TABLE people (
  id integer NOT NULL DEFAULT nextval('people_id') PRIMARY KEY,
  first_name varchar(60) NOT NULL,
  last_name varchar(60) NOT NULL,
  full_name text GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED,
  born date CONSTRAINT people_born CHECK (born > '1900-01-01'),
  depot char(3) REFERENCES depots ON DELETE SET NULL
);
ALTER SEQUENCE people_id OWNED BY people.id;
CREATE TABLE couriers (
  vehicle varchar(20),
  licence_until date,
  max_weight numeric(8, 3),
  PRIMARY KEY (id)
) INHERITS (people);
CREATE TABLE clerks (
  desk smallint NOT NULL,
  hourly price,
  PRIMARY KEY (id),
  UNIQUE (desk) DEFERRABLE INITIALLY DEFERRED
) INHERITS (people);
CREATE INDEX couriers_licence ON couriers (licence_until) WHERE licence_until IS NOT NULL;

CREATE TABLE shifts (
  id serial PRIMARY KEY,
  courier_id integer NOT NULL REFERENCES couriers ON DELETE CASCADE,
  during tstzrange NOT NULL,
  cancelled boolean NOT NULL DEFAULT false,
  remark text,
  CONSTRAINT shifts_no_overlap EXCLUDE USING gist (courier_id WITH =, during WITH &&)
    WHERE (NOT cancelled) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT shifts_bounded CHECK (NOT upper_inf(during))
);

CREATE TABLE parcels (
  id bigserial PRIMARY KEY,
  tracking varchar(20) NOT NULL,
  customer_id bigint NOT NULL CONSTRAINT parcels_customer REFERENCES customers ON DELETE RESTRICT,
  reference varchar(40),
  state parcel_state NOT NULL DEFAULT 'announced',
  priority smallint NOT NULL DEFAULT 0,
  size parcel_size,
  weight numeric(8, 3) NOT NULL,
  postage price NOT NULL DEFAULT 4.90,
  tax_rate numeric(4, 3) NOT NULL DEFAULT 0.190,
  gross numeric(12, 2) GENERATED ALWAYS AS (round(postage * (1 + tax_rate), 2)) STORED,
  depot char(3) CONSTRAINT parcels_depot REFERENCES depots DEFERRABLE INITIALLY DEFERRED,
  recipient text NOT NULL,
  recipient_words tsvector GENERATED ALWAYS AS (to_tsvector('simple', recipient)) STORED,
  details jsonb NOT NULL DEFAULT '{}',
  deliver_by date,
  delivered_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT parcels_tracking UNIQUE (tracking) INCLUDE (state),
  CONSTRAINT parcels_reference UNIQUE NULLS NOT DISTINCT (customer_id, reference),
  CONSTRAINT parcels_delivered CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
  CONSTRAINT parcels_weight CHECK (weight > 0 AND weight <= 70)
);
CREATE INDEX parcels_open ON parcels (depot, deliver_by) WHERE state <> 'delivered';
CREATE INDEX parcels_year ON parcels ((extract(year FROM deliver_by)), customer_id);
CREATE INDEX parcels_recipient ON parcels (lower(recipient) text_pattern_ops);
CREATE INDEX parcels_words ON parcels USING gin (recipient_words);
CREATE INDEX parcels_details ON parcels USING gin (details jsonb_path_ops);
CREATE INDEX parcels_colour ON parcels ((details ->> 'colour')) WHERE details ? 'colour';
CREATE INDEX parcels_updated ON parcels USING brin (updated_at) WITH (pages_per_range = 32);
ALTER TABLE parcels CLUSTER ON parcels_tracking;
CREATE TRIGGER parcels_touch BEFORE UPDATE OF state, depot, recipient ON parcels
  FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON COLUMN parcels.tracking IS 'Printed under the bar code';
COMMENT ON TRIGGER parcels_touch ON parcels IS 'Not for changes of price';

CREATE TABLE deliveries (
  day date NOT NULL,
  courier_id integer NOT NULL REFERENCES couriers,
  stop integer NOT NULL,
  parcel_id bigint NOT NULL REFERENCES parcels ON DELETE CASCADE,
  planned time,
  signature bytea,
  took interval,
  PRIMARY KEY (day, courier_id, parcel_id),
  CONSTRAINT deliveries_order UNIQUE (day, courier_id, stop) DEFERRABLE INITIALLY IMMEDIATE
);

-- Partitions by range, one of them by list again; by hash; and by list.
CREATE TABLE events (
  at timestamptz NOT NULL,
  kind text NOT NULL,
  parcel_id bigint NOT NULL REFERENCES parcels ON DELETE CASCADE,
  place char(3) REFERENCES depots,
  by_person integer,
  details jsonb DEFAULT '{}',
  CONSTRAINT events_kind CHECK (length(kind) > 1)
) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01 00:00+00') TO ('2024-01-01 00:00+00');
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00')
  PARTITION BY LIST (kind);
CREATE TABLE events_2024_scan PARTITION OF events_2024 FOR VALUES IN ('scan', 'load');
CREATE TABLE events_2024_rest PARTITION OF events_2024 DEFAULT;
CREATE TABLE events_other PARTITION OF events DEFAULT;
CREATE INDEX events_parcel ON events (parcel_id, at DESC);
CREATE INDEX events_2023_place ON events_2023 (place) WHERE place IS NOT NULL;

CREATE TABLE readings (
  device integer NOT NULL,
  taken timestamp(3) NOT NULL,
  celsius real,
  humidity double precision CHECK (humidity BETWEEN 0 AND 1),
  battery smallint,
  PRIMARY KEY (device, taken)
) PARTITION BY HASH (device);
CREATE TABLE readings_0 PARTITION OF readings FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE readings_1 PARTITION OF readings FOR VALUES WITH (MODULUS 2, REMAINDER 1);

CREATE TABLE tariffs (
  zone text NOT NULL,
  up_to numeric(8, 3) NOT NULL,
  valid daterange NOT NULL DEFAULT '[2024-01-01,)',
  amount price,
  name varchar(60),
  UNIQUE (zone, up_to)
) PARTITION BY LIST (zone);
CREATE TABLE tariffs_home PARTITION OF tariffs FOR VALUES IN ('DE', 'AT');
CREATE TABLE tariffs_abroad PARTITION OF tariffs DEFAULT;

CREATE TABLE price_log (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  parcel_id bigint,
  old_postage price,
  new_postage price,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE RULE parcels_price_log AS ON UPDATE TO parcels
  WHERE OLD.postage IS DISTINCT FROM NEW.postage
  DO ALSO INSERT INTO price_log (parcel_id, old_postage, new_postage)
    VALUES (NEW.id, OLD.postage, NEW.postage);

CREATE UNLOGGED TABLE label_queue (
  parcel_id bigint PRIMARY KEY REFERENCES parcels,
  printer varchar(30) NOT NULL DEFAULT 'any',
  copies smallint NOT NULL DEFAULT 1 CHECK (copies BETWEEN 1 AND 9),
  payload xml
);

CREATE TABLE parameters (
  key text COLLATE "C" PRIMARY KEY,
  value jsonb NOT NULL,
  flags bit(4) NOT NULL DEFAULT B'0000',
  mask bit varying(16),
  network cidr,
  gateway macaddr
);

-- A chain of five views, of which the fourth is materialized.
CREATE VIEW open_parcels WITH (security_barrier = true) AS
  SELECT id, tracking, customer_id, state, priority, weight, depot, recipient, deliver_by
  FROM parcels WHERE state <> 'delivered'
  WITH LOCAL CHECK OPTION;
CREATE VIEW urgent_parcels AS
  SELECT id, tracking, customer_id, priority, weight, depot, recipient, deliver_by
  FROM open_parcels WHERE priority > 0
  WITH CASCADED CHECK OPTION;
CREATE VIEW reporting.urgent_load AS
  SELECT p.depot, d.title, d.capacity, p.weight, p.deliver_by, c.name AS customer
  FROM public.urgent_parcels p
  JOIN public.depots d ON d.code = p.depot
  JOIN public.customers c ON c.id = p.customer_id;
CREATE MATERIALIZED VIEW reporting.depot_load WITH (fillfactor = 80) AS
  SELECT depot, title, count(*) AS parcels, sum(weight) AS weight, min(deliver_by) AS next
  FROM reporting.urgent_load GROUP BY depot, title;
CREATE UNIQUE INDEX depot_load_depot ON reporting.depot_load (depot);
CREATE INDEX depot_load_heavy ON reporting.depot_load (weight DESC) WHERE parcels > 1;
CREATE VIEW reporting.depot_ranking (place, depot, parcels, share) AS
  SELECT rank() OVER (ORDER BY weight DESC), title, parcels, round(weight / sum(weight) OVER (), 3)
  FROM reporting.depot_load;
COMMENT ON VIEW open_parcels IS 'What still has to go';
COMMENT ON COLUMN open_parcels.deliver_by IS 'As promised';
COMMENT ON MATERIALIZED VIEW reporting.depot_load IS 'Refreshed at night';
COMMENT ON VIEW reporting.depot_ranking IS 'The fullest first';
ALTER VIEW urgent_parcels ALTER COLUMN priority SET DEFAULT 1;
GRANT SELECT ON open_parcels TO PUBLIC;
GRANT UPDATE (recipient) ON open_parcels TO PUBLIC;
GRANT SELECT (depot, parcels) ON reporting.depot_load TO PUBLIC;

-- A view to which an INSTEAD OF trigger writes, and one to which rules write.
CREATE VIEW customer_card AS
  SELECT c.id, c.name, c.email, count(p.id) AS parcels, max(p.delivered_at) AS last_delivery
  FROM customers c LEFT JOIN parcels p ON p.customer_id = c.id
  GROUP BY c.id;
CREATE FUNCTION write_customer_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.customers (name, email) VALUES (NEW.name, NEW.email) RETURNING id INTO NEW.id;
  ELSE
    UPDATE public.customers SET name = NEW.name, email = NEW.email WHERE id = OLD.id;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER customer_card_write INSTEAD OF INSERT OR UPDATE ON customer_card
  FOR EACH ROW EXECUTE FUNCTION write_customer_card();

CREATE VIEW label_printer WITH (security_invoker = true) AS
  SELECT q.parcel_id, p.tracking, q.printer, q.copies
  FROM label_queue q JOIN parcels p ON p.id = q.parcel_id;
CREATE RULE label_printer_insert AS ON INSERT TO label_printer DO INSTEAD
  INSERT INTO label_queue (parcel_id, printer, copies) VALUES (NEW.parcel_id, coalesce(NEW.printer, 'any'), coalesce(NEW.copies, 1));
CREATE RULE label_printer_delete AS ON DELETE TO label_printer DO INSTEAD
  DELETE FROM label_queue WHERE parcel_id = OLD.parcel_id;

CREATE VIEW staff AS
  SELECT tableoid::regclass::text AS kind, id, full_name, depot FROM people;
CREATE RECURSIVE VIEW depot_tree (code, root, depth) AS
  SELECT code, code, 0 FROM depots WHERE head_office IS NULL
  UNION ALL
  SELECT d.code, t.root, t.depth + 1 FROM depots d JOIN depot_tree t ON d.head_office = t.code;

CREATE FUNCTION postage_for(zone text, weight numeric) RETURNS numeric
  LANGUAGE sql STABLE STRICT AS $$
  SELECT amount::numeric FROM public.tariffs t
  WHERE t.zone = postage_for.zone AND t.up_to >= postage_for.weight ORDER BY t.up_to LIMIT 1
$$;
CREATE FUNCTION open_parcels_of(customer bigint) RETURNS SETOF open_parcels
  LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT * FROM open_parcels WHERE customer_id = customer;
END;

INSERT INTO customers (tenant, name, email, phone, postcode, country, credit, labels, notes, merged_into, created_at, updated_at) VALUES
  ('main', 'Acme', 'post@acme.example', '+49 30 1', '10115', 'DE', 1000, '{big,early}', 'Rings twice', NULL, '2024-01-01 00:00+00', NULL),
  ('main', 'Bolt & Co', NULL, NULL, NULL, 'FR', DEFAULT, '{}', NULL, NULL, '2024-01-02 00:00+00', '2024-02-01 00:00+00'),
  ('other', 'Çelik', 'Post@acme.example', '', 'SW1A 1AA', 'GB', 0.01, '{"x y"}', '', NULL, '2024-01-03 00:00+00', NULL),
  ('main', 'Acme (old)', 'old@acme.example', NULL, '10115', 'DE', NULL, '{}', NULL, 1, '2020-01-01 00:00+00', NULL);
INSERT INTO depots (code, title, position, area, opened, closed, capacity, hours, head_office) VALUES
  ('BER', 'Berlin', '(52.5,13.4)', '(1,1),(0,0)', '2001-01-01', NULL, 5000, '[6,22)', NULL),
  ('PAR', 'Paris', '(48.9,2.4)', '(3,3),(2,2)', '2010-06-01', NULL, 2000, '[8.5,20]', 'BER'),
  ('OLD', 'Bonn', '(50.7,7.1)', '(1,1),(0,0)', '1990-01-01', '2005-01-01', 10, NULL, 'BER');
INSERT INTO people (first_name, last_name, born, depot) VALUES
  ('Ada', 'Byron', '1990-02-28', 'BER'), ('Bob', 'Bright', NULL, NULL), ('Zoë', 'Park', '2000-02-29', 'PAR');
INSERT INTO couriers (first_name, last_name, born, depot, vehicle, licence_until, max_weight) VALUES
  ('Cy', 'Cole', '1985-05-05', 'BER', 'van', '2030-01-01', 800), ('Di', 'Dow', NULL, 'PAR', 'bike', NULL, 25.5), ('Ed', 'Eck', '1970-01-01', NULL, NULL, '2020-01-01', NULL);
INSERT INTO clerks (first_name, last_name, born, depot, desk, hourly) VALUES
  ('Flo', 'Fox', '1999-09-09', 'BER', 1, 18.50), ('Gus', 'Gray', NULL, 'BER', 2, DEFAULT), ('Hal', 'Hill', '1960-12-31', 'PAR', 3, NULL);
INSERT INTO shifts (courier_id, during, cancelled, remark) VALUES
  (40, '[2024-05-01 06:00+00,2024-05-01 14:00+00)', false, 'early'), (40, '[2024-05-01 14:00+00,2024-05-01 22:00+00)', false, NULL),
  (40, '[2024-05-01 08:00+00,2024-05-01 10:00+00)', true, ''), (50, 'empty', false, NULL);
INSERT INTO parcels (tracking, customer_id, reference, state, priority, size, weight, postage, tax_rate, depot, recipient, details, deliver_by, delivered_at, updated_at) VALUES
  ('P0001', 1, 'A-1', 'delivered', 0, '(30,20,10)', 2.5, 4.90, 0.190, 'BER', 'Anna Ode', '{"colour": "red"}', '2024-05-02', '2024-05-02 09:00+00', '2024-05-02 09:00+00'),
  ('P0002', 1, NULL, 'in depot', 2, NULL, 12, 9.90, 0.190, 'BER', 'Ben Ode', '{}', '2024-05-03', NULL, '2024-05-01 09:00+00'),
  ('P0003', 2, 'A-1', 'on tour', 1, '(1.5,,)', 0.001, 0, 0.077, 'PAR', 'Ünal, 3rd floor', '{"fragile": true, "n": [1]}', NULL, NULL, '2024-05-01 10:00+00'),
  ('P0004', 3, '', 'lost', 0, '(,,)', 70, 99999999.99, 0, NULL, '', '{"colour": null}', '1999-12-31', NULL, '2024-05-01 11:00+00'),
  ('P0005', 2, NULL, 'announced', 1, NULL, 5.25, DEFAULT, DEFAULT, 'PAR', 'Cid', '[]', '2024-06-01', NULL, '2024-05-01 12:00+00');
INSERT INTO deliveries VALUES
  ('2024-05-02', 40, 1, 1, '09:00', '\x00ff', '00:03:20'), ('2024-05-03', 40, 1, 2, NULL, NULL, NULL), ('2024-05-03', 50, 1, 3, '23:59:59.5', '\x', '1 day');
INSERT INTO events (at, kind, parcel_id, place, by_person, details) VALUES
  ('2023-12-31 23:59:59+00', 'scan', 1, 'BER', 10, '{"belt": 3}'), ('2024-05-01 06:00+00', 'scan', 1, 'BER', 40, DEFAULT),
  ('2024-05-01 07:00+00', 'load', 2, 'BER', NULL, NULL), ('2024-05-02 09:00+00', 'handed over', 1, NULL, 40, '{}'),
  ('2030-01-01 00:00+00', 'forecast', 5, 'PAR', NULL, '[]');
INSERT INTO readings VALUES
  (1, '2024-05-01 00:00:00.123', 7.5, 0.4, 99), (1, '2024-05-01 01:00', NULL, NULL, NULL), (2, '2024-05-01 00:00', -3, 1, 0), (3, '2024-05-01 00:00', 1e10, 0, 50);
INSERT INTO tariffs VALUES
  ('DE', 2, DEFAULT, 4.90, 'Small'), ('DE', 70, '[2024-01-01,2025-01-01)', 19.90, NULL), ('AT', 2, DEFAULT, 7.90, ''), ('FR', 5, 'empty', DEFAULT, 'France');
INSERT INTO price_log (parcel_id, old_postage, new_postage, at) VALUES
  (1, 3.90, 4.90, '2024-05-01 00:00+00'), (99, NULL, 0, '2024-05-02 00:00+00'), (NULL, 1, NULL, '2024-05-03 00:00+00');
INSERT INTO label_queue VALUES (1, 'zebra', 2, '<label a="1">x</label>'), (2, DEFAULT, 1, NULL), (3, '', 9, '<e/>');
INSERT INTO parameters VALUES
  ('a', '1', B'0001', B'101', '192.0.2.0/24', '08:00:2b:01:02:03'), ('B', 'null', DEFAULT, NULL, NULL, NULL), ('ä', '{"x": {"y": []}}', B'1111', B'', '::/0', NULL);
REFRESH MATERIALIZED VIEW reporting.depot_load;
