-- This file is made by generators/make drizzle; its rows are in rows/drizzle.sql.
CREATE SCHEMA "billing";

CREATE TYPE "public"."channel_kind" AS ENUM('public', 'private', 'direct');
CREATE TYPE "public"."presence" AS ENUM('online', 'away', 'offline');
CREATE TABLE "channels" (
  "id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "channels_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 100 CACHE 1),
  "name" varchar(80) NOT NULL,
  "kind" "channel_kind" DEFAULT 'public' NOT NULL,
  "topic" text DEFAULT '',
  "parent_id" integer,
  "owner_id" uuid,
  "retention" interval DEFAULT '90 days',
  "created_on" date DEFAULT CURRENT_DATE NOT NULL,
  CONSTRAINT "channels_name" UNIQUE NULLS NOT DISTINCT("parent_id","name")
);

CREATE TABLE "members" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "handle" varchar(32) NOT NULL,
  "email" text NOT NULL,
  "presence" "presence" DEFAULT 'offline' NOT NULL,
  "settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
  "bio" text,
  "timezone" varchar(64) DEFAULT 'UTC',
  "quiet_from" time,
  "joined" timestamp with time zone DEFAULT now() NOT NULL,
  "bot" boolean DEFAULT false NOT NULL,
  CONSTRAINT "members_email_unique" UNIQUE("email"),
  CONSTRAINT "members_handle_length" CHECK (length("members"."handle") >= 2)
);

CREATE TABLE "memberships" (
  "channel_id" integer NOT NULL,
  "member_id" uuid NOT NULL,
  "muted" boolean DEFAULT false,
  "rank" smallint DEFAULT 0 NOT NULL,
  "last_read" bigint,
  CONSTRAINT "memberships_channel_id_member_id_pk" PRIMARY KEY("channel_id","member_id")
);

CREATE TABLE "messages" (
  "id" bigserial PRIMARY KEY NOT NULL,
  "channel_id" integer NOT NULL,
  "author_id" uuid,
  "body" text NOT NULL,
  "words" integer GENERATED ALWAYS AS (cardinality(string_to_array(body, ' '))) STORED,
  "mentions" text[] DEFAULT '{}'::text[] NOT NULL,
  "edited" timestamp (3),
  "sent_from" "inet",
  "sentiment" real,
  "score" double precision DEFAULT 0
);

CREATE TABLE "billing"."payments" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "member_id" uuid NOT NULL,
  "plan_id" integer NOT NULL,
  "amount" numeric(10, 2) NOT NULL,
  "paid" timestamp with time zone
);

CREATE TABLE "billing"."plans" (
  "id" serial PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "price" numeric(8, 2) DEFAULT '0.00' NOT NULL,
  "seats" integer NOT NULL,
  "features" jsonb[],
  CONSTRAINT "plans_name" UNIQUE("name")
);

CREATE TABLE "reactions" (
  "message_id" bigint NOT NULL,
  "member_id" uuid NOT NULL,
  "emoji" varchar(16) NOT NULL,
  CONSTRAINT "reactions_message_id_member_id_emoji_pk" PRIMARY KEY("message_id","member_id","emoji")
);

ALTER TABLE "reactions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "channels" ADD CONSTRAINT "channels_owner_id_members_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."members"("id") ON DELETE set null ON UPDATE no action;
ALTER TABLE "channels" ADD CONSTRAINT "channels_parent" FOREIGN KEY ("parent_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "messages" ADD CONSTRAINT "messages_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "messages" ADD CONSTRAINT "messages_author_id_members_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "billing"."payments" ADD CONSTRAINT "payments_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "billing"."payments" ADD CONSTRAINT "payments_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "billing"."plans"("id") ON DELETE no action ON UPDATE cascade;
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "members_handle_lower" ON "members" USING btree (lower("handle"));
CREATE INDEX "members_presence" ON "members" USING btree ("presence" NULLS FIRST,"joined" DESC NULLS LAST);
CREATE INDEX "messages_search" ON "messages" USING gin (to_tsvector('simple', "body"));
CREATE INDEX "messages_unedited" ON "messages" USING btree ("channel_id","id") WHERE "messages"."edited" IS NULL;
CREATE INDEX "messages_mentions" ON "messages" USING gin ("mentions");
CREATE VIEW "public"."busy_channels" WITH (security_barrier = true) AS (SELECT c.id, c.name, count(m.id) AS messages FROM channels c JOIN messages m ON m.channel_id = c.id GROUP BY c.id);
CREATE VIEW "public"."public_channels" AS (select "id", "name" from "channels" where "channels"."kind" = 'public');
CREATE POLICY "reactions_all" ON "reactions" AS PERMISSIVE FOR SELECT TO public USING (true);
