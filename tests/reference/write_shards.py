"""Writes a classifier's weights as other people's programs keep them: three files and an index, as Hugging Face's libraries write them,
in BF16, F16, F64 and F32, under other names, a weight with its axes exchanged, a head of another size, a buffer that no model has.
Beside the folder, what the numbers are as floats."""

import json
import os
import struct

import torch

import safetensors_file

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sharded")
NAMES = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}


def data(tensor):
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    return tensor.contiguous().numpy().tobytes()


def write(path, tensors):
    header, body = {"__metadata__": {"format": "pt"}}, bytearray()
    for name, tensor in tensors.items():
        begin = len(body)
        body += data(tensor)
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [begin, len(body)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def main():
    torch.manual_seed(11)
    # From a file's name to the model's, and whether the axes are exchanged.
    tensors = {
        "encoder.layer.0.dense.weight": ("hidden1.weight", torch.randn(20, 9).to(torch.bfloat16), True),
        "encoder.layer.0.dense.bias": ("hidden1.bias", torch.randn(9).to(torch.float16) * 1e-4, False),
        "encoder.layer.1.dense.weight": ("hidden2.weight", torch.randn(9, 7, dtype=torch.float64), True),
        "encoder.layer.1.dense.bias": ("hidden2.bias", torch.randn(7).to(torch.bfloat16), False),
        "encoder.position_ids": (None, torch.arange(4), False),
        "score.weight": (None, torch.randn(3, 7), False),
        "score.bias": (None, torch.randn(3), False),
    }
    files = [list(tensors)[:2], list(tensors)[2:4], list(tensors)[4:]]
    os.makedirs(FOLDER, exist_ok=True)
    index = {"metadata": {"total_size": sum(t.numel() * t.element_size() for _, t, _ in tensors.values())}, "weight_map": {}}
    for number, names in enumerate(files, 1):
        file = f"model-{number:05}-of-{len(files):05}.safetensors"
        write(os.path.join(FOLDER, file), {name: tensors[name][1] for name in names})
        index["weight_map"].update({name: file for name in names})
    with open(os.path.join(FOLDER, "model.safetensors.index.json"), "w") as file:
        json.dump(index, file, indent=2)
        file.write("\n")

    expected = {}
    for name, tensor, is_transposed in tensors.values():
        if name is not None:
            values = (tensor.t() if is_transposed else tensor).float().contiguous()
            expected["parameters/" + name] = ([1, *values.shape], values.flatten().tolist())
    safetensors_file.write(FOLDER + "_expected.safetensors", expected, {})


if __name__ == "__main__":
    main()
