#!/bin/sh
# Applies an overlay and waits until every workload is ready; undoes what does not become so.
# The credentials of the cluster come from the workflow's identity, not from a file.
set -eu
environment=$1
namespace=chandlery
[ "$environment" = staging ] && namespace=chandlery-staging

kubectl --context "$environment" apply --server-side --kustomize "deploy/overlays/$environment"
for deployment in $(kubectl --context "$environment" --namespace "$namespace" get deployments --output name); do
    if ! kubectl --context "$environment" --namespace "$namespace" rollout status --timeout=10m "$deployment"; then
        kubectl --context "$environment" --namespace "$namespace" rollout undo "$deployment"
        exit 1
    fi
done
