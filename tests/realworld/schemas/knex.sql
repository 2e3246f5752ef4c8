-- This file is made by generators/make knex; its rows are in rows/knex.sql.

CREATE SCHEMA purchasing;

CREATE TYPE public.movement_kind AS ENUM (
    'in',
    'out',
    'move'
);

CREATE TABLE public.items (
    id bigint NOT NULL,
    sku character varying(64) NOT NULL,
    description text,
    supplier_id uuid,
    weight real,
    volume_litres double precision,
    reorder_at integer DEFAULT 10 NOT NULL,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    picture bytea,
    barcode character varying(14)
);

CREATE TABLE public.stock (
    warehouse_id integer NOT NULL,
    item_id bigint NOT NULL,
    on_hand integer DEFAULT 0 NOT NULL,
    reserved integer DEFAULT 0 NOT NULL,
    counted_on date,
    CONSTRAINT stock_enough CHECK ((on_hand >= reserved)),
    CONSTRAINT stock_reserved_positive CHECK ((reserved > 0))
);

CREATE TABLE public.warehouses (
    id integer NOT NULL,
    code character varying(8) NOT NULL,
    name character varying(255) NOT NULL,
    zone box,
    bonded boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE VIEW public.available AS
 SELECT w.code AS warehouse,
    i.sku,
    (s.on_hand - s.reserved) AS free
   FROM ((public.stock s
     JOIN public.warehouses w ON ((w.id = s.warehouse_id)))
     JOIN public.items i ON ((i.id = s.item_id)));

CREATE SEQUENCE public.items_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.items_id_seq OWNED BY public.items.id;

CREATE TABLE public.knex_migrations (
    id integer NOT NULL,
    name character varying(255),
    batch integer,
    migration_time timestamp with time zone
);

CREATE SEQUENCE public.knex_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.knex_migrations_id_seq OWNED BY public.knex_migrations.id;

CREATE TABLE public.knex_migrations_lock (
    index integer NOT NULL,
    is_locked integer
);

CREATE SEQUENCE public.knex_migrations_lock_index_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.knex_migrations_lock_index_seq OWNED BY public.knex_migrations_lock.index;

CREATE TABLE public.movements (
    id bigint NOT NULL,
    warehouse_id integer NOT NULL,
    item_id bigint NOT NULL,
    kind public.movement_kind NOT NULL,
    quantity integer NOT NULL,
    at timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP(3) NOT NULL,
    shift_start time without time zone,
    by character varying(60)
);

CREATE SEQUENCE public.movements_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.movements_id_seq OWNED BY public.movements.id;

CREATE TABLE public.suppliers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name character varying(120) NOT NULL,
    contact json,
    rating numeric(3,1),
    tier text DEFAULT 'bronze'::text,
    country character varying(2) DEFAULT 'DE'::character varying NOT NULL,
    tags text[],
    CONSTRAINT suppliers_rating_range CHECK (((rating >= (0)::numeric) AND (rating <= (10)::numeric))),
    CONSTRAINT suppliers_tier_check CHECK ((tier = ANY (ARRAY['gold'::text, 'silver'::text, 'bronze'::text])))
);

COMMENT ON TABLE public.suppliers IS 'Who delivers';

CREATE SEQUENCE public.warehouses_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.warehouses_id_seq OWNED BY public.warehouses.id;

CREATE TABLE purchasing.order_lines (
    order_id integer NOT NULL,
    line integer NOT NULL,
    item_id bigint NOT NULL,
    quantity numeric(12,3) NOT NULL,
    price numeric(12,4)
);

CREATE TABLE purchasing.orders (
    id integer NOT NULL,
    supplier_id uuid NOT NULL,
    ordered_on date DEFAULT CURRENT_DATE NOT NULL,
    total numeric(12,2) DEFAULT '0'::numeric NOT NULL,
    state character varying(12) DEFAULT 'open'::character varying NOT NULL,
    remark text,
    CONSTRAINT orders_state_check CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'sent'::character varying, 'closed'::character varying])::text[])))
);

COMMENT ON COLUMN purchasing.orders.remark IS 'Printed on the order';

CREATE SEQUENCE purchasing.orders_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE purchasing.orders_id_seq OWNED BY purchasing.orders.id;

ALTER TABLE ONLY public.items ALTER COLUMN id SET DEFAULT nextval('public.items_id_seq'::regclass);

ALTER TABLE ONLY public.knex_migrations ALTER COLUMN id SET DEFAULT nextval('public.knex_migrations_id_seq'::regclass);

ALTER TABLE ONLY public.knex_migrations_lock ALTER COLUMN index SET DEFAULT nextval('public.knex_migrations_lock_index_seq'::regclass);

ALTER TABLE ONLY public.movements ALTER COLUMN id SET DEFAULT nextval('public.movements_id_seq'::regclass);

ALTER TABLE ONLY public.warehouses ALTER COLUMN id SET DEFAULT nextval('public.warehouses_id_seq'::regclass);

ALTER TABLE ONLY purchasing.orders ALTER COLUMN id SET DEFAULT nextval('purchasing.orders_id_seq'::regclass);

ALTER TABLE ONLY public.items
    ADD CONSTRAINT items_barcode_unique UNIQUE (barcode);

ALTER TABLE ONLY public.items
    ADD CONSTRAINT items_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.items
    ADD CONSTRAINT items_sku UNIQUE (sku) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.knex_migrations_lock
    ADD CONSTRAINT knex_migrations_lock_pkey PRIMARY KEY (index);

ALTER TABLE ONLY public.knex_migrations
    ADD CONSTRAINT knex_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.movements
    ADD CONSTRAINT movements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_pkey PRIMARY KEY (warehouse_id, item_id);

ALTER TABLE ONLY public.suppliers
    ADD CONSTRAINT suppliers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.warehouses
    ADD CONSTRAINT warehouses_code_unique UNIQUE (code);

ALTER TABLE ONLY public.warehouses
    ADD CONSTRAINT warehouses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY purchasing.order_lines
    ADD CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, line);

ALTER TABLE ONLY purchasing.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

CREATE INDEX movements_at_brin ON public.movements USING brin (at);

CREATE INDEX movements_large ON public.movements USING btree (item_id) WHERE (quantity > 100);

CREATE INDEX suppliers_name_index ON public.suppliers USING btree (name);

CREATE INDEX suppliers_tags ON public.suppliers USING gin (tags);

ALTER TABLE ONLY public.items
    ADD CONSTRAINT items_supplier_id_foreign FOREIGN KEY (supplier_id) REFERENCES public.suppliers(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.movements
    ADD CONSTRAINT movements_warehouse_id_item_id_foreign FOREIGN KEY (warehouse_id, item_id) REFERENCES public.stock(warehouse_id, item_id);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_item_id_foreign FOREIGN KEY (item_id) REFERENCES public.items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_warehouse_id_foreign FOREIGN KEY (warehouse_id) REFERENCES public.warehouses(id) ON DELETE CASCADE;

ALTER TABLE ONLY purchasing.order_lines
    ADD CONSTRAINT order_lines_item_id_foreign FOREIGN KEY (item_id) REFERENCES public.items(id);

ALTER TABLE ONLY purchasing.order_lines
    ADD CONSTRAINT order_lines_order_id_foreign FOREIGN KEY (order_id) REFERENCES purchasing.orders(id) ON DELETE CASCADE;

ALTER TABLE ONLY purchasing.orders
    ADD CONSTRAINT orders_supplier_id_foreign FOREIGN KEY (supplier_id) REFERENCES public.suppliers(id);
