-- How many there are, and who has reserved how many.
SET lock_timeout = '1s';
SET statement_timeout = '30s';

CREATE TABLE stock.levels (
    sku         text        PRIMARY KEY,
    on_hand     integer     NOT NULL CHECK (0 <= on_hand),
    reserved    integer     NOT NULL DEFAULT 0 CHECK (0 <= reserved),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    -- Nothing is sold twice, whatever the program does.
    CHECK (reserved <= on_hand)
);

CREATE TABLE stock.reservations (
    reservation_id  uuid        PRIMARY KEY,
    -- One order has at most one reservation: its id is the idempotency key.
    order_id        uuid        NOT NULL UNIQUE,
    status          text        NOT NULL CHECK (status IN ('held', 'taken', 'released')),
    expires_at      timestamptz NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);

-- What has run out, to be given back.
CREATE INDEX reservations_expiring ON stock.reservations (expires_at) WHERE status = 'held';

CREATE TABLE stock.reservation_lines (
    reservation_id  uuid    NOT NULL REFERENCES stock.reservations (reservation_id) ON DELETE CASCADE,
    sku             text    NOT NULL REFERENCES stock.levels (sku),
    quantity        integer NOT NULL CHECK (1 <= quantity),
    PRIMARY KEY (reservation_id, sku)
);

CREATE INDEX reservation_lines_by_sku ON stock.reservation_lines (sku);
