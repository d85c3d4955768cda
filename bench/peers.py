#!/usr/bin/env python3
"""The engine beside other simulators, in paired rounds: `bench/peers.py [ROUNDS] [--folder FOLDER]`.

SimPy in two ways: as its own guide writes it, a process per customer and a `Resource` per station, and as lean as it goes, one
process per station over a plain queue. odem-rs and nexosim by the small programs in `bench/peers`, which draw and keep what our
hand loops do. And the hand loops of `cargo bench`. All take the time of a request of the same system within a round; the ratio's
median is printed with its range, and the load average, since no machine is quiet.

Needs Rust and python3 with its venv module. SimPy comes from PyPI and the crates from crates.io, into a temporary folder outside
of the workspace, or into FOLDER, which is kept for the next time.
"""

import argparse
import collections
import glob
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv

SIMPY = "simpy==4.1.1"
# The bars are for Cargo's own defaults and one unit: what a user of the crates would get with care.
PROJECT = """[workspace]

[package]
name = "peers"
version = "0.0.0"
edition = "2024"

[dependencies]
nexosim = "=1.0.0"
odem-rs = "=0.4.0"
serde = { version = "1", features = ["derive"] }

[profile.release]
lto = "fat"
codegen-units = 1

[[bin]]
name = "odem"
path = "src/odem.rs"

[[bin]]
name = "nexo"
path = "src/nexo.rs"
"""
# A peer's name, its system of `cargo bench`, how it is run, requests in a round, and how many times slower it must be.
PEERS = [
    ("SimPy, as its guide writes it", "one-server", "one_server", 60_000, 150),
    ("SimPy, as lean as it goes", "one-server", "lean_server", 150_000, None),
    ("nexosim, one thread", "one-server", "nexo", 500_000, 5),
    ("odem-rs", "one-server", "odem", 2_000_000, 1.1),
    ("SimPy, as its guide writes it", "chain", "chain", 15_000, 100),
]


def one_server(simpy, requests):
    """M/M/1 at 0.8."""
    environment, took = simpy.Environment(), []
    server = simpy.Resource(environment, capacity=1)

    def customer():
        came = environment.now
        with server.request() as turn:
            yield turn
            yield environment.timeout(random.expovariate(1.0))
        took.append(environment.now - came)

    def source():
        for _ in range(requests):
            yield environment.timeout(random.expovariate(0.8))
            environment.process(customer())

    environment.process(source())
    environment.run()
    return took


def lean_server(simpy, requests):
    """M/M/1 at 0.8 by two processes: a source, and a server that sleeps while its queue is empty."""
    environment, took, queue = simpy.Environment(), [], collections.deque()
    idle = [environment.event()]

    def source():
        for _ in range(requests):
            yield environment.timeout(random.expovariate(0.8))
            queue.append(environment.now)
            if not idle[0].triggered:
                idle[0].succeed()

    def server():
        while len(took) < requests:
            if not queue:
                idle[0] = environment.event()
                yield idle[0]
            came = queue.popleft()
            yield environment.timeout(random.expovariate(1.0))
            took.append(environment.now - came)

    environment.process(source())
    environment.run(environment.process(server()))
    return took


def chain(simpy, requests):
    """Front (32) to back (16) to a pool (8), 5 ms at each; 100 ms for an attempt, two retries, late work runs on."""
    environment, took = simpy.Environment(), []
    tiers = [simpy.Resource(environment, capacity) for capacity in (32, 16, 8)]

    def work(tier):
        with tiers[tier].request() as turn:
            yield turn
            yield environment.timeout(random.expovariate(1 / 0.005))
            if tier + 1 < len(tiers):
                yield environment.process(work(tier + 1))

    def user():
        came = environment.now
        for attempt in range(3):
            if attempt:
                yield environment.timeout(random.expovariate(1 / 0.020))
            answer = environment.process(work(0))
            yield answer | environment.timeout(0.100)
            if answer.triggered:
                took.append(environment.now - came)
                return

    def source():
        for _ in range(requests):
            yield environment.timeout(random.expovariate(500.0))
            environment.process(user())

    environment.process(source())
    environment.run()
    return took


