#!/usr/bin/env python3
"""Compares GraphCompiler with PyTorch, both in this one run, turn by turn.

    python3 benchmarks/compare.py [--rounds N] [--threads 1,2] [--only TEXT] [--python PYTHON_WITH_TORCH]

For every thread count both sides run as processes of their own, confined to that many cores. For every work they are
asked in turn, A B A B …; a turn gives the median time of a call, a pair of turns a ratio, and the table shows the median
of the ratios: what the machine does to both sides of a pair cancels. Peak memory is that of a fresh process for each work. The protocol is in compare_pytorch.py.

PyTorch gets the settings that were found best for it: OpenMP threads that spin a little between parallel regions
(its backward pass brings a second team), the vector width and BLAS kernels of the machine, and a heap that keeps large
blocks instead of returning them to the system after every operation.
"""

import argparse
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.join(HERE, "GraphCompiler.Comparison")

# Name in the protocol, what the table calls it, how many times faster than PyTorch it is meant to be at least.
WORKS = [
    ("step-784-16-16-10", "784-16-16-10 step, batch 32", 10),
    ("step-784-512-512-10", "784-512-512-10 step, batch 128", None),
    ("matmul-256", "matmul 256", 1),
    ("matmul-512", "matmul 512", 1),
    ("matmul-1024", "matmul 1024", 1),
    ("softmax", "softmax 4096×1024", 1.5),
    ("layernorm", "LayerNorm 4096×1024", 1.5),
    ("gelu-tanh", "GELU (tanh) 4096×1024", 1.5),
    ("gelu-erf", "GELU (erf) 4096×1024", 1.5),
    ("attention", "causal attention 4×12×256×64", 2),
    ("attention-backward", "the same with backward", 2),
    ("tinygpt-step", "TinyGpt step, 12×64 characters", 1.7),
    ("gpt2-step", "GPT-2 124M step, 4×64 tokens", 1.2),
]

# Works of which the memory is compared too, and what part of PyTorch's it is meant to be at most.
MEMORY = [
    ("attention", None),
    ("attention-backward", None),
    ("tinygpt-step", None),
    ("gpt2-step", 2 / 3),
]


def cpu_flags():
    try:
        with open("/proc/cpuinfo") as file:
            return next((line.split() for line in file if line.startswith("flags")), [])
    except OSError:
        return []


def cpu_name():
    try:
        with open("/proc/cpuinfo") as file:
            return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    except OSError:
        return "unknown"


def pytorch_environment(threads):
    environment = dict(os.environ)
    for preset in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_WAIT_POLICY"):
        environment.pop(preset, None)
    if "avx512f" in cpu_flags():
        environment["OPENBLAS_CORETYPE"] = "SKYLAKEX"
        environment["ATEN_CPU_CAPABILITY"] = "avx512"
    environment.update(
        OMP_NUM_THREADS=str(threads),
        OPENBLAS_NUM_THREADS=str(threads),
        GOMP_SPINCOUNT="50000",
        MALLOC_MMAP_THRESHOLD_="4294967296",
        MALLOC_TRIM_THRESHOLD_="8589934592",
        MALLOC_TOP_PAD_="67108864",
    )
    return environment


class Side:
    """One long-lived process that measures."""

    def __init__(self, command, environment, threads):
        cores = sorted(os.sched_getaffinity(0))[:threads] if hasattr(os, "sched_getaffinity") else None
        self.threads = threads
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
        )
        greeting = self.process.stdout.readline()
        if not greeting.startswith("ready "):
            raise SystemExit(f"{' '.join(command)} did not get ready: {greeting.strip() or 'it ended'}")
        self.name = greeting[len("ready ") :].strip()

    def measure(self, work):
        """The median time of a call in microseconds; None where this side cannot do the work."""
        return self.ask(f"{work} {self.threads}", work)

    def peak_memory(self):
        """The most memory that the process ever had resident, in MiB."""
        return self.ask("memory", "memory")

    def ask(self, question, work):
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            raise SystemExit(f"{self.name} ended while measuring {work}.")
        if answer[0] == "error":
            print(f"{work}: {self.name}: {' '.join(answer[1:])}", file=sys.stderr)
            return None
        return float(answer[0])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(ours, theirs, work, rounds):
    """The times of both sides, turn by turn; None where one of them cannot do the work."""
    pairs = []
    for turn in range(rounds + 1):
        mine = ours.measure(work)
        other = theirs.measure(work)
        if mine is None or other is None:
            return None
        # The first turn of each side also prepares inputs and compiles.
        if turn > 0:
            pairs.append((mine, other))
    return pairs


