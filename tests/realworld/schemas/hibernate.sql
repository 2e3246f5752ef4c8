-- This file is made by generators/make hibernate; the rows come from rows/hibernate.sql.

create schema accounts;

create table accounts.premium_invoice (
    id bigint not null,
    due date not null,
    paid_at timestamp(6) with time zone,
    reminded boolean not null,
    amount numeric(14,2),
    currency varchar(3),
    policy_id uuid not null,
    primary key (id)
);

create sequence document_seq start with 1 increment by 50;

create sequence party_seq start with 1 increment by 50;

create table assessment (
    confidence smallint not null,
    opinion varchar(4000),
    share numeric(5,4),
    assessor_id bigint not null,
    claim_id bigint not null,
    primary key (assessor_id, claim_id)
);

create table car_policy (
    built integer,
    electric boolean not null,
    plate varchar(12) not null,
    power_kw integer,
    id uuid not null,
    primary key (id),
    constraint ck_car_power check (power_kw > 0)
);

create table claim (
    id bigserial not null,
    created_at timestamp(6) with time zone not null,
    created_by varchar(60),
    updated_at timestamp(6),
    version integer not null,
    happened_at timestamp(6) with time zone not null,
    paid_amount numeric(38,2),
    paid_currency varchar(255),
    reported_from inet,
    state varchar(255) default 'OPEN' not null check (state in ('OPEN','ASSESSED','PAID','REJECTED')),
    story text,
    amount numeric(14,2),
    currency varchar(3),
    policy_id uuid not null,
    primary key (id)
);

comment on table claim is
    'What a holder wants paid';

comment on column claim.story is
    'The holder in own words';

create table company_director (
    company_id bigint not null,
    directors_id bigint not null,
    primary key (company_id, directors_id)
);

create table document (
    id bigint not null,
    confidential boolean,
    content bytea,
    language char(1) not null,
    "order" integer,
    position integer not null,
    rating char(1),
    scanned_at time(6),
    title varchar(255) not null,
    claim_id bigint,
    primary key (id)
);

create table hibernate_sequences (
    sequence_name varchar(255) not null,
    next_val bigint,
    primary key (sequence_name)
);

insert into hibernate_sequences(sequence_name, next_val) values ('default',0);

create table home_policy (
    flood_risk float4,
    insured_city varchar(255),
    country char(2) default 'DE',
    postcode varchar(12),
    street varchar(120),
    square_metres float(53) not null,
    valuables varchar(255) array,
    id uuid not null,
    primary key (id)
);

create table party (
    kind varchar(10) not null,
    id bigint not null,
    created_at timestamp(6) with time zone not null,
    created_by varchar(60),
    updated_at timestamp(6),
    version integer not null,
    city varchar(60) not null,
    country char(2) default 'DE',
    postcode varchar(12),
    street varchar(120),
    name varchar(200) not null,
    tax_no varchar(20) unique,
    born date,
    former_gender smallint check (former_gender between 0 and 2),
    gender varchar(255) check (gender in ('FEMALE','MALE','OTHER')),
    employees integer,
    statutes oid,
    partner_id bigint,
    primary key (id)
);

create table party_phone (
    party_id bigint not null,
    number varchar(30) not null,
    label varchar(20) not null,
    primary key (party_id, label)
);

create table policy (
    id uuid not null,
    created_at timestamp(6) with time zone not null,
    created_by varchar(60),
    updated_at timestamp(6),
    version integer not null,
    conditions jsonb,
    edition smallint default 1 not null,
    number varchar(30) not null,
    premium_amount numeric(14,2) not null,
    premium_currency varchar(3),
    shown_number varchar(255) generated always as (upper(number)) stored,
    valid_from date,
    valid_until date,
    waiting_time numeric(21,0),
    holder_id bigint not null,
    primary key (id),
    constraint uk_policy_number unique (number, edition)
);

create index ix_party_tax
   on party (tax_no, kind);

