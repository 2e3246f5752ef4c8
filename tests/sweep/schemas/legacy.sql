-- A schema that has grown: inheritance, rules that keep a history, domains over
-- domains, case-insensitive collations, quoted and reserved names, tables
-- without keys, constraints that are not valid.
CREATE COLLATION "no case" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN word AS varchar(40) DEFAULT 'w' NOT NULL;
CREATE DOMAIN "short word" AS word CHECK (length(VALUE) < 20);
CREATE TYPE span AS (low integer, high integer);
CREATE DOMAIN hstore_like AS text;
CREATE SEQUENCE shared_numbers START 1000;
CREATE TABLE "Persons" (
  "Id" integer NOT NULL DEFAULT nextval('shared_numbers'), "Full Name" text COLLATE "no case",
  "select" varchar(10), born char(8), flags bit(8) DEFAULT B'00000000', salary money,
  notes text, CONSTRAINT "Persons pk" PRIMARY KEY ("Id"));
CREATE INDEX "by Name" ON "Persons" ("Full Name");
CREATE TABLE staff (badge varchar(10) UNIQUE, chief integer, hired date DEFAULT '2001-01-01')
  INHERITS ("Persons");
CREATE TABLE visitors (host integer, until timestamp) INHERITS ("Persons");
ALTER TABLE "Persons" ADD CONSTRAINT named CHECK ("Full Name" <> '');
ALTER TABLE staff ADD CONSTRAINT own_chief CHECK (chief <> "Id") NO INHERIT;
CREATE TABLE departments (
  code "short word" PRIMARY KEY, title word, budget numeric, span span,
  head integer REFERENCES "Persons" ("Id"));
CREATE TABLE history (at timestamp DEFAULT '2020-01-01', what text, old_value text, new_value text);
CREATE RULE departments_history AS ON UPDATE TO departments
  WHERE NEW.budget IS DISTINCT FROM OLD.budget DO ALSO
  INSERT INTO history (what, old_value, new_value) VALUES (OLD.code, OLD.budget, NEW.budget);
CREATE TABLE log (line text, level integer DEFAULT 0);
CREATE TABLE parts (
  no integer NOT NULL UNIQUE, name text, old_name text, price float8 DEFAULT 0,
  made_of integer, weight numeric(8, 3), "order" integer);
ALTER TABLE parts ADD CONSTRAINT parts_made_of FOREIGN KEY (made_of) REFERENCES parts (no) NOT VALID;
ALTER TABLE parts ADD CONSTRAINT parts_price CHECK (price >= 0) NOT VALID;
CREATE TABLE stores (
  id smallint PRIMARY KEY, label character(12) NOT NULL DEFAULT 'store',
  opened time with time zone, area polygon, doc xml);
CREATE TABLE store_parts (
  store smallint REFERENCES stores ON DELETE CASCADE, part integer REFERENCES parts (no) MATCH FULL,
  amount bigint NOT NULL DEFAULT 0, CONSTRAINT store_parts_once UNIQUE NULLS NOT DISTINCT (store, part));
CREATE TABLE typed OF span;
CREATE TABLE "weird ""table""" ("a.b" integer PRIMARY KEY, "c""d" text, "é" text DEFAULT 'é');
CREATE UNLOGGED TABLE sessions (token text PRIMARY KEY, data hstore_like) WITH (fillfactor = 60);
CREATE VIEW people AS SELECT "Id", "Full Name" FROM "Persons";
CREATE VIEW cheap AS SELECT no, name FROM parts WHERE price < 5 WITH CHECK OPTION;
COMMENT ON COLUMN "Persons"."select" IS 'a "reserved" word';
INSERT INTO "Persons" ("Full Name", "select") SELECT 'P' || i, 's' || i FROM generate_series(1, 5) i;
INSERT INTO staff ("Full Name", badge) VALUES ('S1', 'b1'), ('S2', 'b2');
INSERT INTO visitors ("Full Name", host) VALUES ('V1', 1000);
INSERT INTO departments (code, title, budget) VALUES ('a', 'A', 1), ('b', 'B', 2);
INSERT INTO log (line) VALUES ('x'), ('y');
INSERT INTO parts (no, name, "order") SELECT i, 'part ' || i, i FROM generate_series(1, 6) i;
INSERT INTO stores (id) VALUES (1), (2);
INSERT INTO store_parts VALUES (1, 1, 5), (NULL, 2, 6);
INSERT INTO "weird ""table""" VALUES (1, 'x'), (2, 'y');
INSERT INTO sessions VALUES ('t', 'x');
