//! plimsoll.yaml: what no file can say.

/// What one plimsoll.yaml says.
#[derive(Clone, Debug, Default)]
pub struct Supposed {}
