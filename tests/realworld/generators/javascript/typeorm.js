// Makes the schema of a content management system with TypeORM in an empty
// database.
//
// Usage: node typeorm.js SOCKET_DIRECTORY USER DATABASE
require("reflect-metadata");
const { DataSource, EntitySchema } = require("typeorm");

const id = { type: "int", primary: true, generated: "increment" };
const uuid = { type: "uuid", primary: true, generated: "uuid" };
const stamps = {
  createdAt: { type: "timestamptz", createDate: true },
  updatedAt: { type: "timestamptz", updateDate: true },
  deletedAt: { type: "timestamptz", deleteDate: true, nullable: true },
  version: { type: "int", version: true },
};

const User = new EntitySchema({
  name: "User",
  tableName: "user",
  columns: {
    id: uuid,
    email: { type: "varchar", length: 255, unique: true },
    displayName: { type: "varchar", nullable: true, comment: "What readers see" },
    role: { type: "enum", enum: ["admin", "editor", "author"], default: "author" },
    permissions: { type: "enum", enum: ["read", "write", "publish"], array: true, default: ["read"] },
    isActive: { type: "boolean", default: true },
    preferences: { type: "jsonb", default: {} },
    loginCount: { type: "int", default: 0 },
    bio: { type: "text", nullable: true },
    ...stamps,
  },
  relations: {
    manager: { type: "many-to-one", target: "User", nullable: true, onDelete: "SET NULL" },
    profile: { type: "one-to-one", target: "Profile", joinColumn: true, nullable: true, cascade: true },
  },
  indices: [{ columns: ["role", "isActive"] }],
});

const Profile = new EntitySchema({
  name: "Profile",
  columns: {
    id,
    avatar: { type: "bytea", nullable: true },
    website: { type: "varchar", length: 2048, nullable: true },
    birthday: { type: "date", nullable: true },
    location: { type: "point", nullable: true },
    socialLinks: { type: "simple-json", nullable: true },
    nicknames: { type: "simple-array", nullable: true },
    timezone: { type: "varchar", default: "UTC" },
  },
});

const Category = new EntitySchema({
  name: "Category",
  columns: {
    id,
    name: { type: "varchar", length: 100 },
    slug: { type: "varchar", length: 100 },
  },
  relations: {
    parent: { type: "many-to-one", target: "Category", treeParent: true, inverseSide: "children" },
    children: { type: "one-to-many", target: "Category", treeChildren: true, inverseSide: "parent" },
  },
  trees: [{ type: "closure-table" }],
  uniques: [{ name: "UQ_category_slug", columns: ["slug"], deferrable: "INITIALLY DEFERRED" }],
});

const Article = new EntitySchema({
  name: "Article",
  columns: {
    id: { type: "bigint", primary: true, generated: "identity", generatedIdentity: "ALWAYS" },
    title: { type: "varchar", length: 200 },
    slug: { type: "varchar", length: 200 },
    body: { type: "text" },
    status: { type: "enum", enum: ["draft", "review", "published"], enumName: "article_status", default: "draft" },
    priority: { type: "smallint", default: 0 },
    rating: { type: "numeric", precision: 4, scale: 2, nullable: true },
    readingMinutes: { type: "double precision", nullable: true },
    keywords: { type: "text", array: true, default: "{}" },
    wordCount: { type: "int", asExpression: "length(body)", generatedType: "STORED", nullable: true },
    publishedAt: { type: "timestamp", precision: 3, nullable: true },
    ...stamps,
  },
  relations: {
    author: { type: "many-to-one", target: "User", nullable: false, onDelete: "CASCADE" },
    reviewer: { type: "many-to-one", target: "User", nullable: true, deferrable: "INITIALLY DEFERRED" },
    category: { type: "many-to-one", target: "Category", nullable: true, onDelete: "SET NULL", onUpdate: "CASCADE" },
    tags: { type: "many-to-many", target: "Tag", joinTable: true, cascade: true },
  },
  indices: [
    { columns: ["slug"], unique: true, where: `"deletedAt" IS NULL` },
    { name: "IDX_article_published", columns: ["publishedAt"], where: `status = 'published'` },
    { columns: ["status", "priority"] },
  ],
  checks: [{ name: "CHK_article_rating", expression: "rating IS NULL OR rating BETWEEN 0 AND 10" }],
});

const Tag = new EntitySchema({
  name: "Tag",
  columns: {
    name: { type: "citext", primary: true },
    color: { type: "char", length: 7, default: "#000000" },
    usage: { type: "bigint", default: 0 },
  },
});

const Comment = new EntitySchema({
  name: "Comment",
  columns: {
    id: uuid,
    content: { type: "text" },
    ipAddress: { type: "inet", nullable: true },
    score: { type: "real", default: 0 },
    approved: { type: "boolean", nullable: true },
    createdAt: { type: "timestamp", createDate: true },
  },
  relations: {
    article: { type: "many-to-one", target: "Article", nullable: false, onDelete: "CASCADE" },
    author: { type: "many-to-one", target: "User", nullable: true },
    replyTo: { type: "many-to-one", target: "Comment", nullable: true },
  },
});

const Revision = new EntitySchema({
  name: "Revision",
  columns: {
    articleId: { type: "bigint", primary: true },
    number: { type: "int", primary: true },
    title: { type: "varchar", length: 200 },
    diff: { type: "json" },
    validity: { type: "tstzrange", nullable: true },
    took: { type: "interval", nullable: true },
    checksum: { type: "uuid", nullable: true },
  },
  relations: { article: { type: "many-to-one", target: "Article", onDelete: "CASCADE", joinColumn: { name: "articleId" } } },
});

const Media = new EntitySchema({
  name: "Media",
  schema: "assets",
  columns: {
    id,
    fileName: { type: "varchar", length: 255 },
    mimeType: { type: "varchar", length: 127, default: "application/octet-stream" },
    bytes: { type: "bigint" },
    width: { type: "int", nullable: true },
    height: { type: "int", nullable: true },
    takenAt: { type: "time", nullable: true },
    meta: { type: "hstore", nullable: true, hstoreType: "object" },
  },
  relations: { articles: { type: "many-to-many", target: "Article", joinTable: { name: "article_media", schema: "assets" } } },
  exclusions: [{ name: "XCL_media_name", expression: `USING gist ("fileName" WITH =)` }],
});

const PublishedArticle = new EntitySchema({
  name: "PublishedArticle",
  type: "view",
  expression: `SELECT a.id, a.title, u."displayName" AS author, a."publishedAt"
    FROM article a JOIN "user" u ON u.id = a."authorId" WHERE a.status = 'published'`,
  columns: {
    id: { type: "bigint" },
    title: { type: "varchar" },
    author: { type: "varchar" },
    publishedAt: { type: "timestamp" },
  },
});

async function main() {
  const [host, username, database] = process.argv.slice(2);
  const source = new DataSource({
    type: "postgres",
    host,
    username,
    database,
    uuidExtension: "pgcrypto",
    entities: [User, Profile, Category, Article, Tag, Comment, Revision, Media, PublishedArticle],
  });
  await source.initialize();
  for (const extension of ["btree_gist", "citext", "hstore"]) {
    await source.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
  }
  await source.query("CREATE SCHEMA assets");
  await source.synchronize();
  await source.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
