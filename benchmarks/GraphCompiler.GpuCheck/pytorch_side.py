#!/usr/bin/env python3
"""PyTorch's side of the GPU check: a process that measures what it is asked to, and compares numbers.

    python3 pytorch_side.py [--compile]

The protocol is at the top of DeviceSide.cs, works' names are those of Works.cs: a kind, sizes, a precision. FP32 is without
TF32; TF32 is allowed for matrix products where the name says so; of the language models BF16 is autocast, as PyTorch's users
train; of products and attention BF16 and FP16 are the tensors' type. AdamW is the fused one. Every input is random.
"""

import contextlib
import gc
import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F

BATCH_SECONDS = 0.07
BATCHES_OF_TURN = 3
WARM_UP_SECONDS = 0.05
FIRST_WARM_UP_SECONDS = 0.5
TOKEN_BATCHES = 16
CHAIN = 8

COMPILES = "--compile" in sys.argv[1:]
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
TYPES = {"fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}

# Vocabulary, context, layers, heads, width.
GPTS = {"gpt2": (50257, 1024, 12, 12, 768), "tiny": (65, 64, 4, 4, 128), "small": (17, 8, 2, 2, 16)}


def sizes_of(text):
    return [int(size) for size in text.split("x")]


def synchronize():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def compiled(function):
    return torch.compile(function) if COMPILES else function


def without_gradients(function):
    def run():
        with torch.no_grad():
            function()

    return run


def normal(*shape, dtype=torch.float32):
    return torch.randn(*shape, device=DEVICE).to(dtype)


# Language models, with the parameters' names of Models/Gpt.cs.


class Attention(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.c_attn = torch.nn.Linear(width, 3 * width)
        self.c_proj = torch.nn.Linear(width, width)

    def forward(self, x, cache=None, position=None):
        batch, length, width = x.shape
        q, k, v = (part.view(batch, length, self.heads, width // self.heads).transpose(1, 2) for part in self.c_attn(x).split(width, dim=2))
        if cache is None:
            y = attend(q, k, v)
        else:
            keys, values = cache
            keys[:, :, position : position + length] = k
            values[:, :, position : position + length] = v
            y = attend(q, keys[:, :, : position + length].to(q.dtype), values[:, :, : position + length].to(q.dtype), causal=False)
        return self.c_proj(y.transpose(1, 2).reshape(batch, length, width))


def attend(q, k, v, causal=True):
    """PyTorch has a fused attention from version 2 on; before, the products and the softmax."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    scores = (q @ k.transpose(-2, -1)) / math.sqrt(q.shape[-1])
    if causal:
        mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool, device=q.device).tril()
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, -1) @ v


class Mlp(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc = torch.nn.Linear(width, 4 * width)
        self.c_proj = torch.nn.Linear(4 * width, width)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1 = torch.nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.ln_2 = torch.nn.LayerNorm(width)
        self.mlp = Mlp(width)

    def forward(self, x, cache=None, position=None):
        x = x + self.attn(self.ln_1(x), cache, position)
        return x + self.mlp(self.ln_2(x))


class Gpt(torch.nn.Module):
    def __init__(self, vocabulary, context, layers, heads, width):
        super().__init__()
        self.wte = torch.nn.Embedding(vocabulary, width)
        self.wpe = torch.nn.Embedding(context, width)
        self.h = torch.nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln_f = torch.nn.LayerNorm(width)
        self.cache_shape = (1, heads, context, width // heads)
        for parameter in self.parameters():
            if parameter.dim() >= 2:
                torch.nn.init.normal_(parameter, std=0.02)

    def forward(self, tokens, position=0, caches=None):
        x = self.wte(tokens) + self.wpe.weight[position : position + tokens.shape[1]]
        for index, block in enumerate(self.h):
            x = block(x, None if caches is None else caches[index], position)
        return F.linear(self.ln_f(x), self.wte.weight)

    def loss(self, tokens, targets):
        logits = self(tokens)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))

    def caches(self, dtype):
        return [tuple(torch.zeros(self.cache_shape, device=DEVICE, dtype=dtype) for _ in range(2)) for _ in self.h]


def autocast(precision):
    if precision in ("bf16", "fp16"):
        return torch.autocast(DEVICE, dtype=TYPES[precision])
    return contextlib.nullcontext()


def adamw(parameters, rate):
    return torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01, **({"fused": True} if DEVICE == "cuda" else {"foreach": True}))


# Works: each gives a function that does one call.


def matmul(sizes, precision):
    (size,) = sizes_of(sizes)
    a, b = normal(size, size, dtype=TYPES[precision]), normal(size, size, dtype=TYPES[precision])
    c = torch.empty_like(a)
    return without_gradients(lambda: torch.mm(a, b, out=c))


def chain(sizes, precision):
    """Several products one after the other, as in a network: a call is one of them."""
    (size,) = sizes_of(sizes)
    x = normal(size, size, dtype=TYPES[precision])
    weights = [normal(size, size, dtype=TYPES[precision]) / math.sqrt(size) for _ in range(CHAIN)]

    def run():
        y = x
        for weight in weights:
            y = y @ weight

    return without_gradients(run)


def rows(operation):
    def prepare(sizes, precision):
        x = normal(*sizes_of(sizes))
        function = compiled(operation(x))
        return without_gradients(lambda: function(x))

    return prepare


def layer_norm(x):
    gain, bias = torch.ones(x.shape[-1], device=DEVICE), torch.zeros(x.shape[-1], device=DEVICE)
    return lambda x: F.layer_norm(x, (x.shape[-1],), gain, bias)


def copy(sizes, precision):
    x = normal(*sizes_of(sizes))
    y = torch.empty_like(x)
    return without_gradients(lambda: y.copy_(x))


def adamw_step(sizes, precision):
    numbers = torch.nn.Parameter(normal(*sizes_of(sizes)))
    optimizer = adamw([numbers], 0.1)

    def run():
        optimizer.zero_grad(set_to_none=True)
        numbers.sum().backward()
        optimizer.step()

    return run


def attention(sizes, precision, backward=False):
    q, k, v = (normal(*sizes_of(sizes), dtype=TYPES[precision]).requires_grad_(backward) for _ in range(3))
    if not backward:
        return without_gradients(lambda: attend(q, k, v))

    def run():
        result = attend(q, k, v)
        torch.autograd.grad(result, (q, k, v), result.detach())

    return run


def gpt_step(name, sizes, precision):
    batch, length = sizes_of(sizes)
    vocabulary = GPTS[name][0]
    model = Gpt(*GPTS[name]).to(DEVICE)
    optimizer = adamw(model.parameters(), 1e-4)
    tokens = torch.randint(vocabulary, (TOKEN_BATCHES, 2, batch, length), device=DEVICE)
    loss = compiled(model.loss)
    turn = 0

    def run():
        nonlocal turn
        turn = (turn + 1) % TOKEN_BATCHES
        optimizer.zero_grad(set_to_none=True)
        with autocast(precision):
            value = loss(tokens[turn, 0], tokens[turn, 1])
        value.backward()
        optimizer.step()

    return run


def decode(name, precision):
    model = Gpt(*GPTS[name]).to(DEVICE).to(TYPES[precision])
    context = GPTS[name][1]
    caches = model.caches(TYPES[precision])
    position, token = 0, 0

    def run():
        nonlocal position, token
        logits = model(torch.tensor([[token]], device=DEVICE), position, caches)
        token = int(logits[0, -1].argmax())
        position = (position + 1) % context

    return without_gradients(run)


WORKS = {
    "matmul": matmul,
    "chain": chain,
    "copy": copy,
    "scale": rows(lambda x: lambda x: x * 0.5),
    "softmax": rows(lambda x: lambda x: torch.softmax(x, -1)),
    "layernorm": rows(layer_norm),
    "gelu": rows(lambda x: lambda x: F.gelu(x, approximate="tanh")),
    "adamw": adamw_step,
    "attention": attention,
    "attention-backward": lambda sizes, precision: attention(sizes, precision, backward=True),
    "gpt": gpt_step,
    "decode": decode,
}


# Numbers: ours and PyTorch's own against PyTorch's in double precision.


def raw(folder, name, dtype=torch.float32):
    with open(os.path.join(folder, name), "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=dtype)


def safetensors(path):
    """The tensors of a file: eight bytes of length, that much JSON, then the numbers."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        numbers = bytearray(file.read())
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(numbers, dtype=torch.float32, offset=entry["data_offsets"][0], count=math.prod(entry["shape"])).view(entry["shape"])
        for name, entry in header.items()
    }


def relative_error(found, expected):
    expected = expected.double().flatten()
    return float((found.to(expected.device).double().flatten() - expected).norm() / expected.norm())


def errors_of(function, result, inputs, precision):
    """The function's value of the inputs in double precision, against the given result, and against its own at the precision."""
    exact = function(*(x.to(DEVICE).double() for x in inputs))
    own = function(*(x.to(DEVICE).to(TYPES[precision]) for x in inputs))
    return relative_error(result, exact), relative_error(own, exact)


def check_rows(operation):
    def check(folder, sizes, precision):
        x = raw(folder, "x").view(sizes_of(sizes))
        return errors_of(operation, raw(folder, "result"), [x], precision)

    return check


def check_matmul(folder, sizes, precision):
    (size,) = sizes_of(sizes)
    inputs = [raw(folder, name).view(size, size) for name in ("a", "b")]
    return errors_of(torch.mm, raw(folder, "result"), inputs, precision)


def check_chain(folder, sizes, precision):
    (size,) = sizes_of(sizes)
    inputs = [raw(folder, name).view(size, size) for name in ["x"] + [f"weights.{i}" for i in range(CHAIN)]]

    def product(x, *weights):
        for weight in weights:
            x = x @ weight
        return x

    return errors_of(product, raw(folder, "result"), inputs, precision)


def check_attention(folder, sizes, precision):
    inputs = [raw(folder, name).view(sizes_of(sizes)) for name in ("query", "key", "value")]
    return errors_of(attend, raw(folder, "result"), inputs, precision)


def check_attention_backward(folder, sizes, precision):
    names = ("query", "key", "value")
    inputs = [raw(folder, name).view(sizes_of(sizes)) for name in names]

    def gradients(q, k, v):
        q, k, v = (x.detach().requires_grad_() for x in (q, k, v))
        result = attend(q, k, v)
        return torch.cat([g.flatten() for g in torch.autograd.grad(result, (q, k, v), result.detach())])

    return errors_of(gradients, torch.cat([raw(folder, name + ".gradient") for name in names]), inputs, precision)


def check_adamw(folder, sizes, precision):
    def updated(x):
        numbers = torch.nn.Parameter(x.clone())
        optimizer = adamw([numbers], 0.1)
        for _ in range(2):
            optimizer.zero_grad(set_to_none=True)
            numbers.sum().backward()
            optimizer.step()
        return numbers.detach()

    return errors_of(updated, raw(folder, "result"), [raw(folder, "x")], precision)


def load(name, folder, dtype):
    model = Gpt(*GPTS[name]).to(DEVICE).to(dtype)
    weights = safetensors(os.path.join(folder, "weights.safetensors"))
    missing, _ = model.load_state_dict({key.split(".", 1)[1]: value for key, value in weights.items()}, strict=False)
    if missing:
        raise ValueError(f"The file of weights lacks {missing}")
    return model


def check_gpt(folder, name, sizes, precision):
    """Losses of four steps of training; double precision where it fits."""
    batch, length = sizes_of(sizes)
    exact = torch.float64 if batch * length <= 1024 else torch.float32

    def losses(dtype, context):
        model = load(name, folder, dtype)
        optimizer = adamw(model.parameters(), 1e-4)
        values = []
        for step in range(4):
            tokens, targets = (raw(folder, f"{file}{step}", torch.int32).view(batch, length).long().to(DEVICE) for file in ("tokens", "next"))
            optimizer.zero_grad(set_to_none=True)
            with context:
                value = model.loss(tokens, targets)
            value.backward()
            optimizer.step()
            values.append(value.detach().double())
        return torch.stack(values)

    allow_tf32("fp32")
    expected = losses(exact, contextlib.nullcontext())
    allow_tf32(precision)
    own = losses(torch.float32, autocast(precision))
    return relative_error(raw(folder, "result"), expected), relative_error(own, expected)


def check_decode(folder, name, precision):
    """The logits after the last token of a text, from the whole text at once."""
    tokens = raw(folder, "tokens0", torch.int32).long().to(DEVICE)[None]
    with torch.no_grad():
        expected = load(name, folder, torch.float64)(tokens)[0, -1]
        own = load(name, folder, TYPES[precision])(tokens)[0, -1]
    return relative_error(raw(folder, "result"), expected), relative_error(own, expected)


CHECKS = {
    "matmul": check_matmul,
    "chain": check_chain,
    "scale": check_rows(lambda x: x * 0.5),
    "softmax": check_rows(lambda x: torch.softmax(x, -1)),
    "layernorm": check_rows(lambda x: F.layer_norm(x, x.shape[-1:])),
    "gelu": check_rows(lambda x: F.gelu(x, approximate="tanh")),
    "adamw": check_adamw,
    "attention": check_attention,
    "attention-backward": check_attention_backward,
    "gpt": check_gpt,
    "decode": check_decode,
}


# Turns.


def allow_tf32(precision):
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"


def batch_of(call, calls):
    """Seconds for some calls and one wait."""
    synchronize()
    start = time.perf_counter()
    for _ in range(calls):
        call()
    synchronize()
    return time.perf_counter() - start


def calls_in(call, seconds, warm_up_seconds):
    """Calls for some time, and tells from that how many fit into another."""
    batch_of(call, 1)
    calls, total = 1, 0.0
    while True:
        taken = batch_of(call, calls)
        total += taken
        if total >= warm_up_seconds:
            return max(1, int(calls * seconds / taken))
        calls = max(1, int(min(2 * calls, calls * seconds / taken)))


class Prepared:
    name = None
    call = None


def forget():
    Prepared.name = Prepared.call = None
    if COMPILES:
        torch._dynamo.reset()
    gc.collect()
    if DEVICE == "cuda":
        torch.cuda.empty_cache()


def measure(name):
    words = name.split()
    is_first = Prepared.name != name
    allow_tf32(words[-1])
    if is_first:
        forget()
        Prepared.call = WORKS[words[0]](*words[1:])
        Prepared.name = name
    calls = calls_in(Prepared.call, BATCH_SECONDS, FIRST_WARM_UP_SECONDS if is_first else WARM_UP_SECONDS)
    times = sorted(batch_of(Prepared.call, calls) / calls for _ in range(BATCHES_OF_TURN))
    if words[0] == "chain":
        times = [taken / CHAIN for taken in times]
    return f"time {times[BATCHES_OF_TURN // 2] * 1e6:.3f} {calls * BATCHES_OF_TURN}"


def check(name, folder):
    words = name.split()
    forget()
    allow_tf32(words[-1])
    ours, own = CHECKS[words[0]](folder, *words[1:])
    forget()
    return f"errors {ours:.3e} {own:.3e}"


def main():
    if COMPILES and not hasattr(torch, "compile"):
        print(f"error PyTorch {torch.__version__} has no torch.compile", flush=True)
        return
    torch.manual_seed(1)
    card = torch.cuda.get_device_name() if DEVICE == "cuda" else "CPU"
    print(f"ready {card}|PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        words = line.split()
        try:
            answer = measure(" ".join(words[1:])) if words[0] == "measure" else check(" ".join(words[1:-1]), words[-1])
        except Exception as fault:  # Whatever it is, the driver shows it and goes on.
            forget()
            answer = f"error {type(fault).__name__}: {fault}"
        print(" ".join(answer.split()), flush=True)


if __name__ == "__main__":
    main()
