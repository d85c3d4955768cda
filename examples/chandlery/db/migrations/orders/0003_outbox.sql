-- Events, written in the transaction that makes them true, relayed to the log afterwards.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

CREATE TABLE orders.outbox (
    position      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      uuid        NOT NULL UNIQUE,
    topic         text        NOT NULL CHECK (topic IN ('orders.placed', 'orders.cancelled')),
    -- The order: events of one subject are relayed in order.
    subject       uuid        NOT NULL,
    payload       jsonb       NOT NULL,
    traceparent   text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    relayed_at    timestamptz
);

-- What is still to relay, oldest first. Relayed rows are kept for seven days: the log can be rebuilt from them.
CREATE INDEX outbox_to_relay ON orders.outbox (position) WHERE relayed_at IS NULL;
CREATE INDEX outbox_by_age ON orders.outbox (created_at);
