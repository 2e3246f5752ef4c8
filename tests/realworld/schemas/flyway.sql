-- This file is made by generators/make flyway; its rows are in rows/flyway.sql.

CREATE SCHEMA audit;

CREATE TYPE public.media AS ENUM (
    'stream',
    'download',
    'vinyl'
);

CREATE FUNCTION audit.log_price() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO audit.price_change (track_id, old_price, new_price)
  VALUES (NEW.track_id, OLD.unit_price, NEW.unit_price);
  RETURN NEW;
END
$$;

CREATE TABLE audit.price_change (
    id bigint NOT NULL,
    track_id bigint NOT NULL,
    old_price numeric(10,2),
    new_price numeric(10,2),
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_by name DEFAULT CURRENT_USER NOT NULL
);

ALTER TABLE audit.price_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.price_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.album (
    album_id integer NOT NULL,
    title character varying(160) NOT NULL,
    artist_id integer NOT NULL,
    released date
);

CREATE TABLE public.artist (
    artist_id integer NOT NULL,
    name character varying(120) NOT NULL,
    born date,
    members smallint DEFAULT 1
);

CREATE TABLE public.customer (
    customer_id integer NOT NULL,
    first_name character varying(40) NOT NULL,
    last_name character varying(20) NOT NULL,
    company character varying(80),
    country character varying(40) DEFAULT 'Norway'::character varying,
    phone character varying(24),
    email character varying(60) NOT NULL,
    support_rep_id integer,
    phone_digits character varying(24) GENERATED ALWAYS AS (regexp_replace((phone)::text, '\D'::text, ''::text, 'g'::text)) STORED
);

CREATE SEQUENCE public.customer_customer_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.customer_customer_id_seq OWNED BY public.customer.customer_id;

CREATE VIEW public.customer_turnover AS
SELECT
    NULL::integer AS customer_id,
    NULL::text AS name,
    NULL::numeric AS turnover;

CREATE TABLE public.employee (
    employee_id integer NOT NULL,
    last_name character varying(20) NOT NULL,
    first_name character varying(20) NOT NULL,
    reports_to integer,
    hired timestamp without time zone,
    email character varying(60)
);

CREATE TABLE public.flyway_schema_history (
    installed_rank integer NOT NULL,
    version character varying(50),
    description character varying(200) NOT NULL,
    type character varying(20) NOT NULL,
    script character varying(1000) NOT NULL,
    checksum integer,
    installed_by character varying(100) NOT NULL,
    installed_on timestamp without time zone DEFAULT now() NOT NULL,
    execution_time integer NOT NULL,
    success boolean NOT NULL
);

CREATE TABLE public.genre (
    genre_id integer NOT NULL,
    name character varying(120)
);

CREATE SEQUENCE public.genre_genre_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.genre_genre_id_seq OWNED BY public.genre.genre_id;

CREATE TABLE public.invoice (
    invoice_id integer NOT NULL,
    customer_id integer NOT NULL,
    invoice_date timestamp without time zone DEFAULT now() NOT NULL,
    billing_city character varying(40),
    total numeric(10,2) NOT NULL,
    paid_at timestamp with time zone,
    CONSTRAINT invoice_total_check CHECK ((total >= (0)::numeric))
);

CREATE SEQUENCE public.invoice_invoice_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.invoice_invoice_id_seq OWNED BY public.invoice.invoice_id;

CREATE TABLE public.invoice_line (
    invoice_line_id bigint NOT NULL,
    invoice_id integer NOT NULL,
    track_id bigint NOT NULL,
    unit_price numeric(10,2) NOT NULL,
    quantity integer DEFAULT 1 NOT NULL,
    media public.media DEFAULT 'stream'::public.media NOT NULL
);

CREATE SEQUENCE public.invoice_line_invoice_line_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.invoice_line_invoice_line_id_seq OWNED BY public.invoice_line.invoice_line_id;

CREATE TABLE public.playlist (
    playlist_id integer NOT NULL,
    name character varying(120) NOT NULL,
    owner integer,
    shared boolean DEFAULT false NOT NULL
);

CREATE SEQUENCE public.playlist_playlist_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.playlist_playlist_id_seq OWNED BY public.playlist.playlist_id;

CREATE TABLE public.playlist_track (
    playlist_id integer NOT NULL,
    track_id bigint NOT NULL,
    "position" integer NOT NULL
);

CREATE TABLE public.track (
    track_id bigint NOT NULL,
    name text NOT NULL,
    album_id integer,
    genre_id integer,
    composer character varying(220),
    duration_ms integer NOT NULL,
    bytes integer,
    unit_price numeric(10,2) NOT NULL,
    explicit boolean DEFAULT false NOT NULL,
    CONSTRAINT track_duration CHECK ((duration_ms > 0))
);

COMMENT ON COLUMN public.track.duration_ms IS 'How long it plays, in milliseconds';

