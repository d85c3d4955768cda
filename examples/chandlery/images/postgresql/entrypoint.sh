#!/bin/sh
# Starts Patroni; where STANDBY_OF_HOST is set, as a cluster that follows the one over there.
set -eu
config=/etc/patroni/patroni.yaml
if [ -n "${STANDBY_OF_HOST:-}" ]; then
    sed "s|^  dcs:\$|  dcs:\n    standby_cluster: { host: ${STANDBY_OF_HOST}, port: 5432 }|" "$config" > /tmp/patroni.yaml
    config=/tmp/patroni.yaml
fi
exec patroni "$config"
