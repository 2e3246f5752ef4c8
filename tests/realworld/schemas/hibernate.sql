-- This file is made by generators/make hibernate; its rows are in rows/hibernate.sql.

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
