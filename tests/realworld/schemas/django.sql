-- This file is made by generators/make django; its rows are in rows/django.sql.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE "django_migrations" ("id" bigserial NOT NULL PRIMARY KEY, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" timestamp with time zone NOT NULL);

-- contenttypes 0001_initial
BEGIN;
-- Create model ContentType
CREATE TABLE "django_content_type" ("id" serial NOT NULL PRIMARY KEY, "name" varchar(100) NOT NULL, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
-- Alter unique_together for contenttype (1 constraint(s))
ALTER TABLE "django_content_type" ADD CONSTRAINT "django_content_type_app_label_model_76bd3d3b_uniq" UNIQUE ("app_label", "model");
COMMIT;

-- auth 0001_initial
BEGIN;
-- Create model Permission
CREATE TABLE "auth_permission" ("id" serial NOT NULL PRIMARY KEY, "name" varchar(50) NOT NULL, "content_type_id" integer NOT NULL, "codename" varchar(100) NOT NULL);
-- Create model Group
CREATE TABLE "auth_group" ("id" serial NOT NULL PRIMARY KEY, "name" varchar(80) NOT NULL UNIQUE);
CREATE TABLE "auth_group_permissions" ("id" bigserial NOT NULL PRIMARY KEY, "group_id" integer NOT NULL, "permission_id" integer NOT NULL);
-- Create model User
CREATE TABLE "auth_user" ("id" serial NOT NULL PRIMARY KEY, "password" varchar(128) NOT NULL, "last_login" timestamp with time zone NOT NULL, "is_superuser" boolean NOT NULL, "username" varchar(30) NOT NULL UNIQUE, "first_name" varchar(30) NOT NULL, "last_name" varchar(30) NOT NULL, "email" varchar(75) NOT NULL, "is_staff" boolean NOT NULL, "is_active" boolean NOT NULL, "date_joined" timestamp with time zone NOT NULL);
CREATE TABLE "auth_user_groups" ("id" bigserial NOT NULL PRIMARY KEY, "user_id" integer NOT NULL, "group_id" integer NOT NULL);
CREATE TABLE "auth_user_user_permissions" ("id" bigserial NOT NULL PRIMARY KEY, "user_id" integer NOT NULL, "permission_id" integer NOT NULL);
ALTER TABLE "auth_permission" ADD CONSTRAINT "auth_permission_content_type_id_codename_01ab375a_uniq" UNIQUE ("content_type_id", "codename");
ALTER TABLE "auth_permission" ADD CONSTRAINT "auth_permission_content_type_id_2f476e4b_fk_django_co" FOREIGN KEY ("content_type_id") REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE INDEX "auth_group_name_a6ea08ec_like" ON "auth_group" ("name" varchar_pattern_ops);
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" UNIQUE ("group_id", "permission_id");
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissions_group_id_b120cbf9_fk_auth_group_id" FOREIGN KEY ("group_id") REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissio_permission_id_84c5c92e_fk_auth_perm" FOREIGN KEY ("permission_id") REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");
CREATE INDEX "auth_user_username_6821ab7c_like" ON "auth_user" ("username" varchar_pattern_ops);
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_user_id_group_id_94350c0c_uniq" UNIQUE ("user_id", "group_id");
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_user_id_6a12ed8b_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_group_id_97559544_fk_auth_group_id" FOREIGN KEY ("group_id") REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "auth_user_groups_user_id_6a12ed8b" ON "auth_user_groups" ("user_id");
CREATE INDEX "auth_user_groups_group_id_97559544" ON "auth_user_groups" ("group_id");
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq" UNIQUE ("user_id", "permission_id");
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm" FOREIGN KEY ("permission_id") REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "auth_user_user_permissions_user_id_a95ead1b" ON "auth_user_user_permissions" ("user_id");
CREATE INDEX "auth_user_user_permissions_permission_id_1fbb5f2c" ON "auth_user_user_permissions" ("permission_id");
COMMIT;

-- admin 0001_initial
BEGIN;
-- Create model LogEntry
CREATE TABLE "django_admin_log" ("id" serial NOT NULL PRIMARY KEY, "action_time" timestamp with time zone NOT NULL, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "action_flag" smallint NOT NULL CHECK ("action_flag" >= 0), "change_message" text NOT NULL, "content_type_id" integer NULL, "user_id" integer NOT NULL);
ALTER TABLE "django_admin_log" ADD CONSTRAINT "django_admin_log_content_type_id_c4bce8eb_fk_django_co" FOREIGN KEY ("content_type_id") REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "django_admin_log" ADD CONSTRAINT "django_admin_log_user_id_c564eba6_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "django_admin_log_content_type_id_c4bce8eb" ON "django_admin_log" ("content_type_id");
CREATE INDEX "django_admin_log_user_id_c564eba6" ON "django_admin_log" ("user_id");
COMMIT;

-- admin 0002_logentry_remove_auto_add
BEGIN;
-- Alter field action_time on logentry
COMMIT;

-- admin 0003_logentry_add_action_flag_choices
BEGIN;
-- Alter field action_flag on logentry
COMMIT;

-- contenttypes 0002_remove_content_type_name
BEGIN;
-- Change Meta options on contenttype
-- Alter field name on contenttype
ALTER TABLE "django_content_type" ALTER COLUMN "name" DROP NOT NULL;
-- MIGRATION NOW PERFORMS OPERATION THAT CANNOT BE WRITTEN AS SQL:
-- Raw Python operation
-- Remove field name from contenttype
ALTER TABLE "django_content_type" DROP COLUMN "name" CASCADE;
COMMIT;

-- auth 0002_alter_permission_name_max_length
BEGIN;
-- Alter field name on permission
ALTER TABLE "auth_permission" ALTER COLUMN "name" TYPE varchar(255);
COMMIT;

-- auth 0003_alter_user_email_max_length
BEGIN;
-- Alter field email on user
ALTER TABLE "auth_user" ALTER COLUMN "email" TYPE varchar(254);
COMMIT;

-- auth 0004_alter_user_username_opts
BEGIN;
-- Alter field username on user
COMMIT;

-- auth 0005_alter_user_last_login_null
BEGIN;
-- Alter field last_login on user
ALTER TABLE "auth_user" ALTER COLUMN "last_login" DROP NOT NULL;
COMMIT;

-- auth 0006_require_contenttypes_0002

-- auth 0007_alter_validators_add_error_messages
BEGIN;
-- Alter field username on user
COMMIT;

-- auth 0008_alter_user_username_max_length
BEGIN;
-- Alter field username on user
ALTER TABLE "auth_user" ALTER COLUMN "username" TYPE varchar(150);
COMMIT;

-- auth 0009_alter_user_last_name_max_length
BEGIN;
-- Alter field last_name on user
ALTER TABLE "auth_user" ALTER COLUMN "last_name" TYPE varchar(150);
COMMIT;

-- auth 0010_alter_group_name_max_length
BEGIN;
-- Alter field name on group
ALTER TABLE "auth_group" ALTER COLUMN "name" TYPE varchar(150);
COMMIT;

-- auth 0011_update_proxy_permissions
BEGIN;
-- MIGRATION NOW PERFORMS OPERATION THAT CANNOT BE WRITTEN AS SQL:
-- Raw Python operation
COMMIT;

-- auth 0012_alter_user_first_name_max_length
BEGIN;
-- Alter field first_name on user
ALTER TABLE "auth_user" ALTER COLUMN "first_name" TYPE varchar(150);
COMMIT;

-- sites 0001_initial
BEGIN;
-- Create model Site
CREATE TABLE "django_site" ("id" serial NOT NULL PRIMARY KEY, "domain" varchar(100) NOT NULL, "name" varchar(50) NOT NULL);
COMMIT;

-- flatpages 0001_initial
BEGIN;
-- Create model FlatPage
CREATE TABLE "django_flatpage" ("id" serial NOT NULL PRIMARY KEY, "url" varchar(100) NOT NULL, "title" varchar(200) NOT NULL, "content" text NOT NULL, "enable_comments" boolean NOT NULL, "template_name" varchar(70) NOT NULL, "registration_required" boolean NOT NULL);
CREATE TABLE "django_flatpage_sites" ("id" bigserial NOT NULL PRIMARY KEY, "flatpage_id" integer NOT NULL, "site_id" integer NOT NULL);
CREATE INDEX "django_flatpage_url_41612362" ON "django_flatpage" ("url");
CREATE INDEX "django_flatpage_url_41612362_like" ON "django_flatpage" ("url" varchar_pattern_ops);
ALTER TABLE "django_flatpage_sites" ADD CONSTRAINT "django_flatpage_sites_flatpage_id_site_id_0d29d9d1_uniq" UNIQUE ("flatpage_id", "site_id");
ALTER TABLE "django_flatpage_sites" ADD CONSTRAINT "django_flatpage_site_flatpage_id_078bbc8b_fk_django_fl" FOREIGN KEY ("flatpage_id") REFERENCES "django_flatpage" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "django_flatpage_sites" ADD CONSTRAINT "django_flatpage_sites_site_id_bfd8ea84_fk_django_site_id" FOREIGN KEY ("site_id") REFERENCES "django_site" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "django_flatpage_sites_flatpage_id_078bbc8b" ON "django_flatpage_sites" ("flatpage_id");
CREATE INDEX "django_flatpage_sites_site_id_bfd8ea84" ON "django_flatpage_sites" ("site_id");
COMMIT;

-- redirects 0001_initial
BEGIN;
-- Create model Redirect
CREATE TABLE "django_redirect" ("id" serial NOT NULL PRIMARY KEY, "site_id" integer NOT NULL, "old_path" varchar(200) NOT NULL, "new_path" varchar(200) NOT NULL);
ALTER TABLE "django_redirect" ADD CONSTRAINT "django_redirect_site_id_old_path_ac5dd16b_uniq" UNIQUE ("site_id", "old_path");
ALTER TABLE "django_redirect" ADD CONSTRAINT "django_redirect_site_id_c3e37341_fk_django_site_id" FOREIGN KEY ("site_id") REFERENCES "django_site" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "django_redirect_site_id_c3e37341" ON "django_redirect" ("site_id");
CREATE INDEX "django_redirect_old_path_c6cc94d3" ON "django_redirect" ("old_path");
CREATE INDEX "django_redirect_old_path_c6cc94d3_like" ON "django_redirect" ("old_path" varchar_pattern_ops);
COMMIT;

-- redirects 0002_alter_redirect_new_path_help_text
BEGIN;
-- Alter field new_path on redirect
COMMIT;

-- sessions 0001_initial
BEGIN;
-- Create model Session
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamp with time zone NOT NULL);
CREATE INDEX "django_session_session_key_c0390e0f_like" ON "django_session" ("session_key" varchar_pattern_ops);
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");
COMMIT;

-- shop 0001_initial
BEGIN;
-- Create model Address
CREATE TABLE "shop_address" ("id" bigserial NOT NULL PRIMARY KEY, "line1" varchar(120) NOT NULL, "line2" varchar(120) NOT NULL, "city" varchar(60) NOT NULL, "postcode" varchar(12) NOT NULL, "country" varchar(2) NOT NULL, "is_default" boolean NOT NULL);
-- Create model Brand
CREATE TABLE "shop_brand" ("id" bigserial NOT NULL PRIMARY KEY, "name" varchar(80) NOT NULL UNIQUE, "slug" varchar(80) NOT NULL UNIQUE, "homepage" varchar(200) NOT NULL, "founded" smallint NULL CHECK ("founded" >= 0));
-- Create model Category
CREATE TABLE "shop_category" ("id" bigserial NOT NULL PRIMARY KEY, "title" varchar(120) NOT NULL, "slug" varchar(60) NOT NULL, "position" integer NOT NULL CHECK ("position" >= 0));
-- Create model Order
CREATE TABLE "shop_orders" ("id" bigserial NOT NULL PRIMARY KEY, "number" uuid NOT NULL UNIQUE, "placed_at" timestamp with time zone NOT NULL, "paid_on" date NULL, "deliver_after" time NULL, "total" numeric(12, 2) NOT NULL, "email" varchar(254) NOT NULL, "ip" inet NULL, "note" text NOT NULL);
-- Create model OrderLine
CREATE TABLE "shop_orderline" ("id" bigserial NOT NULL PRIMARY KEY, "quantity" integer NOT NULL CHECK ("quantity" >= 0), "unit_price" numeric(10, 2) NOT NULL, "discount" numeric(5, 4) NOT NULL, "gift" boolean NULL);
-- Create model Product
CREATE TABLE "shop_product" ("id" bigserial NOT NULL PRIMARY KEY, "name" varchar(200) NOT NULL, "slug" varchar(200) NOT NULL, "sku" varchar(32) NOT NULL, "status" varchar(10) NOT NULL, "description" text NOT NULL, "price" numeric(10, 2) NOT NULL, "weight" double precision NULL, "attributes" jsonb NOT NULL, "colours" varchar(20)[] NOT NULL, "sizes" integer[] NULL, "search" tsvector NULL, "manual" varchar(100) NULL, "warranty" interval NULL, "created" timestamp with time zone NOT NULL, "updated" timestamp with time zone NOT NULL);
-- Create model ProductTag
CREATE TABLE "shop_producttag" ("id" bigserial NOT NULL PRIMARY KEY, "weight" smallint NOT NULL);
-- Create model Promotion
CREATE TABLE "shop_promotion" ("id" bigserial NOT NULL PRIMARY KEY, "period" daterange NOT NULL, "percent" smallint NOT NULL CHECK ("percent" >= 0), "cancelled" boolean NOT NULL);
-- Create model Review
CREATE TABLE "shop_review" ("id" bigserial NOT NULL PRIMARY KEY, "object_id" integer NOT NULL CHECK ("object_id" >= 0), "stars" smallint NOT NULL, "body" text NOT NULL, "published" boolean NOT NULL);
-- Create model Tag
CREATE TABLE "shop_tag" ("id" bigserial NOT NULL PRIMARY KEY, "label" varchar(40) NOT NULL);
-- Create model FeaturedProduct
CREATE TABLE "shop_featuredproduct" ("product_ptr_id" bigint NOT NULL PRIMARY KEY, "headline" varchar(100) NOT NULL, "until" timestamp with time zone NULL);
-- Create model Invoice
CREATE TABLE "shop_invoice" ("order_id" bigint NOT NULL PRIMARY KEY, "serial" bigint NOT NULL UNIQUE CHECK ("serial" >= 0), "scan" bytea NULL, "issued" date NOT NULL);
-- Create constraint shop_tag_label_uniq on model tag
ALTER TABLE "shop_tag" ADD CONSTRAINT "shop_tag_label_uniq" UNIQUE ("label") DEFERRABLE INITIALLY DEFERRED;
-- Add field author to review
ALTER TABLE "shop_review" ADD COLUMN "author_id" integer NOT NULL CONSTRAINT "shop_review_author_id_9ba651b3_fk_auth_user_id" REFERENCES "auth_user"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_review_author_id_9ba651b3_fk_auth_user_id" IMMEDIATE;
-- Add field content_type to review
ALTER TABLE "shop_review" ADD COLUMN "content_type_id" integer NOT NULL CONSTRAINT "shop_review_content_type_id_e9a00767_fk_django_content_type_id" REFERENCES "django_content_type"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_review_content_type_id_e9a00767_fk_django_content_type_id" IMMEDIATE;
-- Add field product to promotion
ALTER TABLE "shop_promotion" ADD COLUMN "product_id" bigint NOT NULL CONSTRAINT "shop_promotion_product_id_1f6b5da9_fk_shop_product_id" REFERENCES "shop_product"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_promotion_product_id_1f6b5da9_fk_shop_product_id" IMMEDIATE;
-- Add field added_by to producttag
ALTER TABLE "shop_producttag" ADD COLUMN "added_by_id" integer NULL CONSTRAINT "shop_producttag_added_by_id_4ad14fa0_fk_auth_user_id" REFERENCES "auth_user"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_producttag_added_by_id_4ad14fa0_fk_auth_user_id" IMMEDIATE;
-- Add field product to producttag
ALTER TABLE "shop_producttag" ADD COLUMN "product_id" bigint NOT NULL CONSTRAINT "shop_producttag_product_id_379a4947_fk_shop_product_id" REFERENCES "shop_product"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_producttag_product_id_379a4947_fk_shop_product_id" IMMEDIATE;
-- Add field tag to producttag
ALTER TABLE "shop_producttag" ADD COLUMN "tag_id" bigint NOT NULL CONSTRAINT "shop_producttag_tag_id_d1eec258_fk_shop_tag_id" REFERENCES "shop_tag"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_producttag_tag_id_d1eec258_fk_shop_tag_id" IMMEDIATE;
-- Add field brand to product
ALTER TABLE "shop_product" ADD COLUMN "brand_id" bigint NOT NULL CONSTRAINT "shop_product_brand_id_505fec11_fk_shop_brand_id" REFERENCES "shop_brand"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_product_brand_id_505fec11_fk_shop_brand_id" IMMEDIATE;
-- Add field category to product
ALTER TABLE "shop_product" ADD COLUMN "category_id" bigint NULL CONSTRAINT "shop_product_category_id_14d7eea8_fk_shop_category_id" REFERENCES "shop_category"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_product_category_id_14d7eea8_fk_shop_category_id" IMMEDIATE;
-- Add field related to product
CREATE TABLE "shop_product_related" ("id" bigserial NOT NULL PRIMARY KEY, "from_product_id" bigint NOT NULL, "to_product_id" bigint NOT NULL);
-- Add field tags to product
-- Add field order to orderline
ALTER TABLE "shop_orderline" ADD COLUMN "order_id" bigint NOT NULL CONSTRAINT "shop_orderline_order_id_8ad562c5_fk_shop_orders_id" REFERENCES "shop_orders"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_orderline_order_id_8ad562c5_fk_shop_orders_id" IMMEDIATE;
-- Add field product to orderline
ALTER TABLE "shop_orderline" ADD COLUMN "product_id" bigint NOT NULL CONSTRAINT "shop_orderline_product_id_3f3985f6_fk_shop_product_id" REFERENCES "shop_product"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_orderline_product_id_3f3985f6_fk_shop_product_id" IMMEDIATE;
-- Add field customer to order
ALTER TABLE "shop_orders" ADD COLUMN "customer_id" integer NOT NULL CONSTRAINT "shop_orders_customer_id_83cb9232_fk_auth_user_id" REFERENCES "auth_user"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_orders_customer_id_83cb9232_fk_auth_user_id" IMMEDIATE;
-- Add field ship_to to order
ALTER TABLE "shop_orders" ADD COLUMN "ship_to_id" bigint NULL CONSTRAINT "shop_orders_ship_to_id_fbae8d70_fk_shop_address_id" REFERENCES "shop_address"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_orders_ship_to_id_fbae8d70_fk_shop_address_id" IMMEDIATE;
-- Add field parent to category
ALTER TABLE "shop_category" ADD COLUMN "parent_id" bigint NULL CONSTRAINT "shop_category_parent_id_901626c9_fk_shop_category_id" REFERENCES "shop_category"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_category_parent_id_901626c9_fk_shop_category_id" IMMEDIATE;
-- Add field user to address
ALTER TABLE "shop_address" ADD COLUMN "user_id" integer NOT NULL CONSTRAINT "shop_address_user_id_3edd3b17_fk_auth_user_id" REFERENCES "auth_user"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "shop_address_user_id_3edd3b17_fk_auth_user_id" IMMEDIATE;
-- Alter index_together for review (1 constraint(s))
CREATE INDEX "shop_review_content_type_id_object_id_07e8aa97_idx" ON "shop_review" ("content_type_id", "object_id");
-- Create constraint shop_promotion_no_overlap on model promotion
ALTER TABLE "shop_promotion" ADD CONSTRAINT "shop_promotion_no_overlap" EXCLUDE USING GIST ("period" WITH &&, "product_id" WITH =) WHERE (NOT "cancelled");
-- Create constraint shop_promotion_percent_range on model promotion
ALTER TABLE "shop_promotion" ADD CONSTRAINT "shop_promotion_percent_range" CHECK (("percent" > 0 AND "percent" <= 90));
-- Alter unique_together for producttag (1 constraint(s))
ALTER TABLE "shop_producttag" ADD CONSTRAINT "shop_producttag_product_id_tag_id_7dbe3cc9_uniq" UNIQUE ("product_id", "tag_id");
-- Create index shop_product_attrs_gin on field(s) attributes of model product
CREATE INDEX "shop_product_attrs_gin" ON "shop_product" USING gin ("attributes");
-- Create index shop_product_search_gin on field(s) search of model product
CREATE INDEX "shop_product_search_gin" ON "shop_product" USING gin ("search");
-- Create index shop_product_name_trgm on OpClass(Upper(F(name)), name=gin_trgm_ops) on model product
CREATE INDEX "shop_product_name_trgm" ON "shop_product" USING gin ((UPPER("name")) gin_trgm_ops);
-- Create index shop_product_lower_name_idx on OrderBy(Lower(F(name)), descending=True), F(brand) on model product
CREATE INDEX "shop_product_lower_name_idx" ON "shop_product" ((LOWER("name")) DESC, "brand_id");
-- Create index shop_product_live_recent on field(s) -created of model product
CREATE INDEX "shop_product_live_recent" ON "shop_product" ("created" DESC) WHERE "status" = 'live';
-- Create index shop_product_cat_incl on field(s) category, status of model product
CREATE INDEX "shop_product_cat_incl" ON "shop_product" ("category_id", "status") INCLUDE ("price");
-- Create constraint shop_product_price_gte_0 on model product
ALTER TABLE "shop_product" ADD CONSTRAINT "shop_product_price_gte_0" CHECK ("price" >= 0);
-- Create constraint shop_product_status_valid on model product
ALTER TABLE "shop_product" ADD CONSTRAINT "shop_product_status_valid" CHECK ("status" IN ('draft', 'live', 'retired'));
-- Create constraint shop_product_sku_live_uniq on model product
CREATE UNIQUE INDEX "shop_product_sku_live_uniq" ON "shop_product" ("sku") WHERE NOT ("status" = 'retired');
-- Create constraint shop_product_brand_slug_uniq on model product
ALTER TABLE "shop_product" ADD CONSTRAINT "shop_product_brand_slug_uniq" UNIQUE ("brand_id", "slug");
-- Alter unique_together for orderline (1 constraint(s))
ALTER TABLE "shop_orderline" ADD CONSTRAINT "shop_orderline_order_id_product_id_3b6ec8fb_uniq" UNIQUE ("order_id", "product_id");
-- Create constraint shop_order_paid_has_total on model order
ALTER TABLE "shop_orders" ADD CONSTRAINT "shop_order_paid_has_total" CHECK (("paid_on" IS NULL OR "total" > 0));
-- Alter unique_together for category (1 constraint(s))
ALTER TABLE "shop_category" ADD CONSTRAINT "shop_category_parent_id_slug_8686a0ab_uniq" UNIQUE ("parent_id", "slug");
-- Create constraint shop_address_one_default on model address
CREATE UNIQUE INDEX "shop_address_one_default" ON "shop_address" ("user_id") WHERE "is_default";
CREATE INDEX "shop_address_city_2d128c6d" ON "shop_address" ("city");
CREATE INDEX "shop_address_city_2d128c6d_like" ON "shop_address" ("city" varchar_pattern_ops);
CREATE INDEX "shop_brand_name_048a0bbd_like" ON "shop_brand" ("name" varchar_pattern_ops);
CREATE INDEX "shop_brand_slug_5d7ff4c0_like" ON "shop_brand" ("slug" varchar_pattern_ops);
CREATE INDEX "shop_category_title_e590a1a3" ON "shop_category" ("title");
CREATE INDEX "shop_category_title_e590a1a3_like" ON "shop_category" ("title" varchar_pattern_ops);
CREATE INDEX "shop_category_slug_4508178e" ON "shop_category" ("slug");
CREATE INDEX "shop_category_slug_4508178e_like" ON "shop_category" ("slug" varchar_pattern_ops);
CREATE INDEX "shop_orders_placed_at_5d0f20d8" ON "shop_orders" ("placed_at");
CREATE INDEX "shop_product_name_b8d5e94c" ON "shop_product" ("name");
CREATE INDEX "shop_product_name_b8d5e94c_like" ON "shop_product" ("name" varchar_pattern_ops);
CREATE INDEX "shop_product_slug_30bd2d5d" ON "shop_product" ("slug");
CREATE INDEX "shop_product_slug_30bd2d5d_like" ON "shop_product" ("slug" varchar_pattern_ops);
ALTER TABLE "shop_featuredproduct" ADD CONSTRAINT "shop_featuredproduct_product_ptr_id_feeb6a2f_fk_shop_product_id" FOREIGN KEY ("product_ptr_id") REFERENCES "shop_product" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "shop_invoice" ADD CONSTRAINT "shop_invoice_order_id_1ed1a945_fk_shop_orders_id" FOREIGN KEY ("order_id") REFERENCES "shop_orders" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "shop_review_author_id_9ba651b3" ON "shop_review" ("author_id");
CREATE INDEX "shop_review_content_type_id_e9a00767" ON "shop_review" ("content_type_id");
CREATE INDEX "shop_promotion_product_id_1f6b5da9" ON "shop_promotion" ("product_id");
CREATE INDEX "shop_producttag_added_by_id_4ad14fa0" ON "shop_producttag" ("added_by_id");
CREATE INDEX "shop_producttag_product_id_379a4947" ON "shop_producttag" ("product_id");
CREATE INDEX "shop_producttag_tag_id_d1eec258" ON "shop_producttag" ("tag_id");
CREATE INDEX "shop_product_brand_id_505fec11" ON "shop_product" ("brand_id");
CREATE INDEX "shop_product_category_id_14d7eea8" ON "shop_product" ("category_id");
ALTER TABLE "shop_product_related" ADD CONSTRAINT "shop_product_related_from_product_id_to_produ_f2ed32da_uniq" UNIQUE ("from_product_id", "to_product_id");
ALTER TABLE "shop_product_related" ADD CONSTRAINT "shop_product_related_from_product_id_c34287d8_fk_shop_prod" FOREIGN KEY ("from_product_id") REFERENCES "shop_product" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "shop_product_related" ADD CONSTRAINT "shop_product_related_to_product_id_2f788573_fk_shop_product_id" FOREIGN KEY ("to_product_id") REFERENCES "shop_product" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "shop_product_related_from_product_id_c34287d8" ON "shop_product_related" ("from_product_id");
CREATE INDEX "shop_product_related_to_product_id_2f788573" ON "shop_product_related" ("to_product_id");
CREATE INDEX "shop_orderline_order_id_8ad562c5" ON "shop_orderline" ("order_id");
CREATE INDEX "shop_orderline_product_id_3f3985f6" ON "shop_orderline" ("product_id");
CREATE INDEX "shop_orders_customer_id_83cb9232" ON "shop_orders" ("customer_id");
CREATE INDEX "shop_orders_ship_to_id_fbae8d70" ON "shop_orders" ("ship_to_id");
CREATE INDEX "shop_category_parent_id_901626c9" ON "shop_category" ("parent_id");
CREATE INDEX "shop_address_user_id_3edd3b17" ON "shop_address" ("user_id");
COMMIT;

-- sites 0002_alter_domain_unique
BEGIN;
-- Alter field domain on site
ALTER TABLE "django_site" ADD CONSTRAINT "django_site_domain_a2e37b91_uniq" UNIQUE ("domain");
CREATE INDEX "django_site_domain_a2e37b91_like" ON "django_site" ("domain" varchar_pattern_ops);
COMMIT;
