"""Runs a survey several times over one folder, counts what each run took, and prints a table.

Times and memory are the kernel's own account of each process and of the children that it waited for (wait4), so that
nothing is sampled. The files are in the page cache: one run before the first that counts reads them all.

The kernel counts what a process held before it became the program, which is this interpreter's own memory. So memory
below that floor cannot be told apart, and the table says how high it is.
"""

import argparse
import os
import statistics
import subprocess
import time

WIDTH = 34


class Cost:
    """What one run took."""

    def __init__(self, command):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        self.wall_ms = (time.perf_counter() - start) * 1000
        self.cpu_ms = (usage.ru_utime + usage.ru_stime) * 1000
        self.memory_mib = usage.ru_maxrss / 1024
        self.code = process.returncode = os.waitstatus_to_exitcode(status)


def spread(values):
    """The median, and the smallest and largest where there are several."""
    middle = f"{statistics.median(values):,.1f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):,.1f} to {max(values):,.1f})"


def measure(name, command, runs):
    """Prints one line of the table and gives the median of the CPU time, in milliseconds."""
    costs = [Cost(command) for _ in range(runs)]
    for cost in costs:
        if cost.code != 0:
            raise SystemExit(f"bench: {' '.join(command)} ended with {cost.code}")
    cells = [spread([getattr(cost, each) for cost in costs]) for each in ("wall_ms", "cpu_ms")]
    memory = f"{max(cost.memory_mib for cost in costs):,.1f}"
    print(f"| {name:<{WIDTH}} | {runs:>4} | {cells[0]:>28} | {cells[1]:>28} | {memory:>15} |", flush=True)
    return statistics.median(cost.cpu_ms for cost in costs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--tree", required=True)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--checkov")
    options = parser.parse_args()

    files = sum(len(files) for folder, _, files in os.walk(options.tree) if ".git" not in folder.split(os.sep))
    print(f"{files} files, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; median (smallest to largest)")
    print(f"memory is an upper bound: nothing shows below {Cost(['true']).memory_mib:,.1f} MiB\n")
    print(f"| {'what':<{WIDTH}} | runs | {'wall ms':>28} | {'CPU ms':>28} | {'RSS MiB at most':>14} |")
    print(f"|{'-' * (WIDTH + 2)}|-----:|{'-' * 29}:|{'-' * 29}:|{'-' * 16}:|", flush=True)

    def survey(threads):
        return [options.binary, "survey", options.tree, "--threads", str(threads)]

    Cost(survey(1))
    own = [measure(f"survey, threads: {threads}", survey(threads), options.runs) for threads in (1, 2)]
    if not options.checkov:
        return
    checkov = [options.checkov, "--directory", options.tree, "--quiet", "--compact", "--soft-fail", "--skip-download"]
    alone = ["--framework", "kubernetes", "dockerfile"]
    narrow = measure("checkov, kubernetes and dockerfile", checkov + alone, 1)
    whole = measure("checkov, all that it checks", checkov, 1)
    print(f"\ncheckov's CPU time to that of a survey with 2 threads: {narrow / own[1]:,.0f} with the two formats alone,")
    print(f"{whole / own[1]:,.0f} with all that it checks. It answers another question: the ratio is a measure, not a race.")


if __name__ == "__main__":
    main()
