CREATE OR REPLACE VIEW sold_track AS
  SELECT t.track_id, t.name, a.title AS album, sum(l.quantity) AS sold
  FROM track t
  JOIN album a USING (album_id)
  JOIN invoice_line l ON l.track_id = t.track_id
  GROUP BY t.track_id, t.name, a.title;

CREATE OR REPLACE VIEW customer_turnover AS
  SELECT c.customer_id, c.first_name || ' ' || c.last_name AS name, sum(i.total) AS turnover
  FROM customer c LEFT JOIN invoice i USING (customer_id)
  GROUP BY c.customer_id;
