#!/usr/bin/env python3
"""The engine beside SimPy as its own guide writes it, in paired rounds: `bench/peers.py [ROUNDS]`.

One process and one `Resource` per station, a process per customer. Both sides take the time of a request of the same system
within a round; the ratio's median is printed with its range, and the load average, since no machine is quiet. Needs Rust and
python3 with its venv module; SimPy comes from PyPI into a temporary folder.
"""

import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import venv

SIMPY = "simpy==4.1.1"
# System of `cargo bench`, requests of SimPy in a round, bar.
SYSTEMS = [("one-server", 60_000, 150), ("chain", 15_000, 100)]


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
    started = time.perf_counter()
    took = {"one-server": one_server, "chain": chain}[system](simpy, requests)
    print((time.perf_counter() - started) / requests * 1e9, statistics.fmean(took))


def main(rounds):
    peers = os.path.abspath(__file__)
    os.chdir(os.path.join(os.path.dirname(peers), ".."))
    command = ["cargo", "bench", "-p", "plimsoll-simulate", "--bench", "engine", "--no-run"]
    built = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
    engine = re.search(r"Executable .*\((.*)\)", built).group(1)
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = os.path.join(folder, "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", SIMPY], check=True)
        for system, requests, bar in SYSTEMS:
            ratios, ours, theirs = [], [], []
            for seed in range(rounds):
                peer = subprocess.check_output([python, peers, "--worker", system, str(requests), str(seed)], text=True)
                table = subprocess.check_output([engine, "1", system], text=True)
                ours.append(float(re.search(rf"^{system} +(\d+) ns", table, re.M).group(1)))
                theirs.append(float(peer.split()[0]))
                ratios.append(theirs[-1] / ours[-1])
            print(
                f"{system}: SimPy {min(theirs):.0f} ns a request (mean {float(peer.split()[1]):.4f} s), engine {min(ours):.0f} ns: "
                f"{statistics.median(ratios):.0f} × ({min(ratios):.0f}–{max(ratios):.0f}), bar {bar} ×; "
                f"load average {os.getloadavg()[0]:.1f}"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 5)