def worker(system, requests, seed):
    import simpy

    random.seed(seed)
    started = time.process_time()
    took = {"one_server": one_server, "lean_server": lean_server, "chain": chain}[system](simpy, requests)
    print((time.process_time() - started) / requests * 1e9, statistics.fmean(took))


def prepare(folder, root):
    """Installs SimPy and builds the crates' programs, and gives what runs each."""
    environment = os.path.join(folder, "python")
    if not os.path.exists(environment):
        venv.create(environment, with_pip=True)
    python = os.path.join(environment, "bin", "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", SIMPY], check=True)
    project = os.path.join(folder, "peers")
    os.makedirs(os.path.join(project, "src"), exist_ok=True)
    sources = glob.glob(os.path.join(root, "bench", "peers", "*.rs"))
    # The engine's own ziggurat, so that a draw costs the same on all sides, and the clock of its benches.
    own = {"src/run/ziggurat.rs": "ziggurat.rs", "src/math.rs": "math.rs", "benches/clock/mod.rs": "clock.rs"}
    for source, name in [(source, os.path.basename(source)) for source in sources] + [
        (os.path.join(root, "crates/simulate", source), name) for source, name in own.items()
    ]:
        shutil.copy(source, os.path.join(project, "src", name))
    with open(os.path.join(project, "Cargo.toml"), "w", encoding="utf-8") as manifest:
        manifest.write(PROJECT)
    target = os.path.join(project, "target")
    build = ["cargo", "build", "--release", "--quiet", "--target-dir", target]
    subprocess.run(build, check=True, cwd=project, env={**os.environ, "RUSTFLAGS": "-Awarnings"})
    simpy = [python, os.path.abspath(__file__), "--worker"]
    programs = {name: [os.path.join(target, "release", name)] for name in ("nexo", "odem")}
    return lambda system: programs.get(system) or [*simpy, system]


def build_engine():
    command = ["cargo", "bench", "-p", "plimsoll-simulate", "--bench", "engine", "--no-run"]
    built = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
    return re.search(r"Executable .*\((.*)\)", built).group(1)


def line(who, ours, theirs, bar):
    """How many times slower than the engine somebody is, round by round."""
    ratios = [their / our for our, their in zip(ours, theirs)]
    middle = statistics.median(ratios)
    wanted = f", bar {bar} ×: {'held' if middle >= bar else 'not held'}" if bar else ""
    print(
        f"  {who}: {min(theirs):.0f} ns a request, {middle:.3g} × the engine's time "
        f"({min(ratios):.3g}–{max(ratios):.3g}){wanted}"
    )


def main(rounds, folder):
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    os.chdir(root)
    engine, command_of = build_engine(), prepare(folder, os.path.abspath(root))
    for system in dict.fromkeys(peer[1] for peer in PEERS):
        peers = [peer for peer in PEERS if peer[1] == system]
        ours, hand, theirs, means = [], [], [[] for _ in peers], [[] for _ in peers]
        for seed in range(rounds):
            table = subprocess.check_output([engine, "1", system], text=True)
            own = re.search(rf"^{system} +(\d+) ns +(\d+) ns", table, re.M)
            ours.append(float(own.group(1)))
            hand.append(float(own.group(2)))
            for (_, _, which, requests, _), times, mean in zip(peers, theirs, means):
                answer = subprocess.check_output([*command_of(which), str(requests), str(seed)], text=True).split()
                times.append(float(answer[0]))
                mean.append(float(answer[1]))
        print(f"{system}: the engine {min(ours):.0f} ns a request; {rounds} rounds, load average {os.getloadavg()[0]:.1f}")
        for (who, _, _, _, bar), times, mean in zip(peers, theirs, means):
            line(f"{who} (mean {statistics.fmean(mean):.4g} s)", ours, times, bar)
        line("by hand", ours, hand, None)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        asked = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
        asked.add_argument("rounds", nargs="?", type=int, default=5)
        asked.add_argument("--folder")
        asked = asked.parse_args()
        with tempfile.TemporaryDirectory() as temporary:
            main(asked.rounds, os.path.abspath(asked.folder or temporary))
