//! Which object is meant: group, version, kind, name and namespace.
//!
//! An object is found by the id that it has now and by every id that it had before a transformer changed its name.

use super::kinds;

/// Group, version and kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gvk<'a> {
    pub(super) group: &'a str,
    pub(super) version: &'a str,
    pub(super) kind: &'a str,
}

impl<'a> Gvk<'a> {
    /// Splits `apps/v1`; without a slash it is a version of the core group.
    pub(super) fn new(api_version: &'a str, kind: &'a str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Self { group, version, kind }
    }

    /// Ordered as kustomize orders them: known kinds by what must exist first, then by text.
    pub(super) fn sort_key(&self) -> (i32, String) {
        (kinds::rank(self.kind), self.sort_text())
    }

    /// Group, version, kind; `~` sorts what is missing last.
    pub(super) fn sort_text(&self) -> String {
        let or = |text: &str, missing: &str| if text.is_empty() { missing.to_owned() } else { text.to_owned() };
        format!("{}_{}_{}", or(self.group, "~G"), or(self.version, "~V"), or(self.kind, "~K"))
    }
}

/// Group, version and kind that are asked for; what is empty matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
}

impl Wanted {
    /// Whether an object is one of them.
    pub(super) fn selects(&self, gvk: Gvk<'_>) -> bool {
        let fits = |wanted: &str, is: &str| wanted.is_empty() || wanted == is;
        fits(&self.group, gvk.group) && fits(&self.version, gvk.version) && fits(&self.kind, gvk.kind)
    }

    /// The same as a reference.
    pub(super) fn gvk(&self) -> Gvk<'_> {
        Gvk { group: &self.group, version: &self.version, kind: &self.kind }
    }
}

/// The namespace of what belongs to the cluster as a whole.
const NO_NAMESPACE: &str = "_non_namespaceable_";

/// An object's id.
#[derive(Clone, Copy, Debug)]
pub(super) struct Id<'a> {
    pub(super) gvk: Gvk<'a>,
    pub(super) name: &'a str,
    pub(super) namespace: &'a str,
    /// Whether its kind belongs to the cluster as a whole.
    pub(super) cluster: bool,
}

impl<'a> Id<'a> {
    /// The namespace in effect: `default` where none is stated.
    pub(super) fn effective_namespace(&self) -> &'a str {
        match self.namespace {
            _ if self.cluster => NO_NAMESPACE,
            "" => "default",
            stated => stated,
        }
    }

    /// Whether both mean the same object.
    pub(super) fn equals(&self, other: &Id<'_>) -> bool {
        self.name == other.name && self.gvk == other.gvk && self.effective_namespace() == other.effective_namespace()
    }
}

impl std::fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Gvk { group, version, kind } = self.gvk;
        write!(f, "{kind} `{}`", self.name)?;
        if !self.namespace.is_empty() {
            write!(f, " in `{}`", self.namespace)?;
        }
        match group {
            "" => write!(f, " ({version})"),
            _ => write!(f, " ({group}/{version})"),
        }
    }
}
