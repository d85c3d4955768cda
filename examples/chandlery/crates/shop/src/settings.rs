//! Each service's settings: those of `compose.yaml`, which is compiled in, with some replaced.

use serde_yaml_ng::Value;
use service_kit::config::Variables;
use std::collections::BTreeMap;

/// The settings of every service, by its name.
#[derive(Clone, Debug)]
pub struct Settings(BTreeMap<String, Variables>);

/// Replaced settings: of which service, which variable, by what.
pub type Replaced = BTreeMap<(String, String), String>;

impl Settings {
    /// As `compose.yaml` has them, with the process's own `LOG_…` and `OTEL_…` on top, then `replaced`.
    pub fn of_compose(replaced: &Replaced) -> Self {
        let mut settings = compose();
        for (service, variables) in &mut settings {
            let own = std::env::vars().filter(|(name, _)| name.starts_with("LOG_") || name.starts_with("OTEL_"));
            variables.extend(own.filter(|(name, _)| name != "OTEL_SERVICE_NAME"));
            let of_service = replaced.iter().filter(|((name, _), _)| name == service);
            variables.extend(of_service.map(|((_, variable), value)| (variable.clone(), value.clone())));
        }
        Self(settings.into_iter().map(|(service, variables)| (service, Variables::from_pairs(variables))).collect())
    }

    /// Those of one service.
    pub fn of(&self, service: &str) -> Variables {
        self.0.get(service).cloned().unwrap_or_default()
    }
}

fn compose() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut document: Value =
        serde_yaml_ng::from_str(include_str!("../../../compose.yaml")).expect("compose.yaml is part of the program");
    document.apply_merge().expect("compose.yaml merges what it names");
    let services = document.get("services").and_then(Value::as_mapping).into_iter().flatten();
    let environment = |service: &Value| {
        let variables = service.get("environment").and_then(Value::as_mapping).into_iter().flatten();
        variables.filter_map(|(name, value)| Some((name.as_str()?.to_owned(), default_of(value.as_str()?)))).collect()
    };
    services.filter_map(|(name, service)| Some((name.as_str()?.to_owned(), environment(service)))).collect()
}

/// `${NAME:-default}` is its default; `${NAME:?…}`, a secret of the machine's own, is empty.
fn default_of(text: &str) -> String {
    match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        Some(inside) => inside.split_once(":-").map_or("", |(_, default)| default).to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SERVICES;
    use std::time::Duration;

    #[test]
    fn every_service_has_the_settings_of_compose() {
        let settings = Settings::of_compose(&Replaced::from([(("orders".into(), "WORK_SLOTS".into()), "9".into())]));
        for service in SERVICES {
            assert_eq!(settings.of(service).required("OTEL_SERVICE_NAME"), Ok(service.to_owned()));
            assert_eq!(settings.of(service).required("DRAIN_TIMEOUT"), Ok(Duration::from_secs(20)), "merged");
        }
        assert_eq!(settings.of("orders").required("WORK_SLOTS"), Ok(9_usize));
        assert_eq!(settings.of("pricing").required("WORK_SLOTS"), Ok(2_usize));
        assert_eq!(settings.of("orders").optional::<String>("DATABASE_PASSWORD"), Ok(None));
    }
}
