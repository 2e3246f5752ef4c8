-- This file is made by generators/make sequelize; its rows are in rows/sequelize.sql.

CREATE SCHEMA finance;

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;

CREATE TYPE finance.enum_payment_method AS ENUM (
    'card',
    'cash',
    'transfer'
);

CREATE TYPE public."enum_Bookings_state" AS ENUM (
    'held',
    'confirmed',
    'cancelled'
);

CREATE TYPE public."enum_Rooms_kind" AS ENUM (
    'single',
    'double',
    'suite'
);

CREATE TABLE finance.payment (
    id bigint NOT NULL,
    method finance.enum_payment_method NOT NULL,
    amount numeric(12,2) NOT NULL,
    currency character(3) DEFAULT 'EUR'::bpchar NOT NULL,
    raw json,
    settled timestamp with time zone DEFAULT now(),
    "createdAt" timestamp with time zone NOT NULL,
    booking_id integer
);

COMMENT ON TABLE finance.payment IS 'What guests paid';

COMMENT ON COLUMN finance.payment.currency IS 'ISO 4217';

CREATE SEQUENCE finance.payment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE finance.payment_id_seq OWNED BY finance.payment.id;

CREATE TABLE public."BookingRooms" (
    "extraBeds" integer DEFAULT 0,
    nightly double precision,
    "BookingId" integer NOT NULL,
    "RoomId" integer NOT NULL
);

CREATE TABLE public."Bookings" (
    id integer NOT NULL,
    reference character varying(12) NOT NULL,
    arrives date NOT NULL,
    leaves date NOT NULL,
    state public."enum_Bookings_state" DEFAULT 'held'::public."enum_Bookings_state",
    adults integer DEFAULT 2 NOT NULL,
    total numeric(12,2),
    wishes text,
    "confirmedAt" timestamp with time zone,
    "createdAt" timestamp with time zone NOT NULL,
    "updatedAt" timestamp with time zone NOT NULL,
    "guestId" uuid NOT NULL,
    CONSTRAINT bookings_dates CHECK ((leaves > arrives))
);

CREATE SEQUENCE public."Bookings_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Bookings_id_seq" OWNED BY public."Bookings".id;

CREATE TABLE public."Hotels" (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    stars smallint,
    address text,
    location jsonb DEFAULT '{}'::jsonb,
    "checkInFrom" time without time zone,
    amenities character varying(255)[] DEFAULT (ARRAY[]::character varying[])::character varying(255)[],
    opened date,
    "createdAt" timestamp with time zone NOT NULL,
    "updatedAt" timestamp with time zone NOT NULL
);

CREATE SEQUENCE public."Hotels_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Hotels_id_seq" OWNED BY public."Hotels".id;

CREATE TABLE public."Reviews" (
    id integer NOT NULL,
    rating integer NOT NULL,
    text text,
    photos text[],
    answered boolean,
    "createdAt" timestamp with time zone NOT NULL,
    "updatedAt" timestamp with time zone NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    "bookingId" integer,
    CONSTRAINT reviews_rating CHECK (((rating >= 1) AND (rating <= 10)))
);

CREATE SEQUENCE public."Reviews_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Reviews_id_seq" OWNED BY public."Reviews".id;

CREATE TABLE public."Rooms" (
    id integer NOT NULL,
    number character varying(10) NOT NULL,
    kind public."enum_Rooms_kind" DEFAULT 'double'::public."enum_Rooms_kind" NOT NULL,
    floor integer DEFAULT 0,
    area real,
    price numeric(10,2) NOT NULL,
    smoking boolean DEFAULT false,
    "outOfOrder" daterange,
    "createdAt" timestamp with time zone NOT NULL,
    "updatedAt" timestamp with time zone NOT NULL,
    "deletedAt" timestamp with time zone,
    "HotelId" integer NOT NULL
);

CREATE SEQUENCE public."Rooms_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Rooms_id_seq" OWNED BY public."Rooms".id;

CREATE TABLE public.guests (
    id uuid NOT NULL,
    first_name character varying(80) NOT NULL,
    last_name character varying(80) NOT NULL,
    email public.citext,
    passport bytea,
    newsletter boolean DEFAULT true NOT NULL,
    points bigint DEFAULT 0 NOT NULL,
    last_address inet,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    companion_id uuid
);

