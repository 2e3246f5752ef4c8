-- An ERP: several schemas with equal names, foreign keys and types across
-- them, composite keys, default privileges, statistics objects.
DO $$ BEGIN CREATE ROLE sweep_sales; CREATE ROLE sweep_stock;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE SCHEMA core; CREATE SCHEMA sales; CREATE SCHEMA stock;
CREATE TYPE core.currency AS ENUM ('EUR', 'USD');
CREATE DOMAIN core.code AS varchar(12) COLLATE "C" CHECK (VALUE = upper(VALUE));
ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO sweep_sales;
CREATE TABLE core.companies (
  id integer PRIMARY KEY, name text NOT NULL, vat varchar(20) UNIQUE,
  parent integer REFERENCES core.companies, currency core.currency DEFAULT 'EUR');
CREATE TABLE core.units (unit core.code PRIMARY KEY, factor double precision NOT NULL DEFAULT 1);
CREATE TABLE core.items (
  company integer NOT NULL REFERENCES core.companies, no core.code NOT NULL,
  title text NOT NULL, unit core.code REFERENCES core.units,
  minimum numeric(18, 4), maximum numeric(18, 4), height interval,
  PRIMARY KEY (company, no),
  CONSTRAINT items_range CHECK (minimum <= maximum));
CREATE STATISTICS core.items_stats ON company, unit FROM core.items;
ALTER STATISTICS core.items_stats SET STATISTICS 200;
CREATE TABLE core.numbers (kind text PRIMARY KEY, next bigint NOT NULL DEFAULT 1)
  WITH (fillfactor = 50);
CREATE TABLE sales.orders (
  company integer NOT NULL, no bigint NOT NULL, customer text NOT NULL,
  day date NOT NULL DEFAULT '2024-01-01', currency core.currency NOT NULL DEFAULT 'EUR',
  discount numeric(5, 2), remark text,
  PRIMARY KEY (company, no),
  FOREIGN KEY (company) REFERENCES core.companies);
CREATE TABLE sales.lines (
  company integer NOT NULL, no bigint NOT NULL, line integer NOT NULL,
  item core.code NOT NULL, amount numeric(18, 4) NOT NULL, due date,
  PRIMARY KEY (company, no, line),
  FOREIGN KEY (company, no) REFERENCES sales.orders ON DELETE CASCADE,
  CONSTRAINT lines_item FOREIGN KEY (company, item) REFERENCES core.items MATCH SIMPLE);
CREATE INDEX lines_due ON sales.lines (due) WHERE due IS NOT NULL;
CREATE TABLE sales.prices (
  company integer NOT NULL, item core.code NOT NULL, valid daterange NOT NULL,
  price numeric(18, 4) NOT NULL,
  FOREIGN KEY (company, item) REFERENCES core.items,
  EXCLUDE USING gist (valid WITH &&, int4range(company, company, '[]') WITH =));
CREATE TABLE stock.orders (
  id bigint PRIMARY KEY, supplier text, expected date, state char(1) NOT NULL DEFAULT 'o');
CREATE TABLE stock.places (
  place varchar(10) PRIMARY KEY, zone varchar(10), capacity integer CHECK (capacity >= 0));
CREATE TABLE stock.moves (
  id bigint GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 5) PRIMARY KEY,
  company integer NOT NULL, item core.code NOT NULL,
  place varchar(10) REFERENCES stock.places ON UPDATE CASCADE ON DELETE SET NULL,
  amount numeric(18, 4) NOT NULL, at timestamptz NOT NULL DEFAULT '2024-01-01',
  value numeric GENERATED ALWAYS AS (amount * 2) STORED,
  FOREIGN KEY (company, item) REFERENCES core.items);
CREATE INDEX moves_at ON stock.moves USING brin (at) WITH (pages_per_range = 4);
CREATE VIEW core.stock AS SELECT company, item, sum(amount) AS amount
  FROM stock.moves GROUP BY company, item;
GRANT USAGE ON SCHEMA core, sales TO sweep_sales;
GRANT SELECT (no, title) ON core.items TO sweep_sales;
GRANT UPDATE (remark) ON sales.orders TO sweep_sales;
ALTER TABLE stock.places OWNER TO sweep_stock;
GRANT USAGE, CREATE ON SCHEMA stock TO sweep_stock;
INSERT INTO core.companies (id, name, vat) VALUES (1, 'One', 'V1'), (2, 'Two', 'V2');
INSERT INTO core.units VALUES ('KG', 1), ('PC', 1);
INSERT INTO core.items VALUES (1, 'A', 'Item A', 'KG', 1, 2), (1, 'B', 'Item B', 'PC', NULL, 3);
INSERT INTO core.numbers VALUES ('order', 7);
INSERT INTO sales.orders (company, no, customer) SELECT 1, i, 'C' || i FROM generate_series(1, 6) i;
INSERT INTO sales.lines SELECT 1, i, 1, 'A', i FROM generate_series(1, 6) i;
INSERT INTO sales.prices VALUES (1, 'A', '[2024-01-01,2025-01-01)', 5);
INSERT INTO stock.orders VALUES (1, 'S', '2024-05-05');
INSERT INTO stock.places VALUES ('P1', 'Z', 10);
INSERT INTO stock.moves (company, item, place, amount) SELECT 1, 'A', 'P1', i FROM generate_series(1, 6) i;
