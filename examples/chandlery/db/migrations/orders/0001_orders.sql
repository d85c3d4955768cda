-- Orders with their lines.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

CREATE TABLE orders.orders (
    order_id     uuid        PRIMARY KEY,
    customer_id  uuid        NOT NULL,
    basket_id    uuid        NOT NULL,
    status       text        NOT NULL CHECK (status IN ('pending', 'confirmed', 'cancelled')),
    total_cents  bigint      NOT NULL CHECK (0 <= total_cents),
    currency     text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    placed_at    timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);

-- A customer's orders, newest first, page by page.
CREATE INDEX orders_by_customer ON orders.orders (customer_id, placed_at DESC, order_id);

CREATE TABLE orders.order_lines (
    order_id          uuid    NOT NULL REFERENCES orders.orders (order_id) ON DELETE CASCADE,
    line_number       integer NOT NULL CHECK (1 <= line_number),
    sku               text    NOT NULL,
    quantity          integer NOT NULL CHECK (1 <= quantity),
    unit_price_cents  bigint  NOT NULL CHECK (0 <= unit_price_cents),
    -- Serves the foreign key too: its first column is the order.
    PRIMARY KEY (order_id, line_number)
);
