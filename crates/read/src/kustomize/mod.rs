//! Kustomize.
