"""Writes float32 tensors as a safetensors file, with Python's standard library only."""

import json
import struct


def write(path, tensors, metadata):
    """tensors: name -> (shape, flat list of numbers); metadata: name -> text."""
    header = {"__metadata__": metadata}
    data = bytearray()
    for name, (shape, values) in tensors.items():
        begin = len(data)
        data += struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
