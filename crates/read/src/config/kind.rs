//! Which files are configuration, and of which kind, by their path alone; what a text must hold is asked after that.

/// A kind of configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `application*` and `bootstrap*` of Spring, in YAML.
    SpringYaml,
    /// The same as properties.
    SpringProperties,
    /// YAML of any other program; it may turn out to be of a Spring Cloud Config repository.
    Yaml,
    /// YAML whose name says nothing; read only where it turns out to be of a Spring Cloud Config repository.
    MaybeSpringYaml,
    /// Any other properties.
    Properties,
    /// JSON with the name of a configuration file.
    Json,
    /// TOML with such a name.
    Toml,
    /// `*.conf` and templates of it: nginx where the text is, else line by line.
    Conf,
    /// INI and what is near it.
    Lines,
    /// Of a program that collects telemetry: its scrape targets and exporters are no calls of the system.
    Telemetry,
}

/// The kind of the file at a path, in lower case or not; `None` where it is no configuration.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let path = path.to_ascii_lowercase();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let folders: Vec<&str> = folder.split('/').collect();
    if folders.iter().any(|folder| LEFT_OUT.contains(folder)) || is_tooling(name) {
        return None;
    }
    let plain = without_template(name);
    let (stem, extension) = plain.rsplit_once('.').unwrap_or((plain, ""));
    // Templates of a chart are Helm's; nginx's image has a folder of that name too.
    if matches!(extension, "yml" | "yaml") && folders.contains(&"templates") {
        return None;
    }
    if is_telemetry(stem, extension, &folders) {
        let configures = matches!(extension, "yml" | "yaml" | "toml" | "conf" | "ini" | "cfg")
            || (extension == "json" && says_config(stem));
        return configures.then_some(Kind::Telemetry);
    }
    let spring =
        ["application", "bootstrap"].iter().any(|start| stem == *start || stem.starts_with(&format!("{start}-")));
    let configuring = folders.iter().rev().take(2).any(|folder| CONFIG_FOLDERS.contains(folder));
    match extension {
        "yml" | "yaml" if spring => Some(Kind::SpringYaml),
        "properties" if spring => Some(Kind::SpringProperties),
        "properties" => Some(Kind::Properties),
        "yml" | "yaml" if configuring || says_config(stem) => Some(Kind::Yaml),
        "yml" | "yaml" => Some(Kind::MaybeSpringYaml),
        "json" | "json5" | "jsonc" if configuring || says_config(stem) => Some(Kind::Json),
        "toml" if configuring || says_config(stem) => Some(Kind::Toml),
        "conf" | "vhost" | "nginx" => Some(Kind::Conf),
        "ini" | "cfg" | "cnf" => Some(Kind::Lines),
        "" if matches!(name, "caddyfile" | "nginx") => Some(Kind::Lines),
        "" if folders
            .last()
            .is_some_and(|folder| matches!(*folder, "sites-enabled" | "sites-available" | "conf.d")) =>
        {
            Some(Kind::Conf)
        }
        _ => None,
    }
}

/// Whether a name ends as YAML's do.
pub(super) fn is_yaml(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let plain = without_template(&lower);
    plain.ends_with(".yml") || plain.ends_with(".yaml")
}

/// Whether a file stands where tests do: read by nobody in production.
pub(super) fn is_of_tests(path: &str) -> bool {
    #[rustfmt::skip]
    const FOLDERS: &[&str] = &[
        "test", "tests", "__tests__", "testdata", "test-data", "fixtures", "fixture", "e2e", "mocks", "__mocks__",
        "integrationtest", "integration-test", "integration-tests", "_integration-test", "_unit-test", "testing",
        "it", "unittest", "unittests",
    ];
    let lower = path.to_ascii_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let stem = name.split('.').next().unwrap_or(name);
    let named =
        stem.ends_with("-test") || stem.ends_with("-tests") || stem.ends_with("_test") || name.contains(".test.");
    named || folder.split('/').any(|folder| FOLDERS.contains(&folder))
}

