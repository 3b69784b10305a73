#!/usr/bin/env python3
"""PyTorch's side of the comparison that compare.py drives: a process that measures what it is asked to.

Both sides speak this protocol on standard input and output, a line at a time:

    at the start, the process:   ready TEXT                     (what it is: name, version, libraries)
    then the driver:             NAME THREADS                   (a work from the table below, threads to compute with)
    and the process:             MEDIAN BEST CALLS              (microseconds per call, microseconds, how many calls)
                           or:   error TEXT                     (it does not know the work, or failed)
    or the driver:               memory                         (what the process has needed so far)
    and the process:             MIB                            (the most memory it ever had resident)
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
    attention             causal attention, batch 4, 12 heads, 256 tokens, head size 64, forward
    attention-backward    the same forward, then the gradients of query, key and value
    tinygpt-step          one training step with AdamW of nanoGPT's small model of characters: vocabulary 65, 4 layers,
                          4 heads, width 128, no biases, batch 12 of 64 tokens, different tokens every call
    gpt2-step             the same of GPT-2's smallest size, 124 M parameters, batch 4 of 64 tokens

Inputs are uniform in [0, 1) for the steps and normal for the others, float32. The learning rate of the steps is 1e-6:
a small network that has learned its few batches by heart would compute with denormal gradients, which no training does.
"""

import os
import resource
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


class Block(torch.nn.Module):
    """nanoGPT's. Attention is written out: this is what it does where PyTorch has no fused one."""

    def __init__(self, width, heads, context, bias):
        super().__init__()
        self.heads = heads
        self.ln_1 = LayerNorm(width, bias)
        self.c_attn = torch.nn.Linear(width, 3 * width, bias=bias)
        self.c_proj = torch.nn.Linear(width, width, bias=bias)
        self.ln_2 = LayerNorm(width, bias)
        self.c_fc = torch.nn.Linear(width, 4 * width, bias=bias)
        self.c_mlp_proj = torch.nn.Linear(4 * width, width, bias=bias)
        self.register_buffer("mask", ~torch.tril(torch.ones(context, context, dtype=torch.bool)), persistent=False)

    def forward(self, x):
        x = x + self.attend(self.ln_1(x))
        return x + self.c_mlp_proj(torch._C._nn.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))

    def attend(self, x):
        batch, time, width = x.shape
        q, k, v = (
            part.view(batch, time, self.heads, width // self.heads).transpose(1, 2) for part in self.c_attn(x).split(width, dim=2)
        )
        y = attend(q, k, v, self.mask[:time, :time])
        return self.c_proj(y.transpose(1, 2).contiguous().view(batch, time, width))


def attend(q, k, v, mask):
    """PyTorch has a fused attention from version 2 on; before, the products and the softmax."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    scores = (q @ k.transpose(-2, -1)) * (1.0 / q.shape[-1] ** 0.5)
    return torch.softmax(scores.masked_fill(mask, float("-inf")), -1) @ v


class LayerNorm(torch.nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(width))
        self.bias = torch.nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, 1e-5)


class Gpt(torch.nn.Module):
    def __init__(self, vocabulary, context, layers, heads, width, bias):
        super().__init__()
        self.wte = torch.nn.Embedding(vocabulary, width)
        self.wpe = torch.nn.Embedding(context, width)
        self.h = torch.nn.ModuleList(Block(width, heads, context, bias) for _ in range(layers))
        self.ln_f = LayerNorm(width, bias)
        for parameter in self.parameters():
            if parameter.dim() >= 2:
                torch.nn.init.normal_(parameter, std=0.02)

    def loss(self, tokens, targets):
        x = self.wte(tokens) + self.wpe.weight[: tokens.shape[1]]
        for block in self.h:
            x = block(x)
        logits = F.linear(self.ln_f(x), self.wte.weight)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


def gpt_step(batch, time, vocabulary, **sizes):
    model = Gpt(vocabulary=vocabulary, **sizes)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, foreach=True)
    tokens = [torch.randint(vocabulary, (2, batch, time)) for _ in range(BATCHES)]
    turn = 0

    def call():
        nonlocal turn
        turn = (turn + 1) % BATCHES
        optimizer.zero_grad(set_to_none=True)
        model.loss(*tokens[turn]).backward()
        optimizer.step()

    return call


def attention(backward):
    q, k, v, d = (torch.randn(4, 12, 256, 64, requires_grad=backward) for _ in range(4))
    mask = ~torch.tril(torch.ones(256, 256, dtype=torch.bool))
    if not backward:
        return without_gradients(lambda: attend(q, k, v, mask))

    def call():
        torch.autograd.grad(attend(q, k, v, mask), (q, k, v), d)

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
    "attention": lambda: attention(backward=False),
    "attention-backward": lambda: attention(backward=True),
    "tinygpt-step": lambda: gpt_step(12, 64, 65, context=64, layers=4, heads=4, width=128, bias=False),
    "gpt2-step": lambda: gpt_step(4, 64, 50257, context=1024, layers=12, heads=12, width=768, bias=True),
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
            if line.strip() == "memory":
                print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
                continue
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
