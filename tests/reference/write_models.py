#!/usr/bin/env python3
"""Writes the numbers that the end-to-end tests compare with: nine models, ten steps of AdamW each.

    python3 write_models.py [NAME ...]

Needs PyTorch (1.13 or later). Weights and inputs are float32 numbers; everything after them is computed in float64 and
rounded at the end, so a difference measures the error of the other side. README.md says what the files hold.
"""

import copy
import os
import re
import sys

import torch

import models
import safetensors_file
import transformers

STEPS = 10
NORMS = re.compile(r"\b(ln_\w|norm\d)\.weight$")
BETAS = (0.9, 0.999)
STATE = ("running_mean", "running_var", "num_batches_tracked")


def randomise(model, generator):
    """Every parameter its own values, also gains and biases of norms: a one or a zero would hide a mistake."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            scale = parameter.shape[-1] ** -0.5 if parameter.dim() > 1 and "embedding" not in name else 0.5
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale)
            if name.lower().endswith(("norm.weight", "rms.weight", "scale")) or NORMS.search(name):
                parameter += 1


def optimizer_of(model, learning_rate, weight_decay, epsilon, decay_all):
    decaying = [p for p in model.parameters() if decay_all or p.dim() > 1]
    others = [p for p in model.parameters() if not (decay_all or p.dim() > 1)]
    groups = [{"params": decaying, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW([g for g in groups if g["params"]], lr=learning_rate, betas=BETAS, eps=epsilon)


def run(name, model, seed, learning_rate, weight_decay, epsilon, decay_all, steps=STEPS):
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    generator = torch.Generator().manual_seed(seed)
    randomise(model, generator)
    batches = [model.inputs(generator) for _ in range(steps)]
    model = copy.deepcopy(model).double()
    optimizer = optimizer_of(model, learning_rate, weight_decay, epsilon, decay_all)
    recorded = {}

    def record(key, tensor):
        recorded.setdefault(key, []).append(tensor.detach().double().clone())

    def record_parameters():
        for key, parameter in model.named_parameters():
            record(f"parameters/{key}", parameter)
        for key, buffer in model.named_buffers():
            if key.endswith(STATE):
                record(f"states/{key}", buffer)

    record_parameters()
    for batch in batches:
        for key, value in batch.items():
            record(f"inputs/{key}", value)
        wide = {key: value.double() if value.is_floating_point() else value for key, value in batch.items()}
        for key, value in model.outputs(**wide).items():
            record(f"outputs/{key}", value)
        loss = model.loss(**wide)
        record("losses", loss)
        optimizer.zero_grad()
        loss.backward()
        for key, parameter in model.named_parameters():
            record(f"gradients/{key}", parameter.grad)
        optimizer.step()
        record_parameters()

    tensors = {}
    for key, values in recorded.items():
        stacked = torch.stack(values)
        tensors[key] = (stacked.shape, stacked.flatten().tolist())
    metadata = {
        "learning_rate": repr(learning_rate),
        "weight_decay": repr(weight_decay),
        "epsilon": repr(epsilon),
        "decays": "all" if decay_all else "matrices",
        "made_with": f"torch {torch.__version__}",
    }
    here = os.path.dirname(os.path.abspath(__file__))
    safetensors_file.write(os.path.join(here, f"{name}.safetensors"), tensors, metadata)


if __name__ == "__main__":
    # Adam divides a gradient by its own size: where gradients come near epsilon, their rounding errors would show in
    # the parameters. The second model's are small, so its epsilon is larger.
    run("small_classifier", models.SmallClassifier(), 1, 1e-2, weight_decay=0.01, epsilon=1e-8, decay_all=False)
    run("token_tagger", models.TokenTagger(), 2, 3e-3, weight_decay=0.1, epsilon=1e-4, decay_all=True)
    run("operation_mix", models.OperationMix(), 3, 1e-2, weight_decay=0.05, epsilon=1e-6, decay_all=False)
    run("loss_mix", models.LossMix(), 9, 3e-3, weight_decay=0.05, epsilon=1e-4, decay_all=False)
    # Softmax ignores what all keys have in common: the gradient of a bias of the keys is rounding errors, so epsilon is larger.
    run("normalized_classifier", models.NormalizedClassifier(), 8, 1e-2, weight_decay=0.01, epsilon=1e-4, decay_all=False)
    run("tiny_gpt2", transformers.TinyGpt2(), 4, 3e-3, weight_decay=0.1, epsilon=1e-4, decay_all=False)
    run("tiny_llama", transformers.TinyLlama(), 5, 3e-3, weight_decay=0.1, epsilon=1e-4, decay_all=True)
    run("tiny_bert", transformers.TinyBert(), 6, 3e-3, weight_decay=0.01, epsilon=1e-4, decay_all=False)
    run("tiny_translator", transformers.TinyTranslator(), 7, 3e-3, weight_decay=0.01, epsilon=1e-4, decay_all=False, steps=2)
