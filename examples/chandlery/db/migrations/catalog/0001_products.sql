-- The product range.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

CREATE TABLE catalog.categories (
    category  text PRIMARY KEY,
    title     text NOT NULL
);

CREATE TABLE catalog.products (
    sku          text        PRIMARY KEY,
    name         text        NOT NULL,
    description  text        NOT NULL DEFAULT '',
    category     text        NOT NULL REFERENCES catalog.categories (category),
    price_cents  bigint      NOT NULL CHECK (0 <= price_cents),
    currency     text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    updated_at   timestamptz NOT NULL DEFAULT now()
);

-- Pages within a category; pages of all go by the primary key.
CREATE INDEX products_by_category ON catalog.products (category, sku);
