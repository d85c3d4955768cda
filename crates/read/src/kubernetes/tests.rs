//! What the reader makes of manifests, one test for each kind of object: units with their claims, endpoints, and what is
//! listed as not read.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::READER;
use crate::corpus::Corpus;
use crate::facts::{About, Endpoint, Facts, Unit};
use crate::source::Source;
use plimsoll_model::Content;

#[track_caller]
fn check(manifest: &str, expect: Expect) {
    let corpus = Corpus::open(vec![Source::memory(&[("a.yaml", manifest)])]);
    let files: Vec<_> = corpus.ids().filter(|file| (READER.takes)(&corpus, *file)).collect();
    expect.assert_eq(&shown(&(READER.read)(&corpus, &files)));
}

fn shown(facts: &Facts) -> String {
    let mut out = String::new();
    for (index, unit) in facts.units.iter().enumerate() {
        show_unit(unit, &mut out);
        for claim in facts.claims.iter().filter(|claim| matches!(claim.of, About::Unit(of) if of == index)) {
            let content = match &claim.content {
                Content::Stated(value) => value.to_string(),
                Content::Absent => String::from("absent"),
            };
            let _ = writeln!(out, "  {} = {content} ({})", claim.field.json_name(), claim.origin.at.line);
        }
    }
    facts.endpoints.iter().for_each(|endpoint| show_endpoint(endpoint, &mut out));
    for skipped in &facts.not_read {
        let _ = writeln!(out, "not read: {}", skipped.reason);
    }
    for problem in &facts.problems {
        let _ = writeln!(out, "{}:{} {}", problem.at.line, problem.at.column, problem.message);
    }
    out
}

fn show_unit(unit: &Unit, out: &mut String) {
    let labels: Vec<String> = unit.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let product = unit.technology.as_ref().map(|product| format!(" runs {product}")).unwrap_or_default();
    let _ = writeln!(out, "{} {}{product} [{}] ({})", unit.form, unit.name, labels.join(", "), unit.origin.at.line);
    for container in &unit.containers {
        let image = container.image.as_ref().map_or("no image", |image| &image.text);
        let ports: Vec<String> = container.ports.iter().filter_map(|port| port.number).map(|n| n.to_string()).collect();
        let _ = writeln!(out, "  {:?} {} of {image} opens [{}]", container.role, container.name, ports.join(", "));
        for variable in &container.environment {
            let _ = writeln!(out, "    {} = {}", variable.name, variable.value.as_deref().unwrap_or("?"));
        }
        for file in &container.files {
            let _ = writeln!(out, "    file {}", file.path);
        }
    }
}

fn show_endpoint(endpoint: &Endpoint, out: &mut String) {
    let selector: Vec<String> = endpoint.selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let _ = write!(out, "{} {} {} selects [{}]", endpoint.form, endpoint.name, endpoint.exposure, selector.join(", "));
    for port in &endpoint.ports {
        let number = port.number.map_or_else(|| String::from("?"), |number| number.to_string());
        let _ = write!(out, ", {number} to {}", port.target.as_deref().unwrap_or("the same"));
    }
    for host in &endpoint.hosts {
        let _ = write!(out, ", at {}", host.text);
    }
    for target in &endpoint.targets {
        let _ = write!(out, ", leads to {}:{}", target.name, target.port.as_deref().unwrap_or("?"));
    }
    let _ = writeln!(out, " ({})", endpoint.origin.at.line);
}

/// A pod template with one container, to be put under `spec`.
const TEMPLATE: &str =
    "template: { metadata: { labels: { app: a } }, spec: { containers: [{ name: a, image: 'shop/a:1' }] } }";

fn workload(kind: &str, api: &str, spec: &str) -> String {
    format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{ name: a }}\nspec: {{ {spec} {TEMPLATE} }}\n")
}

