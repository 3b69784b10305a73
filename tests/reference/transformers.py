"""The PyTorch twins of the transformers in tests/GraphCompiler.EndToEnd.Tests/Models, name for name."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from models import RmsNorm


def attend(query, key, value, seen=None):
    """Attention written out, on [..., heads, time, size]; seen says which keys a query may look at."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if seen is not None:
        scores = scores.masked_fill(~seen, -math.inf)
    return torch.softmax(scores, -1) @ value


def heads(x, count):
    return x.unflatten(-1, (count, -1)).transpose(-3, -2)


def join(x):
    return x.transpose(-3, -2).flatten(-2)


def causal(time, window=0):
    query, key = torch.arange(time)[:, None], torch.arange(time)[None, :]
    return (key <= query) & (key > query - window) if window else key <= query


class Conv1D(nn.Module):
    """GPT-2's projection: a linear layer whose weight is stored [inputs, outputs]."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class Gpt2Attention(nn.Module):
    def __init__(self, width, count):
        super().__init__()
        self.c_attn, self.c_proj, self.count = Conv1D(width, 3 * width), Conv1D(width, width), count

    def forward(self, x):
        query, key, value = (heads(part, self.count) for part in self.c_attn(x).chunk(3, -1))
        return self.c_proj(join(attend(query, key, value, causal(x.shape[-2]))))


class Gpt2Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc, self.c_proj = Conv1D(width, 4 * width), Conv1D(4 * width, width)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Gpt2Block(nn.Module):
    def __init__(self, width, count):
        super().__init__()
        self.ln_1, self.attn = nn.LayerNorm(width), Gpt2Attention(width, count)
        self.ln_2, self.mlp = nn.LayerNorm(width), Gpt2Mlp(width)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class TinyGpt2(nn.Module):
    """GPT-2 with two blocks and the names of Hugging Face's checkpoints; the output layer is the embedding's weight."""

    BATCH, TIME, CONTEXT, VOCABULARY, WIDTH, HEADS, LAYERS = 3, 7, 12, 19, 8, 2, 2

    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(self.VOCABULARY, self.WIDTH)
        self.wpe = nn.Embedding(self.CONTEXT, self.WIDTH)
        self.h = nn.ModuleList(Gpt2Block(self.WIDTH, self.HEADS) for _ in range(self.LAYERS))
        self.ln_f = nn.LayerNorm(self.WIDTH)

    def inputs(self, generator):
        text = torch.randint(self.VOCABULARY, (self.BATCH, self.TIME + 1), generator=generator)
        return {"ids": text[:, :-1], "labels": text[:, 1:]}

    def outputs(self, ids, labels):
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        for block in self.h:
            x = block(x)
        return {"logits": self.ln_f(x) @ self.wte.weight.T}

    def loss(self, ids, labels):
        return F.cross_entropy(self.outputs(ids, labels)["logits"].flatten(0, 1), labels.flatten())


def rotate(x, base):
    """Rotary embedding as in LLaMA: elements i and i + size/2 are a pair."""
    half = x.shape[-1] // 2
    frequencies = base ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.arange(x.shape[-2], dtype=torch.float64)[:, None] * frequencies
    cosine, sine = torch.cos(angles).to(x.dtype), torch.sin(angles).to(x.dtype)
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)


class LlamaAttention(nn.Module):
    def __init__(self, width, count, key_count, size, window):
        super().__init__()
        self.q_proj = nn.Linear(width, count * size, bias=False)
        self.k_proj = nn.Linear(width, key_count * size, bias=False)
        self.v_proj = nn.Linear(width, key_count * size, bias=False)
        self.o_proj = nn.Linear(count * size, width, bias=False)
        self.count, self.key_count, self.window = count, key_count, window

    def forward(self, x):
        group = self.count // self.key_count
        query = rotate(heads(self.q_proj(x), self.count), 10000.0)
        key = rotate(heads(self.k_proj(x), self.key_count), 10000.0).repeat_interleave(group, -3)
        value = heads(self.v_proj(x), self.key_count).repeat_interleave(group, -3)
        return self.o_proj(join(attend(query, key, value, causal(x.shape[-2], self.window))))


class LlamaMlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.gate_proj = nn.Linear(width, hidden, bias=False)
        self.up_proj = nn.Linear(width, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class LlamaBlock(nn.Module):
    def __init__(self, width, count, key_count, size, hidden, window):
        super().__init__()
        self.self_attn = LlamaAttention(width, count, key_count, size, window)
        self.mlp = LlamaMlp(width, hidden)
        self.input_layernorm = RmsNorm(width, 1e-5)
        self.post_attention_layernorm = RmsNorm(width, 1e-5)

    def forward(self, x):
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class LlamaNetwork(nn.Module):
    def __init__(self, vocabulary, width, layers, **block):
        super().__init__()
        self.embed_tokens = nn.Embedding(vocabulary, width)
        # The second block sees a window of four positions only, as the odd layers of some models do.
        self.layers = nn.ModuleList(LlamaBlock(width, window=4 * (i % 2), **block) for i in range(layers))
        self.norm = RmsNorm(width, 1e-5)

    def forward(self, ids):
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


class TinyLlama(nn.Module):
    """RMSNorm, rotary positions, SwiGLU, two key heads for four query heads; Hugging Face's names."""

    BATCH, TIME, VOCABULARY, WIDTH = 2, 9, 17, 8

    def __init__(self):
        super().__init__()
        self.model = LlamaNetwork(self.VOCABULARY, self.WIDTH, layers=2, count=4, key_count=2, size=4, hidden=12)
        self.lm_head = nn.Linear(self.WIDTH, self.VOCABULARY, bias=False)

    def inputs(self, generator):
        text = torch.randint(self.VOCABULARY, (self.BATCH, self.TIME + 1), generator=generator)
        return {"ids": text[:, :-1], "labels": text[:, 1:]}

    def outputs(self, ids, labels):
        return {"logits": self.lm_head(self.model(ids))}

    def loss(self, ids, labels):
        return F.cross_entropy(self.outputs(ids, labels)["logits"].flatten(0, 1), labels.flatten())


