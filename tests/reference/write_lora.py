"""Writes the numbers of a training of LoRA adapters: lora_classifier.safetensors, laid out as write_models.py does with the adapters' parameters and
gradients alone learning, and lora_adapter.safetensors, the adapters after the last step under the names that peft writes.

LoRA itself is plain PyTorch: y = W x + b + alpha / rank * B A x (Hu et al. 2021), W and b frozen."""

import os

import torch
import torch.nn.functional as F
from torch import nn

import safetensors_file
import write_models

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, LEARNING_RATE, WEIGHT_DECAY, EPSILON = 10, 1e-2, 0.01, 1e-8


class Adapted(nn.Module):
    """A linear layer with an adapter; transposed, its weight is [inputs, outputs], as Conv1D of GPT-2 has it."""

    def __init__(self, inputs, outputs, rank, alpha, transposed=False):
        super().__init__()
        self.transposed = transposed
        self.weight = nn.Parameter(torch.empty((inputs, outputs) if transposed else (outputs, inputs)), requires_grad=False)
        self.bias = nn.Parameter(torch.empty(outputs), requires_grad=False)
        self.lora_A = nn.Linear(inputs, rank, bias=False)
        self.lora_B = nn.Linear(rank, outputs, bias=False)
        self.scale = alpha / rank

    def forward(self, x):
        weight = self.weight.t() if self.transposed else self.weight
        return F.linear(x, weight, self.bias) + self.scale * self.lora_B(self.lora_A(x))

    def merged(self):
        added = self.scale * self.lora_B.weight @ self.lora_A.weight
        return self.weight + (added.t() if self.transposed else added)


class LoraClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = Adapted(20, 9, rank=3, alpha=12)
        self.hidden2 = Adapted(9, 7, rank=2, alpha=2, transposed=True)
        self.output = nn.Linear(7, 5)
        self.output.requires_grad_(False)

    def forward(self, features):
        return self.output(F.relu(self.hidden2(F.relu(self.hidden1(features)))))


def main():
    generator = torch.Generator().manual_seed(12)
    model = LoraClassifier()
    write_models.randomise(model, generator)
    # As peft starts: nothing is added. So the first gradients of the As are zero, and only those of the Bs are not.
    with torch.no_grad():
        model.hidden1.lora_B.weight.zero_()
        model.hidden2.lora_B.weight.zero_()
    batches = [(torch.randn(6, 20, generator=generator), torch.randint(5, (6,), generator=generator)) for _ in range(STEPS)]
    model.double()
    learning = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    optimizer = torch.optim.AdamW(learning.values(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, eps=EPSILON)
    recorded = {}

    def record(key, value):
        recorded.setdefault(key, []).append(value.detach().double().clone())

    for features, labels in batches:
        for name, parameter in model.named_parameters():
            record(f"parameters/{name}", parameter)
        record("inputs/features", features)
        record("inputs/labels", labels)
        logits = model(features.double())
        record("outputs/logits", logits)
        loss = F.cross_entropy(logits, labels)
        record("losses", loss)
        optimizer.zero_grad()
        loss.backward()
        for name, parameter in learning.items():
            record(f"gradients/{name}", parameter.grad)
        optimizer.step()
    for name, parameter in model.named_parameters():
        record(f"parameters/{name}", parameter)
    for name in ("hidden1", "hidden2"):
        record(f"merged/{name}.weight", getattr(model, name).merged())
    record("final/logits", model(batches[0][0].double()))

    tensors = {key: (torch.stack(values).shape, torch.stack(values).flatten().tolist()) for key, values in recorded.items()}
    metadata = {"learning_rate": repr(LEARNING_RATE), "weight_decay": repr(WEIGHT_DECAY), "epsilon": repr(EPSILON), "decays": "matrices"}
    safetensors_file.write(os.path.join(HERE, "lora_classifier.safetensors"), tensors, metadata)
    adapter = {f"base_model.model.{name}": (p.shape, p.flatten().tolist()) for name, p in learning.items()}
    safetensors_file.write(os.path.join(HERE, "lora_adapter.safetensors"), adapter, {"format": "pt"})


if __name__ == "__main__":
    main()
