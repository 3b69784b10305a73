"""Writes the numbers of a training with parameter groups and weighted rows: weighted_classifier.safetensors.

Each update is on one batch of up to six rows, as PyTorch has it: the mean weighted by rows and classes, -1 left out. The groups have rates, decays and
norms to clip to of their own. The test gives the same rows in two steps whose weights are the sums of those of their rows; the last update has the
first of its two steps alone."""

import os

import torch
import torch.nn.functional as F

import models
import safetensors_file
import write_models

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, FIRST, INPUTS, CLASSES = 10, 4, 20, 5
LEARNING_RATE, WEIGHT_DECAY, EPSILON, CLIP_NORM = 1e-2, 0.1, 1e-8, 0.4


def groups_of(model):
    """The first group that has a parameter counts."""
    return [
        ([model.output.weight, model.output.bias], {"lr": 3e-2, "weight_decay": 0.02}, 0.15),
        ([model.hidden1.bias, model.hidden2.bias], {"lr": LEARNING_RATE, "weight_decay": 0.0}, None),
        ([model.hidden2.weight], {"lr": 2e-3, "weight_decay": 0.5}, None),
        ([model.hidden1.weight], {"lr": LEARNING_RATE, "weight_decay": WEIGHT_DECAY}, None),
    ]


def loss_of(model, features, labels, rows, classes):
    logits = model.outputs(features, labels)["logits"]
    losses = F.cross_entropy(logits, labels, classes, ignore_index=-1, reduction="none") * rows
    counts = rows * (labels >= 0) * classes[labels.clamp(min=0)]
    return losses.sum() / counts.sum(), counts


def main():
    generator = torch.Generator().manual_seed(31)
    model = models.SmallClassifier()
    write_models.randomise(model, generator)
    model.double()
    classes = (torch.rand(CLASSES, generator=generator) + 0.5).double()
    groups = groups_of(model)
    optimizer = torch.optim.AdamW([{"params": p, **settings} for p, settings, _ in groups], eps=EPSILON)
    recorded = {}

    def record(key, value):
        recorded.setdefault(key, []).append(value.detach().double().clone())

    for step in range(STEPS):
        features = torch.randn(6, INPUTS, generator=generator)
        labels = torch.randint(-1, CLASSES, (6,), generator=generator)
        labels[0] = step % CLASSES
        rows = torch.randint(1, 5, (6,), generator=generator) / 2
        for name, parameter in model.named_parameters():
            record(f"parameters/{name}", parameter)
        record("inputs/features", features)
        record("inputs/labels", labels)
        record("inputs/rows", rows)
        record("inputs/classes", classes)
        used = FIRST if step == STEPS - 1 else 6
        loss, counts = loss_of(model, features[:used].double(), labels[:used], rows[:used].double(), classes)
        record("losses", loss)
        record("weights", torch.stack([counts[:FIRST].sum(), counts[FIRST:].sum()]))
        optimizer.zero_grad()
        loss.backward()
        record("norms", torch.sqrt(sum(p.grad.square().sum() for p in model.parameters())))
        for parameters, _, norm in groups:
            if norm is not None:
                torch.nn.utils.clip_grad_norm_(parameters, norm)
        torch.nn.utils.clip_grad_norm_([p for parameters, _, norm in groups if norm is None for p in parameters], CLIP_NORM)
        optimizer.step()
    for name, parameter in model.named_parameters():
        record(f"parameters/{name}", parameter)

    tensors = {key: (torch.stack(values).shape, torch.stack(values).flatten().tolist()) for key, values in recorded.items()}
    metadata = {"learning_rate": repr(LEARNING_RATE), "weight_decay": repr(WEIGHT_DECAY), "epsilon": repr(EPSILON), "clip_norm": repr(CLIP_NORM), "decays": "all"}
    safetensors_file.write(os.path.join(HERE, "weighted_classifier.safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()