create index ix_party_name
   on party (name desc);

alter table if exists accounts.premium_invoice
   add constraint FKp7sdpkvmnp1oi0jy1xijgr0bi
   foreign key (policy_id)
   references policy;

alter table if exists assessment
   add constraint FKsapp80esouv3cxym06sud1gm2
   foreign key (assessor_id)
   references party;

alter table if exists assessment
   add constraint FK940v45s6cj2dipatbhmdxnfxd
   foreign key (claim_id)
   references claim;

alter table if exists car_policy
   add constraint FKbojfn5d163pum29ncu3qglukt
   foreign key (id)
   references policy;

alter table if exists claim
   add constraint FK576m2dixnoqkcdu0sh90742ug
   foreign key (policy_id)
   references policy
   on delete cascade;

alter table if exists company_director
   add constraint FKbp7on8ddq4iwoxtsusas3jjfj
   foreign key (directors_id)
   references party;

alter table if exists company_director
   add constraint FK41wxbjhb29w7ccvqwcpf8mfrp
   foreign key (company_id)
   references party;

alter table if exists document
   add constraint FK86luvxr26brld2tefia7rg8nr
   foreign key (claim_id)
   references claim;

alter table if exists home_policy
   add constraint FKifim5syvh88pjmxn598yd8awk
   foreign key (id)
   references policy;

alter table if exists party
   add constraint FKq7ux9qqnjgm898lprxufa0exh
   foreign key (partner_id)
   references party;

alter table if exists party_phone
   add constraint FKmtw1if73iw7mynn699y3c2nb8
   foreign key (party_id)
   references party;

alter table if exists policy
   add constraint fk_policy_holder
   foreign key (holder_id)
   references party;

INSERT INTO party (kind, id, created_at, created_by, updated_at, version, city, country, postcode, street, name, tax_no, born,
    former_gender, gender, employees, statutes, partner_id) VALUES
  ('person', 1, '2024-01-01 00:00+00', 'import', '2024-01-02 00:00', 0, 'Berlin', 'DE', '10115', '1 Long Street', 'Ada', 'T1', '1990-02-28', NULL, 'FEMALE', NULL, NULL, NULL),
  ('person', 2, '2024-01-01 00:00+00', NULL, NULL, 3, 'Paris', 'FR', NULL, NULL, 'Bob', NULL, '1980-01-01', 1, 'MALE', NULL, NULL, 1),
  ('company', 51, '2024-01-01 00:00+00', 'ada', NULL, 1, 'Łódź', 'PL', '90-001', '', 'Bolt', 'T3', NULL, NULL, NULL, 12, 4711, NULL),
  ('company', 52, '2024-01-01 00:00+00', '', '2024-01-02 00:00:00.123456', 0, 'Wien', NULL, '1010', '2 Ring', 'Çelik', 'T4', NULL, NULL, NULL, 0, NULL, NULL),
  ('person', 3, '2024-01-01 00:00+00', NULL, NULL, 0, 'Bern', 'CH', '3000', NULL, 'Zoë', 'T5', NULL, 2, 'OTHER', NULL, NULL, NULL);
