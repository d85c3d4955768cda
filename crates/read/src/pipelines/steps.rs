//! What a step is known to do, by the programs that it starts and the actions that it uses.
//!
//! One row for each program: its words as people type them, and what it does. A command that is in no row says nothing.

use plimsoll_model::{Field, Value};

use crate::facts::{Origin, PipelineFact};
use crate::tree::Node;

/// Program words and what they do.
#[rustfmt::skip]
const PROGRAMS: &[(&str, &str)] = &[
    ("cargo test", "test"), ("cargo nextest", "test"), ("go test", "test"), ("pytest", "test"), ("tox", "test"),
    ("npm test", "test"), ("npm run test", "test"), ("yarn test", "test"), ("pnpm test", "test"), ("jest", "test"), ("vitest", "test"),
    ("mvn test", "test"), ("mvn verify", "test"), ("mvnw test", "test"), ("mvnw verify", "test"), ("gradle test", "test"),
    ("gradlew test", "test"), ("gradlew check", "test"), ("dotnet test", "test"), ("rspec", "test"), ("phpunit", "test"),
    ("playwright test", "end-to-end test"), ("cypress run", "end-to-end test"), ("k6 run", "load test"),
    ("buf lint", "check"), ("buf breaking", "contract check"), ("redocly", "contract check"), ("spectral lint", "contract check"),
    ("schemathesis", "contract test"), ("pact-verifier", "contract test"), ("golangci-lint", "check"), ("cargo clippy", "check"),
    ("eslint", "check"), ("promtool check", "check"), ("kube-linter", "check"), ("kubeconform", "check"), ("helm lint", "check"),
    ("trivy", "security check"), ("semgrep", "security check"), ("checkov", "security check"), ("grype", "security check"),
    ("plimsoll audit", "check"), ("plimsoll review", "check"),
    ("docker build", "build image"), ("docker buildx", "build image"), ("buildah", "build image"), ("kaniko", "build image"),
    ("docker push", "publish image"), ("cosign sign", "sign"), ("syft", "list parts"),
    ("kubectl apply", "deploy"), ("kubectl set image", "deploy"), ("kubectl rollout", "deploy"), ("helm upgrade", "deploy"),
    ("helm install", "deploy"), ("helmfile", "deploy"), ("argocd app", "deploy"), ("flux reconcile", "deploy"), ("skaffold run", "deploy"),
    ("terraform apply", "deploy"), ("tofu apply", "deploy"), ("gcloud run deploy", "deploy"), ("gcloud builds submit", "build image"),
    ("az containerapp", "deploy"), ("aws ecs update-service", "deploy"), ("serverless deploy", "deploy"),
];

/// Actions and what they do.
#[rustfmt::skip]
const ACTIONS: &[(&str, &str)] = &[
    ("docker/build-push-action", "build image"), ("github/codeql-action/analyze", "security check"),
    ("aquasecurity/trivy-action", "security check"), ("azure/k8s-deploy", "deploy"), ("azure/webapps-deploy", "deploy"),
    ("google-github-actions/deploy-cloudrun", "deploy"), ("aws-actions/amazon-ecs-deploy-task-definition", "deploy"),
    ("bufbuild/buf-action", "contract check"), ("sigstore/cosign-installer", "sign"), ("anchore/sbom-action", "list parts"),
];

/// What an action is known to do.
pub(super) fn of_action(uses: &Node, pipeline: &mut PipelineFact) {
    let name = uses.as_str().unwrap_or_default().to_ascii_lowercase();
    let name = name.split('@').next().unwrap_or_default();
    if let Some((action, does)) = ACTIONS.iter().find(|(action, _)| *action == name) {
        pipeline.add(Field::PipelineStep, Value::Text((*does).to_owned()), format!("`{action}`"), Origin::of(uses));
    }
}

/// What commands are known to do, each kind once for a step.
pub(super) fn of_command(run: &Node, pipeline: &mut PipelineFact) {
    let mut told: Vec<&str> = Vec::new();
    for line in run.as_str().unwrap_or_default().lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        for (program, does) in PROGRAMS.iter().filter(|(program, _)| starts(&words, program)) {
            if !told.contains(does) {
                told.push(does);
                let note = format!("`{program}`");
                pipeline.add(Field::PipelineStep, Value::Text((*does).to_owned()), note, Origin::of(run));
            }
        }
    }
}

/// Whether a line starts a program: its words stand there side by side, options between them aside.
fn starts(words: &[&str], program: &str) -> bool {
    let wanted: Vec<&str> = program.split(' ').collect();
    let name = |word: &str| word.rsplit('/').next().unwrap_or(word).split('@').next().unwrap_or_default().to_owned();
    (0..words.len()).any(|start| {
        let first = name(words[start]) == wanted[0];
        let mut rest = words[start + 1..].iter().filter(|word| !word.starts_with('-'));
        first && wanted[1..].iter().all(|word| rest.next() == Some(word))
    })
}
