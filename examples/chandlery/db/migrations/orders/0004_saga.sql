-- How far a checkout has come, so that another process can finish or undo it.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

CREATE TABLE orders.sagas (
    order_id         uuid        PRIMARY KEY REFERENCES orders.orders (order_id) ON DELETE CASCADE,
    step             text        NOT NULL CHECK (step IN ('begun', 'reserved', 'charged', 'confirmed', 'undoing', 'undone')),
    reservation_id   uuid,
    charge_id        text,
    attempts         integer     NOT NULL DEFAULT 0 CHECK (0 <= attempts),
    next_attempt_at  timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);

-- What is due, for SELECT ... FOR UPDATE SKIP LOCKED.
CREATE INDEX sagas_due ON orders.sagas (next_attempt_at) WHERE step NOT IN ('confirmed', 'undone');
