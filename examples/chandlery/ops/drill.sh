#!/usr/bin/env bash
# The shop as processes against PostgreSQL, Redis and NATS, hit at random under load, and replaced piece by piece. From the
# repository's root:
#   bash ops/drill.sh [HITS] [SEED]        50 hits take a minute, 2000 half an hour
#
# Ends with 1 where a customer was wronged or an invariant does not hold, and where the servers are not there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

state=$(mktemp -d)
export CHANDLERY_STATE="$state" LOG_LEVEL=error
cargo build --quiet --locked --package chandlery
target/debug/chandlery up --real --gateway 127.0.0.1:0 >"$state/up.txt" 2>&1 &
shop=$!
trap 'kill -INT "$shop" 2>/dev/null || true; wait "$shop" 2>/dev/null || true; rm -rf "$state"' EXIT
for _ in $(seq 300); do
    [ -s "$state/shop.json" ] && break
    kill -0 "$shop" 2>/dev/null || { cat "$state/up.txt" >&2; exit 1; }
    sleep 0.1
done
sleep 2

target/debug/chandlery drill hits --count "${1:-50}" --rate 4 --gap 400ms --seed "${2:-1}"
target/debug/chandlery drill roll --rate 4 --gap 500ms