ALTER TABLE ONLY finance.payment ALTER COLUMN id SET DEFAULT nextval('finance.payment_id_seq'::regclass);

ALTER TABLE ONLY public."Bookings" ALTER COLUMN id SET DEFAULT nextval('public."Bookings_id_seq"'::regclass);

ALTER TABLE ONLY public."Hotels" ALTER COLUMN id SET DEFAULT nextval('public."Hotels_id_seq"'::regclass);

ALTER TABLE ONLY public."Reviews" ALTER COLUMN id SET DEFAULT nextval('public."Reviews_id_seq"'::regclass);

ALTER TABLE ONLY public."Rooms" ALTER COLUMN id SET DEFAULT nextval('public."Rooms_id_seq"'::regclass);

ALTER TABLE ONLY finance.payment
    ADD CONSTRAINT payment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public."BookingRooms"
    ADD CONSTRAINT "BookingRooms_pkey" PRIMARY KEY ("BookingId", "RoomId");

ALTER TABLE ONLY public."Bookings"
    ADD CONSTRAINT "Bookings_pkey" PRIMARY KEY (id);

ALTER TABLE ONLY public."Bookings"
    ADD CONSTRAINT "Bookings_reference_key" UNIQUE (reference);

ALTER TABLE ONLY public."Hotels"
    ADD CONSTRAINT "Hotels_pkey" PRIMARY KEY (id);

ALTER TABLE ONLY public."Reviews"
    ADD CONSTRAINT "Reviews_bookingId_key" UNIQUE ("bookingId");

ALTER TABLE ONLY public."Reviews"
    ADD CONSTRAINT "Reviews_pkey" PRIMARY KEY (id);

ALTER TABLE ONLY public."Rooms"
    ADD CONSTRAINT "Rooms_pkey" PRIMARY KEY (id);

ALTER TABLE ONLY public.guests
    ADD CONSTRAINT guests_email_key UNIQUE (email);

ALTER TABLE ONLY public.guests
    ADD CONSTRAINT guests_pkey PRIMARY KEY (id);

CREATE INDEX guests_lower_name ON public.guests USING btree (lower((last_name)::text), first_name);

CREATE INDEX guests_newsletter ON public.guests USING btree (email) WHERE (newsletter = true);

CREATE INDEX hotels_location ON public."Hotels" USING gin (location);

CREATE INDEX hotels_name_stars ON public."Hotels" USING btree (name, stars);

CREATE UNIQUE INDEX rooms__hotel_id_number ON public."Rooms" USING btree ("HotelId", number);

ALTER TABLE ONLY finance.payment
    ADD CONSTRAINT payment_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES public."Bookings"(id) ON UPDATE CASCADE ON DELETE SET NULL;

ALTER TABLE ONLY public."BookingRooms"
    ADD CONSTRAINT "BookingRooms_BookingId_fkey" FOREIGN KEY ("BookingId") REFERENCES public."Bookings"(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public."BookingRooms"
    ADD CONSTRAINT "BookingRooms_RoomId_fkey" FOREIGN KEY ("RoomId") REFERENCES public."Rooms"(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public."Bookings"
    ADD CONSTRAINT "Bookings_guestId_fkey" FOREIGN KEY ("guestId") REFERENCES public.guests(id) ON UPDATE CASCADE ON DELETE RESTRICT;

ALTER TABLE ONLY public."Reviews"
    ADD CONSTRAINT "Reviews_bookingId_fkey" FOREIGN KEY ("bookingId") REFERENCES public."Bookings"(id) ON UPDATE CASCADE ON DELETE SET NULL;

ALTER TABLE ONLY public."Rooms"
    ADD CONSTRAINT "Rooms_HotelId_fkey" FOREIGN KEY ("HotelId") REFERENCES public."Hotels"(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.guests
    ADD CONSTRAINT guests_companion_id_fkey FOREIGN KEY (companion_id) REFERENCES public.guests(id) ON UPDATE CASCADE ON DELETE SET NULL;
