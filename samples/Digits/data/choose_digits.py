#!/usr/bin/env python3
"""Chooses the digits this folder ships from the full MNIST files.

    python3 choose_digits.py DIRECTORY_WITH_THE_FULL_MNIST

The choice is stratified: each class keeps its share of the full set (largest remainders), and within a class the
digits are drawn with a fixed seed and left in their original order. Training digits come from MNIST's training file
and test digits from its test file only. Needs nothing but Python's standard library.
"""

import gzip
import os
import random
import struct
import sys

PIXELS = 28 * 28
CHOICES = (("train", 10_000), ("t10k", 2_000))
SEED = 1


def read_images(path):
    with gzip.open(path) as file:
        magic, count, rows, columns = struct.unpack(">4i", file.read(16))
        assert (magic, rows, columns) == (0x803, 28, 28), path
        data = file.read()
    assert len(data) == count * PIXELS, path
    return [data[i * PIXELS : (i + 1) * PIXELS] for i in range(count)]


def read_labels(path):
    with gzip.open(path) as file:
        magic, count = struct.unpack(">2i", file.read(8))
        assert magic == 0x801, path
        data = file.read()
    assert len(data) == count, path
    return data


def write(path, header, data):
    # No name and no time in the header: the same choice gives the same bytes.
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as compressed:
        compressed.write(header + data)


def choose(labels, wanted):
    """Indices of `wanted` examples, each class with its share of all, in their original order."""
    by_class = {}
    for index, label in enumerate(labels):
        by_class.setdefault(label, []).append(index)
    exact = {label: wanted * len(members) / len(labels) for label, members in by_class.items()}
    quota = {label: int(share) for label, share in exact.items()}
    by_remainder = sorted(exact, key=lambda label: (quota[label] - exact[label], label))
    for label in by_remainder[: wanted - sum(quota.values())]:
        quota[label] += 1
    generator = random.Random(SEED)
    return sorted(index for label in sorted(by_class) for index in generator.sample(by_class[label], quota[label]))


def main(source):
    here = os.path.dirname(os.path.abspath(__file__))
    for part, wanted in CHOICES:
        images = read_images(os.path.join(source, f"{part}-images-idx3-ubyte.gz"))
        labels = read_labels(os.path.join(source, f"{part}-labels-idx1-ubyte.gz"))
        chosen = choose(labels, wanted)
        write(
            os.path.join(here, f"{part}-images-idx3-ubyte.gz"),
            struct.pack(">4i", 0x803, wanted, 28, 28),
            b"".join(images[i] for i in chosen),
        )
        write(
            os.path.join(here, f"{part}-labels-idx1-ubyte.gz"),
            struct.pack(">2i", 0x801, wanted),
            bytes(labels[i] for i in chosen),
        )


if __name__ == "__main__":
    main(sys.argv[1])
