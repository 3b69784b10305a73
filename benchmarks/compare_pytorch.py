#!/usr/bin/env python3
"""PyTorch's side of the comparison that compare.py drives: a process that measures what it is asked to.

Both sides speak this protocol on standard input and output, a line at a time:

    at the start, the process:   ready TEXT                     (what it is: name, version, libraries)
    then the driver:             NAME THREADS                   (a work from the table below, threads to compute with)
    and the process:             MEDIAN BEST CALLS              (microseconds per call, microseconds, how many calls)
                           or:   error TEXT                     (it does not know the work, or failed)
    the end of its input ends the process.

A turn measures one work for about a third of a second, call by call, after a short warm-up. Both sides do the same in
a call and neither counts the making of its inputs:

    step-784-16-16-10     one training step, batch 32: forward, backward, AdamW update of a ReLU network with
                          cross-entropy, on a different batch every call (of 64 that take turns)
    step-784-512-512-10   the same, batch 128
    matmul-N              C = A B, N by N, for N = 256, 512, 1024
    softmax               forward, over the rows of 4096 by 1024
    layernorm             forward, over the rows, with gain and bias
    gelu-tanh, gelu-erf   forward, of 4096 by 1024 elements

Inputs are uniform in [0, 1) for the steps and normal for the others, float32. The learning rate of the steps is 1e-6:
a small network that has learned its few batches by heart would compute with denormal gradients, which no training does.
"""

import os
import sys
import time

import torch
import torch.nn.functional as F

TURN_SECONDS = 0.3
WARM_UP_SECONDS = 0.05
BATCHES = 64
LEARNING_RATE = 1e-6


def training_step(sizes, batch):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    # The form that is fastest here: many tensors an operation, not one by one.
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, foreach=True)
    images = [torch.rand(batch, sizes[0]) for _ in range(BATCHES)]
    labels = [torch.randint(sizes[-1], (batch,)) for _ in range(BATCHES)]
    turn = 0

    def call():
        nonlocal turn
        turn = (turn + 1) % BATCHES
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(images[turn]), labels[turn]).backward()
        optimizer.step()

    return call


def without_gradients(call):
    def run():
        with torch.no_grad():
            call()

    return run


def matmul(n):
    a, b, c = torch.randn(n, n), torch.randn(n, n), torch.empty(n, n)
    return without_gradients(lambda: torch.mm(a, b, out=c))


def softmax():
    x, y = torch.randn(4096, 1024), torch.empty(4096, 1024)
    return without_gradients(lambda: torch.softmax(x, -1, out=y))


def layer_norm():
    x, gain, bias = torch.randn(4096, 1024), torch.randn(1024), torch.randn(1024)
    return without_gradients(lambda: F.layer_norm(x, (1024,), gain, bias))


def gelu(form):
    x, y = torch.randn(4096, 1024), torch.empty(4096, 1024)
    return without_gradients(lambda: torch._C._nn.gelu(x, approximate=form, out=y))


WORKS = {
    "step-784-16-16-10": lambda: training_step([784, 16, 16, 10], 32),
    "step-784-512-512-10": lambda: training_step([784, 512, 512, 10], 128),
    "matmul-256": lambda: matmul(256),
    "matmul-512": lambda: matmul(512),
    "matmul-1024": lambda: matmul(1024),
    "softmax": softmax,
    "layernorm": layer_norm,
    "gelu-tanh": lambda: gelu("tanh"),
    "gelu-erf": lambda: gelu("none"),
}


def calls_for(call, seconds):
    """Nanoseconds of each call during that many seconds; at least three calls."""
    times = []
    end = time.perf_counter_ns() + int(seconds * 1e9)
    while len(times) < 3 or time.perf_counter_ns() < end:
        start = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - start)
    return times


def blas_library():
    """The BLAS in use, with its folder, which tells the variant: openblas-openmp/libopenblas…"""
    try:
        with open("/proc/self/maps") as maps:
            paths = sorted({line.split()[-1] for line in maps if "/" in line})
    except OSError:
        return "unknown BLAS"
    for path in paths:
        folder, name = os.path.split(path)
        if "openblas" in name or "mkl" in name:
            return os.path.join(os.path.basename(folder), name)
    return "its own BLAS"


def main():
    torch.manual_seed(1)
    prepared = {}
    torch.mm(torch.ones(8, 8), torch.ones(8, 8))
    print(f"ready PyTorch {torch.__version__} with {blas_library()}", flush=True)
    for line in sys.stdin:
        try:
            name, threads = line.split()
            torch.set_num_threads(int(threads))
            if name not in prepared:
                prepared[name] = WORKS[name]()
            calls_for(prepared[name], WARM_UP_SECONDS)
            times = sorted(calls_for(prepared[name], TURN_SECONDS))
            print(f"{times[len(times) // 2] / 1e3:.3f} {times[0] / 1e3:.3f} {len(times)}", flush=True)
        except Exception as fault:  # Whatever it is, the driver shows it and goes on.
            print(f"error {type(fault).__name__}: {fault}", flush=True)


if __name__ == "__main__":
    main()
