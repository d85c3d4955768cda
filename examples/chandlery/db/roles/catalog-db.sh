#!/bin/sh
# Makes the one role of catalog-db, with its schema.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname catalog \
     --set=catalog="$CATALOG_DB_PASSWORD" <<'SQL'
CREATE ROLE catalog LOGIN PASSWORD :'catalog';
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA catalog AUTHORIZATION catalog;
ALTER ROLE catalog SET search_path = catalog;
SQL
