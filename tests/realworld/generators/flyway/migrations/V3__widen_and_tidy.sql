ALTER TABLE track ALTER COLUMN name TYPE text;
ALTER TABLE track ADD COLUMN explicit boolean NOT NULL DEFAULT false;
ALTER TABLE track RENAME COLUMN milliseconds TO duration_ms;
ALTER TABLE track ADD CONSTRAINT track_duration CHECK (duration_ms > 0) NOT VALID;
ALTER TABLE track VALIDATE CONSTRAINT track_duration;
ALTER TABLE customer ADD COLUMN phone_digits varchar(24)
  GENERATED ALWAYS AS (regexp_replace(phone, '\D', '', 'g')) STORED;
ALTER TABLE employee DROP COLUMN title;
ALTER TABLE invoice ADD COLUMN paid_at timestamptz;
CREATE TYPE media AS ENUM ('stream', 'download', 'vinyl');
ALTER TABLE invoice_line ADD COLUMN media media NOT NULL DEFAULT 'stream';
CREATE INDEX invoice_open ON invoice (customer_id) WHERE paid_at IS NULL;
COMMENT ON COLUMN track.duration_ms IS 'How long it plays, in milliseconds';