CREATE VIEW public.sold_track AS
 SELECT t.track_id,
    t.name,
    a.title AS album,
    sum(l.quantity) AS sold
   FROM ((public.track t
     JOIN public.album a USING (album_id))
     JOIN public.invoice_line l ON ((l.track_id = t.track_id)))
  GROUP BY t.track_id, t.name, a.title;

CREATE SEQUENCE public.track_track_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.track_track_id_seq OWNED BY public.track.track_id;

ALTER TABLE ONLY public.customer ALTER COLUMN customer_id SET DEFAULT nextval('public.customer_customer_id_seq'::regclass);

ALTER TABLE ONLY public.genre ALTER COLUMN genre_id SET DEFAULT nextval('public.genre_genre_id_seq'::regclass);

ALTER TABLE ONLY public.invoice ALTER COLUMN invoice_id SET DEFAULT nextval('public.invoice_invoice_id_seq'::regclass);

ALTER TABLE ONLY public.invoice_line ALTER COLUMN invoice_line_id SET DEFAULT nextval('public.invoice_line_invoice_line_id_seq'::regclass);

ALTER TABLE ONLY public.playlist ALTER COLUMN playlist_id SET DEFAULT nextval('public.playlist_playlist_id_seq'::regclass);

ALTER TABLE ONLY public.track ALTER COLUMN track_id SET DEFAULT nextval('public.track_track_id_seq'::regclass);

ALTER TABLE ONLY audit.price_change
    ADD CONSTRAINT price_change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.album
    ADD CONSTRAINT album_pkey PRIMARY KEY (album_id);

ALTER TABLE ONLY public.artist
    ADD CONSTRAINT artist_pkey PRIMARY KEY (artist_id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.employee
    ADD CONSTRAINT employee_pkey PRIMARY KEY (employee_id);

ALTER TABLE ONLY public.flyway_schema_history
    ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);

ALTER TABLE ONLY public.genre
    ADD CONSTRAINT genre_pkey PRIMARY KEY (genre_id);

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_pkey PRIMARY KEY (invoice_line_id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_pkey PRIMARY KEY (invoice_id);

ALTER TABLE ONLY public.playlist
    ADD CONSTRAINT playlist_pkey PRIMARY KEY (playlist_id);

ALTER TABLE ONLY public.playlist_track
    ADD CONSTRAINT playlist_track_pkey PRIMARY KEY (playlist_id, track_id);

ALTER TABLE ONLY public.playlist_track
    ADD CONSTRAINT playlist_track_playlist_id_position_key UNIQUE (playlist_id, "position") DEFERRABLE;

ALTER TABLE ONLY public.track
    ADD CONSTRAINT track_pkey PRIMARY KEY (track_id);

CREATE INDEX album_by_artist ON public.album USING btree (artist_id);

CREATE UNIQUE INDEX customer_email ON public.customer USING btree (lower((email)::text));

CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success);

CREATE INDEX invoice_open ON public.invoice USING btree (customer_id) WHERE (paid_at IS NULL);

CREATE INDEX track_by_album ON public.track USING btree (album_id);

CREATE OR REPLACE VIEW public.customer_turnover AS
 SELECT c.customer_id,
    (((c.first_name)::text || ' '::text) || (c.last_name)::text) AS name,
    sum(i.total) AS turnover
   FROM (public.customer c
     LEFT JOIN public.invoice i USING (customer_id))
  GROUP BY c.customer_id;

CREATE TRIGGER track_price AFTER UPDATE OF unit_price ON public.track FOR EACH ROW WHEN ((old.unit_price IS DISTINCT FROM new.unit_price)) EXECUTE FUNCTION audit.log_price();

ALTER TABLE ONLY public.album
    ADD CONSTRAINT album_artist FOREIGN KEY (artist_id) REFERENCES public.artist(artist_id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_support_rep_id_fkey FOREIGN KEY (support_rep_id) REFERENCES public.employee(employee_id) ON DELETE SET NULL;

ALTER TABLE ONLY public.employee
    ADD CONSTRAINT employee_reports_to_fkey FOREIGN KEY (reports_to) REFERENCES public.employee(employee_id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(customer_id);

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoice(invoice_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_track_id_fkey FOREIGN KEY (track_id) REFERENCES public.track(track_id);

ALTER TABLE ONLY public.playlist
    ADD CONSTRAINT playlist_owner_fkey FOREIGN KEY (owner) REFERENCES public.customer(customer_id);

ALTER TABLE ONLY public.playlist_track
    ADD CONSTRAINT playlist_track_playlist_id_fkey FOREIGN KEY (playlist_id) REFERENCES public.playlist(playlist_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.playlist_track
    ADD CONSTRAINT playlist_track_track_id_fkey FOREIGN KEY (track_id) REFERENCES public.track(track_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.track
    ADD CONSTRAINT track_album_id_fkey FOREIGN KEY (album_id) REFERENCES public.album(album_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.track
    ADD CONSTRAINT track_genre_id_fkey FOREIGN KEY (genre_id) REFERENCES public.genre(genre_id);
