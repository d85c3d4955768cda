//! The keys that Compose knows; another is a problem that names the nearest known one.
//!
//! Old keys that Compose once knew are left in peace. Keys that begin with `x-` are anybody's.
//!
//! # Source
//! The JSON schema of the Compose specification; keys of the formats 1 to 3 from their references.

use plimsoll_model::Problem;

use super::recognise::TOP;
use crate::tree::Node;

const SERVICE: &[&str] = &[
    "annotations",
    "attach",
    "blkio_config",
    "build",
    "cap_add",
    "cap_drop",
    "cgroup",
    "cgroup_parent",
    "command",
    "configs",
    "container_name",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpus",
    "cpuset",
    "credential_spec",
    "depends_on",
    "deploy",
    "develop",
    "device_cgroup_rules",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "entrypoint",
    "env_file",
    "environment",
    "expose",
    "extends",
    "external_links",
    "extra_hosts",
    "gpus",
    "group_add",
    "healthcheck",
    "hostname",
    "image",
    "init",
    "ipc",
    "isolation",
    "label_file",
    "labels",
    "links",
    "logging",
    "mac_address",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "models",
    "network_mode",
    "networks",
    "oom_kill_disable",
    "oom_score_adj",
    "pid",
    "pids_limit",
    "platform",
    "ports",
    "post_start",
    "pre_start",
    "pre_stop",
    "privileged",
    "profiles",
    "provider",
    "pull_policy",
    "pull_refresh_after",
    "read_only",
    "restart",
    "runtime",
    "scale",
    "secrets",
    "security_opt",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "tty",
    "ulimits",
    "use_api_socket",
    "user",
    "userns_mode",
    "uts",
    "volumes",
    "volumes_from",
    "working_dir",
];

/// Keys of services that Compose has given up.
const SERVICE_OLD: &[&str] =
    &["cpuset_cpus", "dockerfile", "external", "log_driver", "log_opt", "memory", "name", "net", "volume_driver"];

const BUILD: &[&str] = &[
    "additional_contexts",
    "args",
    "cache_from",
    "cache_to",
    "context",
    "dockerfile",
    "dockerfile_inline",
    "entitlements",
    "extra_hosts",
    "isolation",
    "labels",
    "network",
    "no_cache",
    "no_cache_filter",
    "platforms",
    "privileged",
    "provenance",
    "pull",
    "sbom",
    "secrets",
    "shm_size",
    "ssh",
    "tags",
    "target",
    "ulimits",
];

const DEPLOY: &[&str] = &[
    "endpoint_mode",
    "labels",
    "mode",
    "placement",
    "replicas",
    "resources",
    "restart_policy",
    "rollback_config",
    "update_config",
];

const HEALTHCHECK: &[&str] = &["disable", "interval", "retries", "start_interval", "start_period", "test", "timeout"];

/// Looks at the keys of one file, before anything is put into long form.
pub(super) fn check(root: &Node, problems: &mut Vec<Problem>) {
    each_unknown(root, &[&TOP], "a compose file", problems);
    for entry in root.get("services").map_or(&[] as &[_], Node::entries) {
        let service = &entry.value;
        if !service.is_mapping() && !service.is_null() && service.tag.is_none() {
            let message = format!("the service `{}` is not a mapping; it is left out", entry.key);
            problems.push(Problem { at: service.at, message });
            continue;
        }
        each_unknown(service, &[SERVICE, SERVICE_OLD], "a service", problems);
        for (key, known, what) in
            [("build", BUILD, "`build`"), ("deploy", DEPLOY, "`deploy`"), ("healthcheck", HEALTHCHECK, "`healthcheck`")]
        {
            if let Some(part) = service.get(key) {
                each_unknown(part, &[known], what, problems);
            }
        }
    }
}

fn each_unknown(node: &Node, known: &[&[&str]], what: &str, problems: &mut Vec<Problem>) {
    for entry in node.entries() {
        let key = entry.key.as_str();
        if key.starts_with("x-") || known.iter().any(|keys| keys.contains(&key)) {
            continue;
        }
        let near = known.iter().flat_map(|keys| keys.iter()).map(|other| (distance(key, other), *other)).min();
        let advice = match near {
            Some((far, other)) if far <= 1 + key.len() / 4 => format!("did you mean `{other}`?"),
            _ => String::from("a key of your own begins with `x-`"),
        };
        let message = format!("`{key}` is not a key of {what}; it is left out; {advice}");
        problems.push(Problem { at: entry.key_at, message });
    }
}

/// How many letters must be changed, added, taken out, or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
