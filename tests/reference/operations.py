"""Operations of the language beside what they are in PyTorch: values, and gradients of their weighted sum, in float64.

Each case is the expression in C# and the same in Python, of x, [2, 3, 4], and y, [3, 4].
"""
import json
from pathlib import Path

import torch
import torch.nn.functional as F

CASES = [
    ("LogSumExp(x)", lambda x, y: torch.logsumexp(x, (0, 1, 2))),
    ("LogSumExp(x, 1)", lambda x, y: torch.logsumexp(x, 1)),
    ("LogSumExp(x, [0, -1], keepDims: true)", lambda x, y: torch.logsumexp(x, (0, -1), keepdim=True)),
    ("Var(x)", lambda x, y: torch.var(x)),
    ("Var(x, -1)", lambda x, y: torch.var(x, -1)),
    ("Var(x, 0, keepDims: true, correction: 0)", lambda x, y: torch.var(x, 0, unbiased=False, keepdim=True)),
    ("Var(x, [0, 2])", lambda x, y: torch.var(x, (0, 2))),
    ("Std(x)", lambda x, y: torch.std(x)),
    ("Std(x, 1)", lambda x, y: torch.std(x, 1)),
    ("Std(x, 2, correction: 2)", lambda x, y: torch.std(x, dim=2, correction=2, keepdim=False)),
    ("Std(x * 0f + 3f, 1)", lambda x, y: torch.std(x * 0 + 3, 1)),
    ("Flip(x, 1)", lambda x, y: torch.flip(x, [1])),
    ("Flip(Flip(x, 0), -1) * x", lambda x, y: torch.flip(x, [0, 2]) * x),
    ("Pad(x, 1, 2, 1)", lambda x, y: F.pad(x, (0, 0, 2, 1))),
    ("Pad(Pad(x, -1, 0, 2, -1.5f), 0, 1, 0, 2)", lambda x, y: F.pad(F.pad(x, (0, 2), value=-1.5), (0, 0, 0, 0, 1, 0), value=2.0)),
    ("Pad(x, [1, 2, 0, 3])", lambda x, y: F.pad(x, (1, 2, 0, 3))),
    ("Pad(x, [0, 1, 2, 0, 1, 1], 0.5f)", lambda x, y: F.pad(x, (0, 1, 2, 0, 1, 1), value=0.5)),
    ("ArgMax(x).To<float>() * y", lambda x, y: torch.argmax(x) * y),
    ("ArgMax(x, 1).To<float>() * x[0, 0]", lambda x, y: torch.argmax(x, 1) * x[0, 0]),
    ("ArgMin(x, 2, keepDims: true).To<float>() * x", lambda x, y: torch.argmin(x, 2, keepdim=True) * x),
    ("ArgMin(x).To<float>()", lambda x, y: torch.argmin(x) + 0 * x.sum()),
    ("OneHot(ArgMax(x, 0), 2) * y.Unsqueeze(2)", lambda x, y: F.one_hot(torch.argmax(x, 0), 2) * y.unsqueeze(2)),
    ("StopGradient(x) * x + StopGradient(y)", lambda x, y: x.detach() * x + y.detach()),
    ("CumSum(x, 1)", lambda x, y: torch.cumsum(x, 1)),
    ("CumSum(x, -1, reverse: true)", lambda x, y: torch.flip(torch.cumsum(torch.flip(x, [-1]), -1), [-1])),
    ("CumSum(x.Flatten(0), 0, exclusive: true)", lambda x, y: torch.cumsum(x.flatten(), 0) - x.flatten()),
    ("CumSum(x.Reshape(-1), 0)", lambda x, y: torch.cumsum(x.flatten(), 0)),
    ('Einsum("abc,bc->a", x, y)', lambda x, y: torch.einsum("abc,bc->a", x, y)),
    ('Einsum("abc,bc", x, y)', lambda x, y: torch.einsum("abc,bc", x, y)),
    ('Einsum("abc,bd->acd", x, y)', lambda x, y: torch.einsum("abc,bd->acd", x, y)),
    ('Einsum("abc,dbc->ad", x, x)', lambda x, y: torch.einsum("abc,dbc->ad", x, x)),
    ('Einsum("abc,abd->acd", x, x)', lambda x, y: torch.einsum("abc,abd->acd", x, x)),
    ('Einsum("abc,cb->bac", x, y.Transpose())', lambda x, y: torch.einsum("abc,cb->bac", x, y.T)),
    ('Einsum("abc->cb", x)', lambda x, y: torch.einsum("abc->cb", x)),
    ('Einsum("...c,c->...", x, y[0])', lambda x, y: torch.einsum("...c,c->...", x, y[0])),
    ('Einsum("...bc,bc", x, y)', lambda x, y: torch.einsum("...bc,bc", x, y)),
    ('Einsum("ab,cb->ac", y, y)', lambda x, y: torch.einsum("ab,cb->ac", y, y)),
    ('Einsum("ab,ab->", y, y)', lambda x, y: torch.einsum("ab,ab->", y, y)),
    ('Einsum("a,b", y[0], y[1])', lambda x, y: torch.einsum("a,b", y[0], y[1])),
    ('Einsum("ij,jk,kl->il", y.Transpose(), y, y.Transpose())', lambda x, y: torch.einsum("ij,jk,kl->il", y.T, y, y.T)),
    ('Einsum("abc,bc,ac->b", x, y, x[.., 1])', lambda x, y: torch.einsum("abc,bc,ac->b", x, y, x[:, 1])),
    ('Einsum("ii->i", y[.., ..3])', lambda x, y: torch.einsum("ii->i", y[:, :3])),
    ('Einsum("ii", y[.., ..3])', lambda x, y: torch.einsum("ii", y[:, :3])),
    ('Einsum("iji->j", x.Transpose(0, 1)[..2, .., ..2])', lambda x, y: torch.einsum("iji->j", x.transpose(0, 1)[:2, :, :2])),
    ('Einsum("a b, b -> a", y, y[0])', lambda x, y: torch.einsum("a b, b -> a", y, y[0])),
    ('Einsum("abc,...->...ab", x, y)', lambda x, y: torch.einsum("abc,...->...ab", x, y)),
]


def main():
    generator = torch.Generator().manual_seed(20)
    x = torch.randn((2, 3, 4), generator=generator, dtype=torch.float32).double().requires_grad_()
    y = torch.randn((3, 4), generator=generator, dtype=torch.float32).double().requires_grad_()
    cases = []
    for expression, function in CASES:
        x.grad = y.grad = None
        result = function(x, y).double()
        weights = torch.arange(1, result.numel() + 1).double().reshape(result.shape)
        ((result * weights).sum() + 0 * (x.sum() + y.sum())).backward()
        cases.append({
            "expression": expression, "shape": list(result.shape), "result": result.flatten().tolist(),
            "x": x.grad.flatten().tolist(), "y": y.grad.flatten().tolist(),
        })
    content = {"x": x.flatten().tolist(), "y": y.flatten().tolist(), "cases": cases}
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    head = json.dumps({"x": content["x"], "y": content["y"]})[:-1]
    Path(__file__).with_name("operations.json").write_text(head + ', "cases": [\n' + lines + "\n]}\n")


if __name__ == "__main__":
    main()
