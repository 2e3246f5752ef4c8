// The schema of a chat, as a team that uses Drizzle writes it.
import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  boolean,
  check,
  date,
  doublePrecision,
  foreignKey,
  index,
  inet,
  integer,
  interval,
  jsonb,
  numeric,
  pgEnum,
  pgPolicy,
  pgSchema,
  pgTable,
  pgView,
  primaryKey,
  real,
  serial,
  smallint,
  text,
  time,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";

export const presence = pgEnum("presence", ["online", "away", "offline"]);
export const channelKind = pgEnum("channel_kind", ["public", "private", "direct"]);

export const members = pgTable(
  "members",
  {
    id: uuid().primaryKey().defaultRandom(),
    handle: varchar({ length: 32 }).notNull(),
    email: text().notNull().unique(),
    presence: presence().notNull().default("offline"),
    settings: jsonb().notNull().default({}),
    bio: text(),
    timezone: varchar({ length: 64 }).default("UTC"),
    quietFrom: time("quiet_from"),
    joined: timestamp({ withTimezone: true }).notNull().defaultNow(),
    bot: boolean().notNull().default(false),
  },
  (t) => [
    uniqueIndex("members_handle_lower").on(sql`lower(${t.handle})`),
    index("members_presence").on(t.presence.asc().nullsFirst(), t.joined.desc()),
    check("members_handle_length", sql`length(${t.handle}) >= 2`),
  ],
);

export const channels = pgTable(
  "channels",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity({ startWith: 100 }),
    name: varchar({ length: 80 }).notNull(),
    kind: channelKind().notNull().default("public"),
    topic: text().default(""),
    parentId: integer("parent_id"),
    ownerId: uuid("owner_id").references(() => members.id, { onDelete: "set null" }),
    retention: interval().default("90 days"),
    createdOn: date("created_on").notNull().default(sql`CURRENT_DATE`),
  },
  (t) => [
    foreignKey({ columns: [t.parentId], foreignColumns: [t.id], name: "channels_parent" }).onDelete("cascade"),
    unique("channels_name").on(t.parentId, t.name).nullsNotDistinct(),
  ],
);

export const memberships = pgTable(
  "memberships",
  {
    channelId: integer("channel_id").notNull().references(() => channels.id, { onDelete: "cascade" }),
    memberId: uuid("member_id").notNull().references(() => members.id, { onDelete: "cascade" }),
    muted: boolean().default(false),
    rank: smallint().notNull().default(0),
    lastRead: bigint("last_read", { mode: "number" }),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.memberId] })],
);

export const messages = pgTable(
  "messages",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    channelId: integer("channel_id").notNull().references(() => channels.id, { onDelete: "cascade" }),
    authorId: uuid("author_id").references(() => members.id),
    body: text().notNull(),
    words: integer().generatedAlwaysAs(sql`cardinality(string_to_array(body, ' '))`),
    mentions: text().array().notNull().default(sql`'{}'::text[]`),
    edited: timestamp({ precision: 3 }),
    sentFrom: inet("sent_from"),
    sentiment: real(),
    score: doublePrecision().default(0),
  },
  (t) => [
    index("messages_search").using("gin", sql`to_tsvector('simple', ${t.body})`),
    index("messages_unedited").on(t.channelId, t.id).where(sql`${t.edited} IS NULL`),
    index("messages_mentions").using("gin", t.mentions),
  ],
);

export const reactions = pgTable(
  "reactions",
  {
    messageId: bigint("message_id", { mode: "number" }).notNull().references(() => messages.id, { onDelete: "cascade" }),
    memberId: uuid("member_id").notNull().references(() => members.id, { onDelete: "cascade" }),
    emoji: varchar({ length: 16 }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.messageId, t.memberId, t.emoji] }),
    pgPolicy("reactions_all", { as: "permissive", for: "select", to: "public", using: sql`true` }),
  ],
);

export const billing = pgSchema("billing");

export const plans = billing.table("plans", {
  id: serial().primaryKey(),
  name: text().notNull().unique("plans_name"),
  price: numeric({ precision: 8, scale: 2 }).notNull().default("0.00"),
  seats: integer().notNull(),
  features: jsonb().array(),
});

export const payments = billing.table("payments", {
  id: uuid().primaryKey().defaultRandom(),
  memberId: uuid("member_id").notNull().references(() => members.id),
  planId: integer("plan_id").notNull().references(() => plans.id, { onUpdate: "cascade" }),
  amount: numeric({ precision: 10, scale: 2 }).notNull(),
  paid: timestamp({ withTimezone: true }),
});

export const publicChannels = pgView("public_channels").as((query) =>
  query.select({ id: channels.id, name: channels.name }).from(channels).where(sql`${channels.kind} = 'public'`),
);

export const busyChannels = pgView("busy_channels", {
  id: integer(),
  name: varchar({ length: 80 }),
  messages: bigint({ mode: "number" }),
})
  .with({ securityBarrier: true })
  .as(sql`SELECT c.id, c.name, count(m.id) AS messages FROM channels c JOIN messages m ON m.channel_id = c.id GROUP BY c.id`);