/// Folders of others' code, of tools and of languages for people.
#[rustfmt::skip]
const LEFT_OUT: &[&str] = &[
    "node_modules", "vendor", "third_party", "third-party", "bower_components", "i18n", "locale", "locales", "lang",
    "translations", "messages", ".github", ".gitlab", ".circleci", ".vscode", ".idea", ".mvn", ".gradle", "wrapper",
    "target", "dist", ".husky", ".cargo", ".devcontainer", ".changeset", "site-packages", "licenses", "static",
    "public", "www", "webapp", "assets", "dynamicconfig", ".storybook", ".next", ".angular", ".yarn", "obj",
    "htmlcov", "changelogs",
];

/// Folders whose files are configuration whatever their names are.
const CONFIG_FOLDERS: &[&str] = &[
    "config",
    "configs",
    "conf",
    "configuration",
    "configurations",
    "settings",
    "etc",
    "conf.d",
    "configmaps",
    "config-repo",
    "cfg",
];

/// Whether a name says that a file is configuration.
fn says_config(stem: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "config", "configuration", "conf", "settings", "setting", "appsettings", "envoy", "traefik", "kong",
        "haproxy", "ocelot", "krakend", "apisix", "gateway", "proxy", "upstreams", "yarp", "tyk", "ormconfig",
        "dapr", "local", "env", "relay", "redisson", "hazelcast", "cassandra", "pulsar", "nats", "rabbitmq",
    ];
    stem.split(['.', '-', '_']).any(|word| WORDS.contains(&word))
        || stem.ends_with("config")
        || stem.ends_with("settings")
}

/// The name without what says that it is a template: `nginx.conf.template`, `envoy.tmpl.yaml`, `config.yml.j2`.
pub(super) fn without_template(name: &str) -> &str {
    #[rustfmt::skip]
    const ENDS: &[&str] = &[
        ".template", ".tmpl", ".tpl", ".j2", ".jinja2", ".jinja", ".erb", ".ctmpl", ".in", ".dist", ".sample",
        ".example", ".sigil", ".gotmpl",
    ];
    ENDS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

/// Files of tools that build, check, test and publish, and those that other readers know.
fn is_tooling(name: &str) -> bool {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "package.json", "package-lock.json", "npm-shrinkwrap.json", "composer.json", "composer.lock", "angular.json",
        "nx.json", "turbo.json", "lerna.json", "renovate.json", "vercel.json", "firebase.json", "now.json",
        "cypress.json", "nodemon.json", "tslint.json", "biome.json", "bundleconfig.json", "launchsettings.json",
        "global.json", "project.json", "manifest.json", "devcontainer.json", "typedoc.json", "deno.json",
        "release-please-config.json", "babel.config.json", "jest.config.json", "components.json",
        "xunit.runner.json", "libman.json", "bower.json", "chart.yaml", "chart.yml", "values.yaml", "values.yml",
        "mkdocs.yml", "mkdocs.yaml", "catalog-info.yaml", "catalog-info.yml", "_config.yml", "_config.yaml",
        "kustomization.yaml", "kustomization.yml", "skaffold.yaml", "plimsoll.yaml", "codecov.yml", "appveyor.yml",
        "cloudbuild.yaml", "buildspec.yml", "lefthook.yml", "sqlc.yaml", "tilt_config.json", "netlify.toml",
        "cargo.toml", "pyproject.toml", "poetry.toml", "pipfile", "rustfmt.toml", "clippy.toml", "deny.toml",
        "book.toml", "ruff.toml", "osv-scanner.toml", "buildkitd.toml", "mise.toml", "pixi.toml", "uv.toml",
        "gopkg.toml", "taplo.toml", "typos.toml", "cliff.toml", "rust-toolchain.toml", "setup.cfg", "tox.ini",
        "pytest.ini", "mypy.ini", "php.ini", "phpunit.ini", "desktop.ini", "pylintrc.ini", "gradle.properties",
        "local.properties", "build.properties", "pom.properties", "git.properties", "project.properties",
        "sonar-project.properties", "gradle-wrapper.properties", "maven-wrapper.properties", "cache.properties",
        "version.properties", "lombok.config", "uwsgi_params", "fastcgi_params", "mime.types",
        "playwright.config.json", "tsup.config.json", "openapitools.json", "nuget.config", "ansible.cfg",
        "versioneer.cfg", "mdbook.toml", "sourcegraph.json", "tailwind.config.json", "docusaurus.config.json",
        "pnpm-workspace.yaml",
    ];
    #[rustfmt::skip]
    const STARTS: &[&str] = &[
        "tsconfig", "jsconfig", ".", "docker-compose", "compose.", "compose-", "azure-pipelines", "values-",
        "values.", "log4j", "logback", "logging.", "skaffold", "openapi", "swagger", "asyncapi", "messages",
        "validationmessages", "golangci", "buf.", "goreleaser", "kind-config", "kind.", "eksctl", "cluster-config",
        "pre-commit", "eslint", "prettier", "stylelint", "commitlint", "renovate", "dependabot", "release-please",
        "checkstyle", "pmd", "spotbugs", "sonar", "jest", "vite", "webpack", "rollup", "babel", "karma", "cypress",
        "playwright", "chart-testing", "ct.",
    ];
    #[rustfmt::skip]
    const ENDS: &[&str] = &[
        ".lock", ".lock.json", "-lock.json", "-lock.yaml", ".schema.json", "-schema.json", ".runtimeconfig.json",
        ".deps.json", ".map", ".min.json", ".snap", ".sum", "_en.properties", "_de.properties", "_fr.properties",
        "_es.properties", "_zh.properties", "_ja.properties", "_it.properties", "_pt.properties", "_ru.properties",
        "_zh_cn.properties", "-linter.yml", ".code-workspace",
    ];
    NAMES.contains(&name)
        || STARTS.iter().any(|start| name.starts_with(start))
        || ENDS.iter().any(|end| name.ends_with(end))
}

