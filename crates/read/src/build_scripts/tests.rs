//! Build scripts, case by case.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::source::Source;

fn facts(files: &[(&str, &str)]) -> (Corpus, Facts) {
    let corpus = Corpus::open(vec![Source::memory(files)]);
    let taken: Vec<FileId> = corpus.ids().filter(|id| (READER.takes)(&corpus, *id)).collect();
    let facts = (READER.read)(&corpus, &taken);
    (corpus, facts)
}

/// Reads one script among folders that can be built.
#[track_caller]
fn check(path: &str, text: &str, expect: Expect) {
    let mut files = vec![(path, text)];
    files.extend(["", "src/orders/", "src/carts/", "web/", "docker/web/"].map(|folder| match folder {
        "" => ("Dockerfile", ""),
        "src/orders/" => ("src/orders/Dockerfile", ""),
        "src/carts/" => ("src/carts/Dockerfile", ""),
        "web/" => ("web/index.html", ""),
        _ => ("docker/web/Dockerfile", ""),
    }));
    files.push(("cmd/ship/main.go", ""));
    let (_, facts) = facts(&files);
    let mut out = String::new();
    for build in &facts.builds {
        let at = build.origin.at;
        out +=
            &format!("{} from `{}` {}:{}\n", build.image.as_deref().unwrap_or("-"), build.folder, at.line, at.column);
    }
    for skipped in &facts.not_read {
        out += &format!("not read: {}\n", skipped.reason);
    }
    expect.assert_eq(&out);
}