def row(label, threads, pairs, expected):
    mine, other = (statistics.median(side) for side in zip(*pairs))
    ratios = sorted(other / mine for mine, other in pairs)
    middle = statistics.median(ratios)
    spread = f"{ratios[len(ratios) // 4]:.2f} to {ratios[(3 * len(ratios)) // 4]:.2f}"
    goal = "" if expected is None else f"{expected:g}" + ("" if middle >= expected else ", missed")
    return f"| {label} | {threads} | {mine:,.1f} | {other:,.1f} | {middle:.2f} | {spread} | {goal} |"


def peak_memory(command, environment, threads, work):
    """The peak of a process of its own that did a turn of the work; None where it cannot."""
    side = Side(command, environment, threads)
    done = side.measure(work) is not None
    peak = side.peak_memory() if done else None
    side.close()
    return peak


def compare_memory(our_command, their_command, works, threads):
    print("\n| peak resident memory | threads | A, MiB | B, MiB | A/B | expected |")
    print("|---|---|---|---|---|---|", flush=True)
    labels = {name: label for name, label, _ in works}
    for name, limit in MEMORY:
        if name not in labels:
            continue
        mine = peak_memory(our_command, dict(os.environ), threads, name)
        other = peak_memory(their_command, pytorch_environment(threads), threads, name)
        if mine is None or other is None:
            continue
        goal = "" if limit is None else f"{limit:.2f}" + ("" if mine <= limit * other else ", missed")
        print(f"| {labels[name]} | {threads} | {mine:,.0f} | {other:,.0f} | {mine / other:.2f} | {goal} |", flush=True)


def build_ours():
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "quiet", PROJECT], check=True, stdout=sys.stderr)
    return ["dotnet", os.path.join(PROJECT, "bin", "Release", "net10.0", "GraphCompiler.Comparison.dll")]


def main():
    parser = argparse.ArgumentParser(description="Compares GraphCompiler with PyTorch in one run.")
    parser.add_argument("--rounds", type=int, default=11, help="pairs of turns per work (11)")
    parser.add_argument("--threads", default="1,2", help="thread counts (1,2)")
    parser.add_argument("--only", default="", help="only works whose name contains this")
    parser.add_argument("--python", default=sys.executable, help="a Python that has PyTorch (this one)")
    parser.add_argument("--ours", help="another command for our side, for trying out")
    options = parser.parse_args()

    our_command = options.ours.split() if options.ours else build_ours()
    their_command = [options.python, os.path.join(HERE, "compare_pytorch.py")]
    works = [work for work in WORKS if options.only in work[0]]
    thread_counts = [int(count) for count in options.threads.split(",")]
    for index, threads in enumerate(thread_counts):
        ours = Side(our_command, dict(os.environ), threads)
        theirs = Side(their_command, pytorch_environment(threads), threads)
        if index == 0:
            print(f"{cpu_name()}. A is {ours.name}; B is {theirs.name}. Medians of {options.rounds} pairs of turns.\n")
            print("| work | threads | A, µs | B, µs | B/A | quartiles | expected |")
            print("|---|---|---|---|---|---|---|", flush=True)
        for name, label, expected in works:
            pairs = compare(ours, theirs, name, options.rounds)
            if pairs:
                print(row(label, threads, pairs, expected), flush=True)
        ours.close()
        theirs.close()
    compare_memory(our_command, their_command, works, thread_counts[-1])


if __name__ == "__main__":
    main()
