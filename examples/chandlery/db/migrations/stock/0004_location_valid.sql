-- Reads the whole table, and blocks neither readers nor writers.
SET lock_timeout = '1s';
SET statement_timeout = '10min';

ALTER TABLE stock.levels VALIDATE CONSTRAINT levels_location_not_empty;