#[test]
fn a_makefile_puts_its_variables_in_and_leaves_unknown_ones_out() {
    check(
        "Makefile",
        "TAG ?= v1\nNAME := orders\nimage:\n\tdocker build --build-arg A=1 \\\n\t  -t $(REGISTRY)/$(NAME):$(TAG) --no-cache src/$(NAME)\n\t@cd src/carts && docker buildx build --push -t example.com:5000/shop/carts .\n\t$(CONTAINER_TOOL) build -t ${IMG} .\n\t# docker build -t no src/carts\n\tdocker build src/carts\n",
        expect![[r#"
            orders from `src/orders` 4:2
            shop/carts from `src/carts` 6:19
            not read: line 7: the name of the image of this build is not clear from the file alone
        "#]],
    );
}

#[test]
fn a_script_keeps_its_folder_and_runs_through_its_loops() {
    check(
        "ci/build.sh",
        "#!/bin/bash\nROOT=$(cd \"$(dirname \"$0\")/..\" && pwd)\nfor s in orders carts; do\n  docker build -t \"shop/$s:${TAG:-latest}\" \"$ROOT/src/$s\"\ndone\nfor d in ./src/*/; do docker build -t $(basename $d) $d; done\ncd \"$ROOT\"\npodman build -f docker/web/Dockerfile -t web web && echo done\ncd src/carts\ndocker build . -t carts2\n",
        expect![[r#"
            shop/orders from `src/orders` 4:3
            shop/carts from `src/carts` 4:3
            web from `docker/web` 8:1
            web from `web` 8:1
            carts2 from `src/carts` 10:1
            not read: line 6: the folder of this build is not clear from the file alone
        "#]],
    );
}

#[test]
fn a_workflow_gives_a_build_for_each_row_of_its_matrix() {
    check(
        ".github/workflows/build.yml",
        "env: { REGISTRY: ghcr.io/shop }\njobs:\n  build:\n    strategy:\n      matrix:\n        include:\n        - { name: orders, folder: src/orders }\n        - { name: web, folder: web, file: docker/web/Dockerfile }\n    steps:\n    - run: docker build -t ${{ env.REGISTRY }}/x-${{ matrix.name }}:1 ${{ matrix.folder }}\n    - uses: docker/build-push-action@v6\n      with:\n        context: ${{ matrix.folder }}\n        file: ./${{ matrix.file }}\n        tags: |\n          ${{ env.REGISTRY }}/${{ matrix.name }}:latest\n          type=sha\n    - uses: docker/build-push-action@v6\n      with: { context: src/carts, tags: '${{ steps.meta.outputs.tags }}' }\n",
        expect![[r#"
            shop/x-orders from `src/orders` 10:5
            shop/x-web from `web` 10:5
            shop/orders from `src/orders` 16:11
            shop/web from `docker/web` 16:11
            not read: line 19: the name of the image of this build is not clear from the file alone
        "#]],
    );
}

#[test]
fn a_workflow_follows_what_its_steps_put_out() {
    check(
        ".github/workflows/build.yml",
        "jobs:\n  a:\n    steps:\n    - id: vars\n      run: |\n        echo \"IMAGE=orders\" >> $GITHUB_OUTPUT\n    - id: meta\n      uses: docker/metadata-action@v5\n      with: { images: 'ghcr.io/${{ github.repository_owner }}/carts' }\n    - uses: docker/build-push-action@v6\n      with: { context: src/orders, tags: '${{ steps.vars.outputs.REPO }}/${{ steps.vars.outputs.IMAGE }}:1' }\n    - uses: docker/build-push-action@v6\n      with: { context: src/carts, tags: '${{ steps.meta.outputs.tags }}' }\n    - uses: docker/build-push-action@v1\n      with: { path: src/carts, repository: shop/old-carts, tags: latest }\n",
        expect![[r#"
            orders from `src/orders` 11:42
            carts from `src/carts` 13:41
            shop/old-carts from `src/carts` 15:66
        "#]],
    );
}

#[test]
fn cloud_build_and_kaniko_say_it_in_arguments() {
    check(
        "cloudbuild.yaml",
        "steps:\n- name: gcr.io/cloud-builders/docker\n  dir: src\n  args: [build, -t, 'gcr.io/$PROJECT_ID/orders:$_TAG', orders]\n- name: gcr.io/kaniko-project/executor:latest\n  args: ['--destination=gcr.io/$PROJECT_ID/carts', '--context=dir:///workspace/src/carts', --cache=true]\n- name: bash\n  args: [build, -t, no, src/carts]\n",
        expect![[r#"
            orders from `src/orders` 4:9
            carts from `src/carts` 6:9
        "#]],
    );
}

#[test]
fn other_pipelines_and_scripts_are_read_as_text() {
    check(
        ".gitlab-ci.yml",
        "variables:\n  IMAGE: $CI_REGISTRY/orders\nbuild:\n  script:\n    - docker build -t \"$IMAGE:$CI_COMMIT_SHA\" src/orders\n    - ko build ./cmd/ship\n",
        expect![[r#"
            orders from `src/orders` 5:5
            ship from `cmd/ship` 6:5
        "#]],
    );
    check(
        "Jenkinsfile",
        "pipeline { stages { stage('b') { steps {\n  sh \"docker build -t shop/carts:${env.BUILD_ID} src/carts\"\n} } } }\n",
        expect![[r#"
            shop/carts from `src/carts` 2:3
        "#]],
    );
    check(
        "package.json",
        "{ \"scripts\": { \"image\": \"docker build -t web-root .\" } }\n",
        expect![[r#"
        web-root from `` 1:1
    "#]],
    );
}

#[test]
fn a_name_that_many_folders_share_is_left_out() {
    check(
        "build.sh",
        "docker build -t demo:orders src/orders\ndocker build -t demo:carts src/carts\ndocker build -t demo:web web\n",
        expect![[r#"
            not read: line 1: `demo` is built from 3 folders; only tags differ
        "#]],
    );
}

#[test]
fn a_tiltfile_ties_with_plain_texts() {
    check(
        "Tiltfile",
        "# docker_build('no', 'src/carts')\ndocker_build('shop/orders', './src/orders', live_update=[sync('a', 'b')])\ndocker_build(\n  ref='web',\n  context='.', # all of it\n  dockerfile='docker/web/Dockerfile')\ndocker_build(name + '-x', 'src/carts')\n",
        expect![[r#"
            shop/orders from `src/orders` 2:1
            web from `docker/web` 3:1
            not read: line 7: the name of the image of this build is not clear from the file alone
        "#]],
    );
}

#[test]
fn bake_targets_inherit_their_context() {
    let hcl = "variable \"REG\" { default = \"r.example/shop\" }\ntarget \"base\" {\n  context = \"./src/carts\"\n}\ntarget \"carts\" {\n  inherits = [\"base\"]\n  tags = [\n    \"${REG}/carts:1\",\n  ]\n}\ntarget \"orders\" {\n  context = \"src/orders\"\n  args = { A = \"b\" }\n  tags = [\"${REG}/orders\"]\n}\n";
    check(
        "docker-bake.hcl",
        hcl,
        expect![[r#"
        shop/carts from `src/carts` 5:1
        shop/orders from `src/orders` 11:1
    "#]],
    );
    check(
        "docker-bake.json",
        r#"{ "target": { "orders": { "context": "src/orders", "tags": ["x/orders:1"] } } }"#,
        expect![[r#"
            x/orders from `src/orders` 1:15
        "#]],
    );
}

const SAMPLE: &str = "A=\"ü ${B:-$(x `y` ${C})}\"\nfor d in a \"b\"; do docker build -t $d:${{ m }} -f x \\\n './$d' && cd $(dirname $0); done\n\tko build ./c\ndocker_build('a', 'b', c={'d': 1})\ntarget \"x\" {\n tags = [\"${A}\"]\n}\n- uses: docker/build-push-action@v1\n  with: { tags: a }\n";

proptest! {
    #[test]
    fn damaged_input_never_panics(cut in 0..SAMPLE.len(), at in 0..SAMPLE.len(), with in "[{}$\"'`/:ü(),= @\\[\\]\n-]{0,5}") {
        let (cut, at) = (SAMPLE.floor_char_boundary(cut), SAMPLE.floor_char_boundary(at));
        let changed = format!("{}{with}{}", &SAMPLE[..at], &SAMPLE[at..]);
        for text in [&SAMPLE[..cut], &SAMPLE[at..], &changed] {
            facts(&[("a.sh", text), ("Makefile", text), ("Tiltfile", text), ("docker-bake.hcl", text)]);
            facts(&[("Jenkinsfile", text), (".github/a.yml", text), ("docker-bake.json", text), ("package.json", text)]);
        }
    }
}
