"""Ten updates by each of PyTorch's optimizers, for the tests of our own.

Usage: python3 optimizers.py > optimizers.json        (made with PyTorch 1.13.1 on the CPU)

Every case starts from the same two parameters and is given the same gradients, so the file holds them once. Each case
records all values, weight then bias, after updates 1, 2 and 10. Clipping and accumulation use the same gradients.
"""

import json

import torch

SHAPES = {"weight": [3, 7], "bias": [3]}
UPDATES = 10
RECORDED = (1, 2, 10)

def flat(tensors):
    return [float("%.9g" % value) for tensor in tensors for value in tensor.detach().flatten().tolist()]

CASES = {
    "sgd": lambda w, b: torch.optim.SGD([w, b], lr=0.05),
    "sgd decay": lambda w, b: torch.optim.SGD([w, b], lr=0.05, weight_decay=0.1),
    "sgd momentum": lambda w, b: torch.optim.SGD([w, b], lr=0.05, momentum=0.9),
    "sgd momentum dampening decay": lambda w, b: torch.optim.SGD([w, b], lr=0.05, momentum=0.8, dampening=0.3, weight_decay=0.1),
    "sgd nesterov": lambda w, b: torch.optim.SGD([w, b], lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda w, b: torch.optim.Adam([w, b]),
    "adam decay": lambda w, b: torch.optim.Adam([w, b], lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "adamw": lambda w, b: torch.optim.AdamW([w, b], lr=0.02),
    "adamw large decay": lambda w, b: torch.optim.AdamW([w, b], lr=0.02, betas=(0.9, 0.95), weight_decay=0.5),
    "adamw matrices": lambda w, b: torch.optim.AdamW(
        [{"params": [w], "weight_decay": 0.5}, {"params": [b], "weight_decay": 0.0}], lr=0.02),
    "adamw clip": lambda w, b: torch.optim.AdamW([w, b], lr=0.02),
    "sgd clip": lambda w, b: torch.optim.SGD([w, b], lr=0.05),
    "sgd accumulate": lambda w, b: torch.optim.SGD([w, b], lr=0.05, momentum=0.9),
    "adamw groups": lambda w, b: torch.optim.AdamW(
        [{"params": [w], "lr": 0.02, "weight_decay": 0.5}, {"params": [b], "lr": 0.1, "weight_decay": 0.2}]),
    "sgd groups clip": lambda w, b: torch.optim.SGD([{"params": [w], "lr": 0.05}, {"params": [b], "lr": 0.2}], lr=0.05, momentum=0.9),
    "adamw cosine": lambda w, b: torch.optim.AdamW([w, b], lr=0.02),
}
CLIP = {"adamw clip": 0.7, "sgd clip": 0.7}
# Each parameter by itself.
CLIP_EACH = {"sgd groups clip": (0.5, 0.2)}
ACCUMULATE = {"sgd accumulate": 2}
COSINE = {"adamw cosine": 10}

def run(name, initial, gradients):
    parameters = [torch.nn.Parameter(value.clone()) for value in initial]
    optimizer = CASES[name](*parameters)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, COSINE[name]) if name in COSINE else None
    accumulate = ACCUMULATE.get(name, 1)
    records = {}
    for step in range(UPDATES):
        if step % accumulate == 0:
            optimizer.zero_grad()
            for parameter in parameters:
                parameter.grad = torch.zeros_like(parameter)
        for parameter, gradient in zip(parameters, gradients[step]):
            parameter.grad += gradient / accumulate
        if (step + 1) % accumulate == 0:
            if name in CLIP:
                torch.nn.utils.clip_grad_norm_(parameters, CLIP[name])
            for parameter, norm in zip(parameters, CLIP_EACH.get(name, ())):
                torch.nn.utils.clip_grad_norm_([parameter], norm)
            optimizer.step()
            if schedule:
                schedule.step()
        if step + 1 in RECORDED:
            records[str(step + 1)] = flat(parameters)
    return records

def main():
    generator = torch.Generator().manual_seed(11)
    initial = [torch.randn(shape, generator=generator) for shape in SHAPES.values()]
    # Sizes over several powers of ten, so that epsilon, clipping and the corrections all show.
    gradients = [
        [torch.randn(shape, generator=generator) * 10.0 ** (step % 5 - 3) for shape in SHAPES.values()]
        for step in range(UPDATES)
    ]
    print(json.dumps({
        "initial": flat(initial),
        "gradients": [flat(gradient) for gradient in gradients],
        "cases": {name: run(name, initial, gradients) for name in CASES},
    }, indent=None, separators=(",", ":")).replace("],", "],\n"))

if __name__ == "__main__":
    main()
