#!/usr/bin/env bash
# The shop as processes against PostgreSQL, Redis and NATS, hit at random under load, and replaced piece by piece. From the
# repository's root:
#   bash ops/drill.sh [HITS] [SEED]        50 hits take a minute, 2000 half an hour
#
# Ends with 1 where a customer was wronged or an invariant does not hold, and where the servers are not there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A name of its own, so that whatever else is on the servers is neither met nor touched; all of it is taken off at the end,
# also when something failed or was interrupted.
state=$(mktemp -d) name="drill_$$_$RANDOM"
export CHANDLERY_STATE="$state" LOG_LEVEL=error
cargo build --quiet --locked --package chandlery
# A copy: who builds meanwhile must not change what is started again.
cp target/debug/chandlery "$state/chandlery"
chandlery="$state/chandlery"
shop=
leave() {
    trap '' INT TERM
    if [ -n "$shop" ]; then
        kill -TERM "$shop" 2>/dev/null || true
        wait "$shop" || true
        "$chandlery" remove "$name" || echo "what is called $name is still on the servers" >&2
    fi
    rm -rf "$state"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$chandlery" up --real --name "$name" --gateway 127.0.0.1:0 >"$state/up.txt" 2>&1 &
shop=$!
for _ in $(seq 300); do
    [ -s "$state/shop.json" ] && break
    kill -0 "$shop" 2>/dev/null || { cat "$state/up.txt" >&2; exit 1; }
    sleep 0.1
done
[ -s "$state/shop.json" ] || { echo "the shop is not up after 30 s" >&2; cat "$state/up.txt" >&2; exit 1; }

"$chandlery" drill hits --count "${1:-50}" --rate 4 --gap 400ms --seed "${2:-1}"
"$chandlery" drill roll --rate 4 --gap 500ms
