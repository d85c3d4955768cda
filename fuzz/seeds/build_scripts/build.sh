#!/bin/sh
REGISTRY=registry.shop.example
for service in orders stock; do
    docker buildx build --push --tag "$REGISTRY/$service:${TAG:-latest}" "services/$service"
done
