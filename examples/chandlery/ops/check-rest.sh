#!/usr/bin/env bash
# The REST interface against its document, by schemathesis: requests that it allows and requests that it forbids, answers
# as it says, never a 5xx. Starts the shop in one process, and stops it. From the repository's root:
#   bash ops/check-rest.sh [EXAMPLES]
#
# Needs schemathesis (PyPI) in PATH. EXAMPLES is how many requests of each kind each operation gets (50).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v schemathesis >/dev/null || { echo "missing: schemathesis" >&2; exit 1; }

state=$(mktemp -d)
export CHANDLERY_STATE="$state" LOG_LEVEL=error
cargo build --quiet --locked --package chandlery
target/debug/chandlery up --gateway 127.0.0.1:0 >"$state/up.txt" 2>"$state/up.log" &
shop=$!
trap 'kill -INT "$shop" 2>/dev/null || true; wait "$shop" 2>/dev/null || true; rm -rf "$state"' EXIT
for _ in $(seq 100); do
    [ -s "$state/shop.json" ] && break
    sleep 0.1
done
gateway=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["gateway"])' "$state/shop.json")
token=$(target/debug/chandlery token)

# The rate limit is a customer's and would answer most of it: what is checked are the answers behind it, so that requests
# come no faster than it allows. `/health` is for the platform and answers without a token.
schemathesis run api/openapi.yaml --url "$gateway" --header "Authorization: Bearer $token" \
    --max-examples "${1:-50}" --seed 1 --rate-limit 15/s --request-timeout 5 --no-color \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --report junit --report-junit-path "${JUNIT_DIR:-$state}/schemathesis.xml"
