//! What the reader makes of manifests, case by case.
