-- What was answered under which key. A row is written with the order it speaks of, in one transaction.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

CREATE TABLE orders.idempotency_keys (
    customer_id      uuid        NOT NULL,
    idempotency_key  text        NOT NULL CHECK (length(idempotency_key) BETWEEN 16 AND 64),
    -- SHA-256 of the request: the same key with other lines is refused.
    fingerprint      bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
    order_id         uuid        NOT NULL REFERENCES orders.orders (order_id) ON DELETE CASCADE,
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, idempotency_key)
);

CREATE INDEX idempotency_keys_by_order ON orders.idempotency_keys (order_id);
-- Keys are kept for 24 hours.
CREATE INDEX idempotency_keys_by_age ON orders.idempotency_keys (created_at);
