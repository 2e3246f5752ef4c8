CREATE TABLE employee (
  employee_id integer PRIMARY KEY,
  last_name varchar(20) NOT NULL,
  first_name varchar(20) NOT NULL,
  title varchar(30),
  reports_to integer REFERENCES employee,
  hired timestamp,
  email varchar(60)
);

CREATE TABLE customer (
  customer_id serial PRIMARY KEY,
  first_name varchar(40) NOT NULL,
  last_name varchar(20) NOT NULL,
  company varchar(80),
  country varchar(40) DEFAULT 'Norway',
  phone varchar(24),
  email varchar(60) NOT NULL,
  support_rep_id integer REFERENCES employee ON DELETE SET NULL
);

CREATE TABLE invoice (
  invoice_id serial PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customer,
  invoice_date timestamp NOT NULL DEFAULT now(),
  billing_city varchar(40),
  total numeric(10, 2) NOT NULL CHECK (total >= 0)
);

CREATE TABLE invoice_line (
  invoice_line_id bigserial PRIMARY KEY,
  invoice_id integer NOT NULL REFERENCES invoice ON DELETE CASCADE,
  track_id bigint NOT NULL REFERENCES track,
  unit_price numeric(10, 2) NOT NULL,
  quantity integer NOT NULL DEFAULT 1
);

CREATE UNIQUE INDEX customer_email ON customer (lower(email));
