-- Expand: why an order is undone, so that the same key gives the same answer.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

ALTER TABLE orders.sagas ADD COLUMN reason text;
