"""The PyTorch twins of the models in tests/GraphCompiler.EndToEnd.Tests/Models, field for field."""

import torch
import torch.nn.functional as F
from torch import nn


class RmsNorm(nn.Module):
    def __init__(self, width, epsilon):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


class SmallClassifier(nn.Module):
    """A multilayer perceptron with cross-entropy."""

    BATCH, INPUTS, CLASSES = 6, 20, 5

    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(20, 9)
        self.hidden2 = nn.Linear(9, 7)
        self.output = nn.Linear(7, 5)

    def inputs(self, generator):
        return {
            "features": torch.randn(self.BATCH, self.INPUTS, generator=generator),
            "labels": torch.randint(self.CLASSES, (self.BATCH,), generator=generator),
        }

    def outputs(self, features, labels):
        first = F.relu(self.hidden1(features))
        second = F.relu(self.hidden2(first))
        return {"first": first, "second": second, "logits": self.output(second)}

    def loss(self, features, labels):
        return F.cross_entropy(self.outputs(features, labels)["logits"], labels)


class TokenTagger(nn.Module):
    """Embedding, both norms, GELU in both forms, SiLU, softmax over an inner axis, binary cross-entropy."""

    BATCH, TOKENS, VOCABULARY, WIDTH, HIDDEN, TAGS = 4, 5, 11, 6, 7, 3

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(self.VOCABULARY, self.WIDTH)
        self.norm = nn.LayerNorm(self.WIDTH)
        self.expand = nn.Linear(self.WIDTH, self.HIDDEN)
        self.rms = RmsNorm(self.HIDDEN, 1e-5)
        self.gate = nn.Linear(self.HIDDEN, self.HIDDEN, bias=False)
        # Softmax ignores what all tokens have in common: a bias would have a gradient of pure rounding errors.
        self.score = nn.Linear(self.HIDDEN, 1, bias=False)
        self.output = nn.Linear(self.HIDDEN, self.TAGS)

    def inputs(self, generator):
        return {
            "tokens": torch.randint(self.VOCABULARY, (self.BATCH, self.TOKENS), generator=generator),
            "tags": torch.randint(2, (self.BATCH, self.TAGS), generator=generator).float(),
        }

    def outputs(self, tokens, tags):
        x = F.gelu(self.expand(self.norm(self.embedding(tokens))), approximate="tanh")
        x = x + F.silu(self.gate(self.rms(x))) * F.gelu(x)
        weights = torch.softmax(self.score(x), dim=1)
        logits = self.output(torch.tanh((weights * x).sum(1)))
        return {"weights": weights, "logits": logits, "probabilities": torch.sigmoid(logits)}

    def loss(self, tokens, tags):
        return F.binary_cross_entropy_with_logits(self.outputs(tokens, tags)["logits"], tags)


class OperationMix(nn.Module):
    """What the other two leave out: shapes, batched products, elementwise functions, the regression losses."""

    BATCH, INPUTS = 3, 8

    def __init__(self):
        super().__init__()
        self.left = nn.Linear(8, 6)
        self.right = nn.Linear(8, 6)
        self.scale = nn.Parameter(torch.ones(4))
        self.head = nn.Linear(8, 4)

    def inputs(self, generator):
        return {
            "x": torch.randn(self.BATCH, self.INPUTS, generator=generator),
            "y": torch.randn(self.BATCH, 4, generator=generator),
        }

    def outputs(self, x, y):
        left, right = self.left(x), self.right(x)
        table = torch.cat([left, right], 1).reshape(self.BATCH, 3, 4)
        products = table.permute(0, 2, 1) @ table * torch.rsqrt(self.scale.square() + 1)
        peak, spread = products.amax(2), products.mean((1, 2), keepdim=True)
        a = torch.sigmoid(peak) * torch.tanh(left[:, 1:5])
        b = F.softplus(right[:, 0:4]) + 0.1
        c = torch.maximum(torch.sqrt(b), torch.exp(-torch.abs(a)))
        d = torch.minimum(b.pow(1.5), torch.log(b + 1) / (c + 2))
        e = torch.where(a > d, a * d, a - d) + torch.clamp(3 * a, -1, 1)
        f = torch.sin(c) - torch.cos(d) + F.leaky_relu(a, 0.2)
        prediction = self.head(torch.cat([e, f], 1))
        return {
            "products": products,
            "logProbabilities": torch.log_softmax(products + spread, dim=1),
            "prediction": prediction,
        }

    def loss(self, x, y):
        outputs = self.outputs(x, y)
        prediction = outputs["prediction"]
        return (
            F.huber_loss(prediction, y, delta=0.5)
            + 0.3 * F.l1_loss(prediction, y)
            + 0.2 * F.mse_loss(prediction, y)
            - 0.05 * outputs["logProbabilities"].mean()
            + 0.01 * outputs["logProbabilities"].amin(2).sum()
        )