#[test]
fn a_deployment_has_its_replicas_strategy_and_what_it_does_not_say() {
    check(
        &workload("Deployment", "apps/v1", "replicas: 3, strategy: { type: Recreate }, minReadySeconds: 5,"),
        expect![[r#"
            Deployment a [app=a] (3)
              Main a of shop/a:1 opens []
              workload = Deployment (3)
              replicas = 3 (4)
              strategy = Recreate (4)
              image = shop/a:1 (4)
              cpu_request_millicores = absent (4)
              cpu_limit_millicores = absent (4)
              memory_request_bytes = absent (4)
              memory_limit_bytes = absent (4)
              liveness = absent (4)
              readiness = absent (4)
              startup = absent (4)
              disruption_min_available = absent (3)
              disruption_max_unavailable = absent (3)
        "#]],
    );
}

#[test]
fn a_stateful_set_has_its_volumes() {
    check(
        &workload(
            "StatefulSet",
            "apps/v1",
            "replicas: 2, serviceName: a, volumeClaimTemplates: [{ metadata: { name: data }, spec: { resources: { requests: { storage: 10Gi } } } }],",
        ),
        expect![[r#"
            StatefulSet a [app=a] (3)
              Main a of shop/a:1 opens []
              workload = StatefulSet (3)
              replicas = 2 (4)
              storage_bytes = 10 GiB (4)
              image = shop/a:1 (4)
              cpu_request_millicores = absent (4)
              cpu_limit_millicores = absent (4)
              memory_request_bytes = absent (4)
              memory_limit_bytes = absent (4)
              liveness = absent (4)
              readiness = absent (4)
              startup = absent (4)
              disruption_min_available = absent (3)
              disruption_max_unavailable = absent (3)
        "#]],
    );
}

#[test]
fn a_daemon_set_has_no_count_of_its_own() {
    check(
        &workload("DaemonSet", "apps/v1", ""),
        expect![[r#"
        DaemonSet a [app=a] (3)
          Main a of shop/a:1 opens []
          workload = DaemonSet (3)
          image = shop/a:1 (4)
          cpu_request_millicores = absent (4)
          cpu_limit_millicores = absent (4)
          memory_request_bytes = absent (4)
          memory_limit_bytes = absent (4)
          liveness = absent (4)
          readiness = absent (4)
          startup = absent (4)
          disruption_min_available = absent (3)
          disruption_max_unavailable = absent (3)
    "#]],
    );
}

#[test]
fn a_replica_set_and_a_replication_controller_run_pods_too() {
    check(
        &workload("ReplicaSet", "apps/v1", "replicas: 2,"),
        expect![[r#"
        ReplicaSet a [app=a] (3)
          Main a of shop/a:1 opens []
          workload = ReplicaSet (3)
          replicas = 2 (4)
          image = shop/a:1 (4)
          cpu_request_millicores = absent (4)
          cpu_limit_millicores = absent (4)
          memory_request_bytes = absent (4)
          memory_limit_bytes = absent (4)
          liveness = absent (4)
          readiness = absent (4)
          startup = absent (4)
          disruption_min_available = absent (3)
          disruption_max_unavailable = absent (3)
    "#]],
    );
    check(
        &workload("ReplicationController", "v1", "replicas: 2,"),
        expect![[r#"
        ReplicationController a [app=a] (3)
          Main a of shop/a:1 opens []
          workload = ReplicationController (3)
          replicas = 2 (4)
          image = shop/a:1 (4)
          cpu_request_millicores = absent (4)
          cpu_limit_millicores = absent (4)
          memory_request_bytes = absent (4)
          memory_limit_bytes = absent (4)
          liveness = absent (4)
          readiness = absent (4)
          startup = absent (4)
          disruption_min_available = absent (3)
          disruption_max_unavailable = absent (3)
    "#]],
    );
}

#[test]
fn a_job_and_a_cron_job_have_their_schedule() {
    check(
        &workload("Job", "batch/v1", "completions: 1, backoffLimit: 2,"),
        expect![[r#"
        Job a [app=a] (3)
          Main a of shop/a:1 opens []
          workload = Job (3)
          image = shop/a:1 (4)
          cpu_request_millicores = absent (4)
          cpu_limit_millicores = absent (4)
          memory_request_bytes = absent (4)
          memory_limit_bytes = absent (4)
          liveness = absent (4)
          readiness = absent (4)
          startup = absent (4)
          disruption_min_available = absent (3)
          disruption_max_unavailable = absent (3)
    "#]],
    );
    let cron = format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{ name: a }}\nspec: {{ schedule: '*/5 * * * *', concurrencyPolicy: Forbid, jobTemplate: {{ spec: {{ {TEMPLATE} }} }} }}\n"
    );
    check(
        &cron,
        expect![[r#"
        CronJob a [app=a] (3)
          Main a of shop/a:1 opens []
          workload = CronJob (3)
          schedule = */5 * * * * (4)
          image = shop/a:1 (4)
          cpu_request_millicores = absent (4)
          cpu_limit_millicores = absent (4)
          memory_request_bytes = absent (4)
          memory_limit_bytes = absent (4)
          liveness = absent (4)
          readiness = absent (4)
          startup = absent (4)
          disruption_min_available = absent (3)
          disruption_max_unavailable = absent (3)
    "#]],
    );
}

#[test]
fn a_pod_stands_for_itself() {
    check(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a } }\nspec: { containers: [{ name: a, image: 'shop/a:1' }] }\n",
        expect![[r#"
            Pod a [app=a] (3)
              Main a of shop/a:1 opens []
              workload = Pod (3)
              image = shop/a:1 (4)
              cpu_request_millicores = absent (4)
              cpu_limit_millicores = absent (4)
              memory_request_bytes = absent (4)
              memory_limit_bytes = absent (4)
              liveness = absent (4)
              readiness = absent (4)
              startup = absent (4)
              disruption_min_available = absent (3)
              disruption_max_unavailable = absent (3)
        "#]],
    );
}

#[test]
fn a_rollout_a_knative_service_and_a_deployment_config_run_pods_too() {
    check(
        &workload("Rollout", "argoproj.io/v1alpha1", "replicas: 2, strategy: { canary: { steps: [] } },"),
        expect![[r#"
            Rollout a [app=a] (3)
              Main a of shop/a:1 opens []
              workload = Rollout (3)
              replicas = 2 (4)
              strategy = RollingUpdate (4)
              image = shop/a:1 (4)
              cpu_request_millicores = absent (4)
              cpu_limit_millicores = absent (4)
              memory_request_bytes = absent (4)
              memory_limit_bytes = absent (4)
              liveness = absent (4)
              readiness = absent (4)
              startup = absent (4)
              disruption_min_available = absent (3)
              disruption_max_unavailable = absent (3)
        "#]],
    );
    check(
        &workload("Service", "serving.knative.dev/v1", ""),
        expect![[r#"
        Service a [app=a] (3)
          Main a of shop/a:1 opens []
          workload = Service (3)
          replicas = absent (3)
          image = shop/a:1 (4)
          cpu_request_millicores = absent (4)
          cpu_limit_millicores = absent (4)
          memory_request_bytes = absent (4)
          memory_limit_bytes = absent (4)
          liveness = absent (4)
          readiness = absent (4)
          startup = absent (4)
          disruption_min_available = absent (3)
          disruption_max_unavailable = absent (3)
    "#]],
    );
    check(
        &workload("DeploymentConfig", "apps.openshift.io/v1", "replicas: 2,"),
        expect![[r#"
        DeploymentConfig a [app=a] (3)
          Main a of shop/a:1 opens []
          workload = DeploymentConfig (3)
          replicas = 2 (4)
          image = shop/a:1 (4)
          cpu_request_millicores = absent (4)
          cpu_limit_millicores = absent (4)
          memory_request_bytes = absent (4)
          memory_limit_bytes = absent (4)
          liveness = absent (4)
          readiness = absent (4)
          startup = absent (4)
          disruption_min_available = absent (3)
          disruption_max_unavailable = absent (3)
    "#]],
    );
}

#[test]
fn a_pod_is_read_whole() {
    check(
        "apiVersion: apps/v1
kind: Deployment
metadata: { name: a }
spec:
  template:
    metadata: { labels: { app: a } }
    spec:
      serviceAccountName: a
      terminationGracePeriodSeconds: 45
      hostNetwork: true
      nodeSelector: { disk: fast }
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule }]
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname }] } }
      volumes:
        - { name: settings, configMap: { name: settings } }
        - { name: keys, secret: { secretName: keys } }
      initContainers:
        - { name: migrate, image: 'shop/migrate:1' }
        - { name: log, image: 'shop/log:1', restartPolicy: Always }
      containers:
        - name: a
          image: shop/a:1
          command: [a, --listen, ':8080']
          ports: [{ name: http, containerPort: 8080 }]
          env:
            - { name: HOST, value: stock }
            - { name: STOCK, value: 'http://$(HOST):80' }
            - { name: LEVEL, valueFrom: { configMapKeyRef: { name: settings, key: level } } }
            - { name: KEY, valueFrom: { secretKeyRef: { name: keys, key: key } } }
          envFrom: [{ configMapRef: { name: settings }, prefix: S_ }]
          volumeMounts: [{ name: settings, mountPath: /etc/a }]
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { memory: 128Mi } }
          securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          readinessProbe: { httpGet: { path: /ready, port: http }, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 }
          livenessProbe: { tcpSocket: { port: 8080 } }
          startupProbe: { exec: { command: [a, check] } }
          lifecycle: { preStop: { exec: { command: [sleep, '5'] } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { level: info, app.properties: 'url=http://stock' }
",
        expect![[r#"
            Deployment a [app=a] (3)
              Main a of shop/a:1 opens [8080]
                S_level = info
                S_app.properties = url=http://stock
                HOST = stock
                STOCK = http://stock:80
                LEVEL = info
                KEY = ?
                file /etc/a/level
                file /etc/a/app.properties
              Init migrate of shop/migrate:1 opens []
              Sidecar log of shop/log:1 opens []
              workload = Deployment (3)
              replicas = absent (3)
              sidecars = log (8)
              init_containers = migrate (8)
              service_account = a (8)
              termination_grace = 45s (9)
              host_namespaces = hostNetwork (8)
              spread = topology.kubernetes.io/zone maxSkew 1 DoNotSchedule (12)
              affinity = podAntiAffinity requiredDuringSchedulingIgnoredDuringExecution (13)
              node_selector = disk=fast (11)
              volumes = settings configMap, keys secret (15)
              secrets = keys (8)
              config_maps = settings (8)
              environment = HOST, STOCK, LEVEL, KEY (8)
              image = shop/a:1 (22)
              cpu_request_millicores = 100m (32)
              cpu_limit_millicores = absent (21)
              memory_request_bytes = 64 MiB (32)
              memory_limit_bytes = 128 MiB (32)
              liveness = tcp :8080 (35)
              readiness = http :http /ready (34)
              startup = exec a check (36)
              pre_stop = exec sleep 5 (37)
              run_as_non_root = true (33)
              read_only_root = true (33)
              capabilities = -ALL (33)
              disruption_min_available = absent (3)
              disruption_max_unavailable = absent (3)
        "#]],
    );
}

#[test]
fn a_service_of_each_kind() {
    let service = |spec: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{ name: a }}\nspec: {{ {spec} }}\n");
    check(
        &service("selector: { app: a }, ports: [{ port: 80, targetPort: http, appProtocol: grpc }, { port: 81 }]"),
        expect![[r#"
            Service a ClusterIP selects [app=a], 80 to http, 81 to 81 (3)
        "#]],
    );
    check(
        &service("selector: { app: a }, type: NodePort, ports: [{ port: 80, nodePort: 30080 }]"),
        expect![[r#"
        Service a NodePort selects [app=a], 80 to 80 (3)
    "#]],
    );
    check(
        &service("selector: { app: a }, type: LoadBalancer, ports: [{ port: 443 }]"),
        expect![[r#"
        Service a LoadBalancer selects [app=a], 443 to 443 (3)
    "#]],
    );
    check(
        &service("selector: { app: a }, clusterIP: None, ports: [{ port: 5432 }]"),
        expect![[r#"
        Service a headless selects [app=a], 5432 to 5432 (3)
    "#]],
    );
    check(
        &service("type: ExternalName, externalName: db.example.com"),
        expect![[r#"
        Service a ExternalName selects [], leads to db.example.com:? (3)
    "#]],
    );
}

#[test]
fn an_ingress_and_routes_lead_to_services() {
    check(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: a }\nspec: { rules: [{ host: shop.example, http: { paths: [{ path: /a, pathType: Prefix, backend: { service: { name: a, port: { number: 80 } } } }] } }] }\n",
        expect![[r#"
            Ingress a Ingress selects [], at shop.example, leads to a:80 (3)
        "#]],
    );
    check(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: a }\nspec: { hostnames: [shop.example], rules: [{ backendRefs: [{ name: a, port: 80 }] }] }\n",
        expect![[r#"
            HTTPRoute a HTTPRoute selects [], at shop.example, leads to a:80 (3)
        "#]],
    );
    check(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: { name: a }\nspec: { rules: [{ backendRefs: [{ name: a, namespace: shop, port: 80 }] }] }\n",
        expect![[r#"
            GRPCRoute a GRPCRoute selects [], leads to a:80 (3)
        "#]],
    );
    check(
        "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: { name: a }\nspec: { host: a.shop.example, to: { kind: Service, name: a }, port: { targetPort: http } }\n",
        expect![[r#"
            Route a Route selects [], at a.shop.example, leads to a:? (3)
        "#]],
    );
}

#[test]
fn an_autoscaler_and_a_disruption_budget_belong_to_what_they_name() {
    let with = |other: &str| format!("{}---\n{other}", workload("Deployment", "apps/v1", "replicas: 2,"));
    check(
        &with(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: a }\nspec: { scaleTargetRef: { kind: Deployment, name: a }, minReplicas: 2, maxReplicas: 9, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }] }\n",
        ),
        expect![[r#"
            Deployment a [app=a] (3)
              Main a of shop/a:1 opens []
              workload = Deployment (3)
              replicas = 2 (4)
              image = shop/a:1 (4)
              cpu_request_millicores = absent (4)
              cpu_limit_millicores = absent (4)
              memory_request_bytes = absent (4)
              memory_limit_bytes = absent (4)
              liveness = absent (4)
              readiness = absent (4)
              startup = absent (4)
              autoscaler_min = 2 (9)
              autoscaler_max = 9 (9)
              autoscaler_metrics = cpu 60% (9)
              disruption_min_available = absent (3)
              disruption_max_unavailable = absent (3)
        "#]],
    );
    check(
        &with(
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: a }\nspec: { selector: { matchLabels: { app: a } }, maxUnavailable: 1 }\n",
        ),
        expect![[r#"
            Deployment a [app=a] (3)
              Main a of shop/a:1 opens []
              workload = Deployment (3)
              replicas = 2 (4)
              image = shop/a:1 (4)
              cpu_request_millicores = absent (4)
              cpu_limit_millicores = absent (4)
              memory_request_bytes = absent (4)
              memory_limit_bytes = absent (4)
              liveness = absent (4)
              readiness = absent (4)
              startup = absent (4)
              disruption_max_unavailable = 1 (9)
        "#]],
    );
    check(
        &with(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: { podSelector: { matchLabels: { app: a } }, policyTypes: [Ingress] }\n",
        ),
        expect![[r#"
            Deployment a [app=a] (3)
              Main a of shop/a:1 opens []
              workload = Deployment (3)
              replicas = 2 (4)
              image = shop/a:1 (4)
              cpu_request_millicores = absent (4)
              cpu_limit_millicores = absent (4)
              memory_request_bytes = absent (4)
              memory_limit_bytes = absent (4)
              liveness = absent (4)
              readiness = absent (4)
              startup = absent (4)
              network_policies = a (8)
              disruption_min_available = absent (3)
              disruption_max_unavailable = absent (3)
        "#]],
    );
}

#[test]
fn an_operators_object_runs_a_product() {
    check(
        "apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nmetadata: { name: events }\nspec: { kafka: { replicas: 3 } }\n",
        expect![[r#"
            Kafka events runs Kafka [] (3)
              Main events of no image opens []
              workload = Kafka (3)
              replicas = 3 (4)
              disruption_min_available = absent (3)
              disruption_max_unavailable = absent (3)
        "#]],
    );
}

#[test]
fn a_list_is_what_it_holds_and_a_kind_that_is_unknown_is_listed() {
    check(
        "apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: Service, metadata: { name: a }, spec: { selector: { app: a } } }\n  - { apiVersion: shop.example/v1, kind: Till, metadata: { name: t } }\n",
        expect![[r#"
            Service a ClusterIP selects [app=a] (4)
            not read: objects of kind Till (shop.example/v1) are not read
        "#]],
    );
}

#[test]
fn what_others_are_followed_into_says_nothing_by_itself() {
    check(
        "apiVersion: v1\nkind: Secret\nmetadata: { name: keys }\nstringData: { key: hunter2-hunter2 }\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n---\napiVersion: v1\nkind: ResourceQuota\nmetadata: { name: q }\n",
        expect![[""]],
    );
}

#[test]
fn a_service_of_open_slo_is_no_service_of_kubernetes() {
    check(
        "apiVersion: openslo/v1\nkind: Service\nmetadata: { name: a }\n---\napiVersion: openslo/v1\nkind: SLO\nmetadata: { name: fast }\nspec: { service: a }\n",
        expect![[r#"
            not read: objects of kind Service (openslo/v1) are not read
        "#]],
    );
}
