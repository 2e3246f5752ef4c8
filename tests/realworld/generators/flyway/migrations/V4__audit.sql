CREATE SCHEMA audit;

CREATE TABLE audit.price_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  track_id bigint NOT NULL,
  old_price numeric(10, 2),
  new_price numeric(10, 2),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by name NOT NULL DEFAULT CURRENT_USER
);

CREATE FUNCTION audit.log_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit.price_change (track_id, old_price, new_price)
  VALUES (NEW.track_id, OLD.unit_price, NEW.unit_price);
  RETURN NEW;
END
$$;

CREATE TRIGGER track_price
  AFTER UPDATE OF unit_price ON track
  FOR EACH ROW WHEN (OLD.unit_price IS DISTINCT FROM NEW.unit_price)
  EXECUTE FUNCTION audit.log_price();