class TinyBert(nn.Module):
    """A post-norm encoder with token types, a padding mask, a head for masked words and one for whole texts."""

    BATCH, TIME, CONTEXT, VOCABULARY, TYPES, CLASSES, WIDTH, HEADS, HIDDEN, LAYERS = 4, 6, 10, 13, 2, 3, 8, 2, 12, 2

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(self.VOCABULARY, self.WIDTH)
        self.positions = nn.Embedding(self.CONTEXT, self.WIDTH)
        self.types = nn.Embedding(self.TYPES, self.WIDTH)
        self.norm = nn.LayerNorm(self.WIDTH, eps=1e-12)
        layer = nn.TransformerEncoderLayer(
            self.WIDTH, self.HEADS, self.HIDDEN, dropout=0.0, activation=F.gelu, layer_norm_eps=1e-12,
            batch_first=True, norm_first=False)
        self.encoder = nn.TransformerEncoder(layer, self.LAYERS, enable_nested_tensor=False)
        self.transform = nn.Linear(self.WIDTH, self.WIDTH)
        self.transformNorm = nn.LayerNorm(self.WIDTH, eps=1e-12)
        self.wordBias = nn.Parameter(torch.zeros(self.VOCABULARY))
        self.pooler = nn.Linear(self.WIDTH, self.WIDTH)
        self.classifier = nn.Linear(self.WIDTH, self.CLASSES)

    def inputs(self, generator):
        lengths = torch.randint(2, self.TIME + 1, (self.BATCH,), generator=generator)
        return {
            "ids": torch.randint(self.VOCABULARY, (self.BATCH, self.TIME), generator=generator),
            "kinds": torch.randint(self.TYPES, (self.BATCH, self.TIME), generator=generator),
            "mask": (torch.arange(self.TIME) < lengths[:, None]).long(),
            "labels": torch.randint(self.VOCABULARY, (self.BATCH, self.TIME), generator=generator),
            "classes": torch.randint(self.CLASSES, (self.BATCH,), generator=generator),
        }

    def outputs(self, ids, kinds, mask, labels, classes):
        x = self.norm(self.words(ids) + self.positions.weight[: ids.shape[1]] + self.types(kinds))
        x = self.encoder(x, src_key_padding_mask=mask == 0)
        transformed = self.transformNorm(F.gelu(self.transform(x)))
        return {
            "logits": transformed @ self.words.weight.T + self.wordBias,
            "scores": self.classifier(torch.tanh(self.pooler(x[:, 0]))),
        }

    def loss(self, ids, kinds, mask, labels, classes):
        outputs = self.outputs(ids, kinds, mask, labels, classes)
        return F.cross_entropy(outputs["logits"].flatten(0, 1), labels.flatten()) + F.cross_entropy(outputs["scores"], classes)


def sinusoidal(time, width):
    angles = torch.arange(time, dtype=torch.float64)[:, None] * 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    return torch.stack([torch.sin(angles), torch.cos(angles)], -1).flatten(1)


class TinyTranslator(nn.Module):
    """A pre-norm encoder and decoder with cross-attention; the source has padding and another length than the target."""

    BATCH, SOURCE_TIME, TIME, VOCABULARY, WIDTH, HEADS, HIDDEN = 3, 7, 5, 11, 8, 2, 12

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(self.VOCABULARY, self.WIDTH)
        options = {"dropout": 0.0, "activation": F.relu, "batch_first": True, "norm_first": True}
        encoder = nn.TransformerEncoderLayer(self.WIDTH, self.HEADS, self.HIDDEN, **options)
        decoder = nn.TransformerDecoderLayer(self.WIDTH, self.HEADS, self.HIDDEN, **options)
        self.encoder = nn.TransformerEncoder(encoder, 2, nn.LayerNorm(self.WIDTH), enable_nested_tensor=False)
        self.decoder = nn.TransformerDecoder(decoder, 2, nn.LayerNorm(self.WIDTH))
        self.output = nn.Linear(self.WIDTH, self.VOCABULARY)

    def inputs(self, generator):
        lengths = torch.randint(2, self.SOURCE_TIME + 1, (self.BATCH,), generator=generator)
        text = torch.randint(self.VOCABULARY, (self.BATCH, self.TIME + 1), generator=generator)
        return {
            "source": torch.randint(self.VOCABULARY, (self.BATCH, self.SOURCE_TIME), generator=generator),
            "mask": (torch.arange(self.SOURCE_TIME) < lengths[:, None]).long(),
            "target": text[:, :-1],
            "labels": text[:, 1:],
        }

    def embed(self, ids):
        return self.embedding(ids) + sinusoidal(ids.shape[1], self.WIDTH).to(self.embedding.weight.dtype)

    def outputs(self, source, mask, target, labels):
        memory = self.encoder(self.embed(source), src_key_padding_mask=mask == 0)
        time = target.shape[1]
        x = self.decoder(self.embed(target), memory, tgt_mask=~causal(time), memory_key_padding_mask=mask == 0)
        return {"logits": self.output(x)}

    def loss(self, source, mask, target, labels):
        return F.cross_entropy(self.outputs(source, mask, target, labels)["logits"].flatten(0, 1), labels.flatten())