/// Files of what collects, stores and shows telemetry.
fn is_telemetry(stem: &str, extension: &str, folders: &[&str]) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "prometheus", "otelcol", "otel", "opentelemetry", "loki", "promtail", "tempo", "alertmanager", "grafana",
        "jaeger", "zipkin", "fluentd", "fluent", "fluentbit", "logstash", "filebeat", "metricbeat", "heartbeat",
        "telegraf", "vector", "statsd", "datasource", "datasources", "dashboards", "dashboard", "mimir", "thanos",
        "pyroscope", "alloy", "kibana",
    ];
    let named = stem.split(['.', '-', '_']).any(|word| WORDS.contains(&word));
    let placed = folders.iter().rev().take(3).any(|folder| {
        folder
            .split(['-', '_'])
            .any(|word| WORDS.contains(&word) && !matches!(word, "vector" | "dashboard" | "dashboards"))
            || *folder == "otel-collector"
    });
    (named || placed) && extension != "properties"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_by_their_path() {
        let cases = [
            ("orders/src/main/resources/application.yml", Some(Kind::SpringYaml)),
            ("orders/src/main/resources/application-docker.properties", Some(Kind::SpringProperties)),
            ("bootstrap.yml", Some(Kind::SpringYaml)),
            ("common/orders-service.yml", Some(Kind::MaybeSpringYaml)),
            ("src/Orders.API/appsettings.Development.json", Some(Kind::Json)),
            ("config/default.json", Some(Kind::Json)),
            ("config.json", Some(Kind::Json)),
            ("web/nginx.conf", Some(Kind::Conf)),
            ("web/default.conf.template", Some(Kind::Conf)),
            ("proxy/envoy.tmpl.yaml", Some(Kind::Yaml)),
            ("relay/config.example.yml", Some(Kind::Yaml)),
            ("traefik.toml", Some(Kind::Toml)),
            ("haproxy.cfg", Some(Kind::Lines)),
            ("Caddyfile", Some(Kind::Lines)),
            ("src/db.properties", Some(Kind::Properties)),
            ("monitoring/prometheus.yml", Some(Kind::Telemetry)),
            ("src/otel-collector/otelcol-config.yml", Some(Kind::Telemetry)),
            ("package.json", None),
            ("tsconfig.app.json", None),
            ("angular.json", None),
            ("Cargo.toml", None),
            ("charts/orders/values.yaml", None),
            ("docker-compose.override.yml", None),
            ("src/main/resources/messages_de.properties", None),
            ("node_modules/x/config.json", None),
            ("data/hotels.json", None),
            (".github/config.yml", None),
            ("web/src/locales/config.json", None),
            ("README.md", None),
        ];
        for (path, expected) in cases {
            assert_eq!(kind(path), expected, "{path}");
        }
    }
}
