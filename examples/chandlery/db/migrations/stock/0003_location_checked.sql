-- Between expand and contract: every writer fills the location since 1.3.0. The check is added without a scan under lock;
-- 0004 validates it while others read and write. Dropping what it replaces waits for the next release.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

ALTER TABLE stock.levels ADD CONSTRAINT levels_location_not_empty CHECK (location IS NULL OR location <> '') NOT VALID;
