"""Builds every kustomization below some folders twice, with kubectl and with `plimsoll render`, and compares the objects.

    bench/kustomize.py --kubectl KUBECTL --binary PLIMSOLL FOLDER…

Each folder is a checkout. What kubectl cannot build without a network is counted apart, with its reason: `--reasons` lists
them. Objects are compared as data and in their order. Needs PyYAML. Ends with 1 where a folder differs.
"""

import argparse
import collections
import os
import subprocess
import sys

import yaml

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
# Whoever would fetch a base fails at once.
OFFLINE = {**os.environ, "HTTP_PROXY": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1", "GIT_TERMINAL_PROMPT": "0"}


class Loader(yaml.CSafeLoader):
    """YAML as data, dates as the texts that they are in Kubernetes."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith((":timestamp", ":value"))]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def run(command):
    try:
        done = subprocess.run(command, capture_output=True, env=OFFLINE, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return None, "took longer than a minute"
    return (done.stdout.decode() if done.returncode == 0 else None), done.stderr.decode().strip()


def objects(text):
    return [document for document in yaml.load_all(text, Loader=Loader) if document is not None]


def compare(folder, root, options):
    """(`same`, `differs` or `not buildable`, why)."""
    theirs, error = run([options.kubectl, "kustomize", folder])
    if theirs is None:
        return "not buildable", error.splitlines()[-1] if error else ""
    ours, error = run([options.binary, "render", folder, "--root", root, "--reveal-secrets"])
    if ours is None:
        return ("same", "") if not objects(theirs) else ("differs", error)
    return ("same", "") if objects(theirs) == objects(ours) else ("differs", "other objects")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kubectl", default="kubectl")
    parser.add_argument("--binary", default="target/release/plimsoll")
    parser.add_argument("--reasons", action="store_true")
    parser.add_argument("folders", nargs="+")
    options = parser.parse_args()
    total = collections.Counter()
    print("| estate | kustomizations | buildable | same objects |\n|---|---:|---:|---:|")
    for root in map(os.path.abspath, options.folders):
        found = sorted(folder for folder, _, files in os.walk(root) if any(name in files for name in NAMES))
        count = collections.Counter()
        for folder in found:
            outcome, why = compare(folder, root, options)
            count[outcome] += 1
            if outcome == "differs" or (options.reasons and why):
                print(f"{outcome}: {os.path.relpath(folder, root)}: {why}", file=sys.stderr)
        buildable = len(found) - count["not buildable"]
        print(f"| {os.path.basename(root)} | {len(found)} | {buildable} | {count['same']} |", flush=True)
        total.update(count)
    buildable = total["same"] + total["differs"]
    print(f"| all | {total.total()} | {buildable} | {total['same']} |")
    sys.exit(1 if total["differs"] else 0)


if __name__ == "__main__":
    main()