class NormalizedClassifier(nn.Module):
    """Batch normalisation over [batch, channels, length] and [batch, features], with both kinds of running average."""

    BATCH, CHANNELS, LENGTH, CLASSES = 6, 3, 4, 4

    def __init__(self):
        super().__init__()
        self.norm0 = nn.BatchNorm1d(3, eps=1e-3, momentum=0.25)
        # The normalisation takes away what a bias before it would add.
        self.first = nn.Linear(12, 10, bias=False)
        self.norm1 = nn.BatchNorm1d(10)
        self.second = nn.Linear(10, 4, bias=False)
        self.norm2 = nn.BatchNorm1d(4, momentum=None, affine=False)

    def inputs(self, generator):
        return {
            "x": 2 * torch.randn(self.BATCH, self.CHANNELS, self.LENGTH, generator=generator) + 0.5,
            "labels": torch.randint(self.CLASSES, (self.BATCH,), generator=generator),
        }

    def logits(self, x):
        hidden = F.relu(self.norm1(self.first(F.relu(self.norm0(x)).flatten(1))))
        return self.norm2(self.second(hidden))

    def outputs(self, x, labels):
        self.eval()
        logits = self.logits(x)
        self.train()
        return {"logits": logits}

    def loss(self, x, labels):
        return F.cross_entropy(self.logits(x), labels)


class LossMix(nn.Module):
    """Every option of the losses, alone and together. PyTorch has no weights of rows: they are written out."""

    BATCH, INPUTS, CLASSES, VALUES = 8, 5, 6, 3

    def __init__(self):
        super().__init__()
        self.scores = nn.Linear(self.INPUTS, self.CLASSES)
        self.estimates = nn.Linear(self.INPUTS, self.VALUES)

    def inputs(self, generator):
        return {
            "x": torch.randn(self.BATCH, self.INPUTS, generator=generator),
            "labels": torch.randint(-1, self.CLASSES, (self.BATCH,), generator=generator),
            "rows": torch.randint(0, 4, (self.BATCH,), generator=generator) / 2,
            "classes": torch.rand(self.CLASSES, generator=generator) + 0.5,
            "targets": torch.rand(self.BATCH, self.VALUES, generator=generator),
            "elements": torch.rand(self.BATCH, self.VALUES, generator=generator) * 2,
        }

    def outputs(self, x, labels, rows, classes, targets, elements):
        z, y, columns = self.scores(x), self.estimates(x), elements[0].expand_as(elements)

        def cross_entropy(weight=None, weights=None, smoothing=0.0, reduction="mean"):
            if weights is None:
                return F.cross_entropy(z, labels, weight, ignore_index=-1, label_smoothing=smoothing, reduction=reduction)
            losses = weights * F.cross_entropy(z, labels, weight, ignore_index=-1, label_smoothing=smoothing, reduction="none")
            if reduction != "mean":
                return losses.sum() if reduction == "sum" else losses
            counts = weights * (labels >= 0) * (1 if weight is None else weight[labels.clamp(min=0)])
            return losses.sum() / counts.sum()

        def element_loss(losses, weights=None, reduction="mean"):
            losses = losses if weights is None else losses * weights
            if reduction != "mean":
                return losses.sum() if reduction == "sum" else losses
            return losses.sum() / (losses.numel() if weights is None else weights.sum())

        binary = F.binary_cross_entropy_with_logits(y, targets, reduction="none")
        squared, absolute = F.mse_loss(y, targets, reduction="none"), F.l1_loss(y, targets, reduction="none")
        huber = F.huber_loss(y, targets, reduction="none", delta=0.3)
        numbers = [
            cross_entropy(),
            cross_entropy(classes),
            cross_entropy(weights=rows),
            cross_entropy(smoothing=0.1),
            cross_entropy(classes, rows),
            cross_entropy(classes, smoothing=0.2),
            cross_entropy(weights=rows, smoothing=0.3),
            cross_entropy(classes, rows, 0.4),
            cross_entropy(classes, rows, 0.4, "sum"),
            cross_entropy(reduction="sum"),
            element_loss(binary, elements),
            element_loss(binary, reduction="sum"),
            element_loss(squared, elements),
            element_loss(squared, columns, "sum"),
            element_loss(absolute, columns),
            element_loss(absolute, elements, "sum"),
            element_loss(huber, elements),
            element_loss(huber, columns, "sum"),
        ]
        return {
            "numbers": torch.stack(numbers),
            "eachRow": cross_entropy(classes, rows, 0.1, "none"),
            "eachElement": element_loss(binary, elements, "none") + element_loss(squared, columns, "none") + absolute + huber,
        }

    def loss(self, **inputs):
        outputs = self.outputs(**inputs)
        numbers = outputs["numbers"]
        factors = torch.arange(1, len(numbers) + 1)
        return (numbers / factors).sum() + 0.3 * outputs["eachRow"].square().sum() + 0.07 * outputs["eachElement"].sum()