INSERT INTO company_director VALUES (51, 1), (51, 2), (52, 3);
INSERT INTO party_phone VALUES (1, '+49 30 1', 'home'), (1, '+49 30 2', 'work'), (51, '1', '');
INSERT INTO policy (id, created_at, created_by, updated_at, version, conditions, edition, number, premium_amount, premium_currency,
    valid_from, valid_until, waiting_time, holder_id) VALUES
  ('00000000-0000-4000-8000-000000000001', '2024-01-01 00:00+00', 'ada', NULL, 0, '{"garage": "yes"}', 1, 'car-1', 480, 'EUR', '2024-01-01', '2024-12-31', 86400000000000, 1),
  ('00000000-0000-4000-8000-000000000002', '2024-01-01 00:00+00', NULL, '2024-01-05 00:00', 1, NULL, 2, 'car-1', 500.01, NULL, '2025-01-01', NULL, NULL, 1),
  ('00000000-0000-4000-8000-000000000003', '2024-01-01 00:00+00', NULL, NULL, 0, '{}', 1, 'home-1', 0.01, 'PLN', NULL, NULL, 0, 51),
  ('00000000-0000-4000-8000-000000000004', '2024-01-01 00:00+00', '', NULL, 0, '{"a": null}', 1, 'home-2', 99, 'EUR', '2024-06-01', '2025-05-31', 1, 2),
  ('00000000-0000-4000-8000-000000000005', '2024-01-01 00:00+00', NULL, NULL, 7, '{}', 1, 'home-3', 12, 'CHF', '2024-06-01', NULL, NULL, 3),
  ('00000000-0000-4000-8000-000000000006', '2024-01-01 00:00+00', NULL, NULL, 0, '{}', 1, 'car-2', 77, 'EUR', '2024-06-01', NULL, NULL, 52);
INSERT INTO car_policy VALUES
  (2019, false, 'B-AB 1', 85, '00000000-0000-4000-8000-000000000001'), (NULL, true, 'B-AB 1', NULL, '00000000-0000-4000-8000-000000000002'),
  (1885, false, '', 1, '00000000-0000-4000-8000-000000000006');
INSERT INTO home_policy VALUES
  (0.25, 'Łódź', 'PL', '90-001', '3 Hill', 120.5, '{painting,"old clock"}', '00000000-0000-4000-8000-000000000003'),
  (NULL, NULL, NULL, NULL, NULL, 0, NULL, '00000000-0000-4000-8000-000000000004'),
  (1, 'Bern', DEFAULT, '3000', '', 1e6, '{}', '00000000-0000-4000-8000-000000000005');
INSERT INTO claim (created_at, created_by, updated_at, version, happened_at, paid_amount, paid_currency, reported_from, state, story,
    amount, currency, policy_id) VALUES
  ('2024-03-01 00:00+00', 'ada', NULL, 0, '2024-02-29 18:30:00.5+00', 100, 'EUR', '192.0.2.1', 'PAID', 'It rained', 120, 'EUR', '00000000-0000-4000-8000-000000000003'),
  ('2024-03-02 00:00+00', NULL, '2024-03-03 00:00', 2, '2024-03-01 00:00+00', NULL, NULL, NULL, DEFAULT, NULL, NULL, NULL, '00000000-0000-4000-8000-000000000001'),
  ('2024-03-03 00:00+00', '', NULL, 1, '2024-03-02 00:00+00', 0, '', '::1', 'REJECTED', '', 999999999999.99, 'CHF', '00000000-0000-4000-8000-000000000001');
INSERT INTO document (id, confidential, content, language, "order", position, rating, scanned_at, title, claim_id) VALUES
  (1, true, '\x2550', 'd', 1, 0, 'A', '10:00', 'Photo', 1), (2, NULL, NULL, 'e', NULL, 1, NULL, NULL, 'Letter', 1), (51, false, '\x', 'f', -1, 0, 'Z', '23:59:59.999999', '', NULL);
INSERT INTO assessment VALUES (9, 'Fair', 0.5, 1, 1), (0, NULL, NULL, 2, 1), (-128, '', 1, 3, 3);
INSERT INTO accounts.premium_invoice VALUES
  (1, '2024-01-15', '2024-01-14 10:00+00', false, 480, 'EUR', '00000000-0000-4000-8000-000000000001'),
  (2, '2024-02-15', NULL, true, NULL, NULL, '00000000-0000-4000-8000-000000000002'), (3, '2024-03-15', NULL, false, 0.01, 'PLN', '00000000-0000-4000-8000-000000000003');
INSERT INTO hibernate_sequences VALUES ('invoices', 100), ('letters', NULL);
