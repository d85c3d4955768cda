-- Expand: where a product lies. Empty for now; readers must not rely on it yet.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

ALTER TABLE stock.levels ADD COLUMN location text;
