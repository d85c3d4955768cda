#!/bin/sh
# Makes the two roles of orders-db, each with a schema of its own and no sight of the other's.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname shop \
     --set=orders="$ORDERS_DB_PASSWORD" --set=stock="$STOCK_DB_PASSWORD" <<'SQL'
CREATE ROLE orders LOGIN PASSWORD :'orders';
CREATE ROLE stock LOGIN PASSWORD :'stock';
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA orders AUTHORIZATION orders;
CREATE SCHEMA stock AUTHORIZATION stock;
ALTER ROLE orders SET search_path = orders;
ALTER ROLE stock SET search_path = stock;
SQL
