#!/usr/bin/python3
"""Three training steps of two small networks in PyTorch, for TestAgreesWithPyTorch.

    /usr/bin/python3 torch_reference.py > torch_reference.json     # Debian's python3-torch 1.13, on a CPU

Weights and pixels come from value(); the optimiser is Keras' Adam, written out, since PyTorch's own adds
epsilon after the bias correction.
"""
import json
import torch
import torch.nn.functional as F

H, W, PAIRS = 22, 21, 6


def value(array, i):
    """Element i of the given array, in [0, 1), by an integer hash."""
    x = (i * 2654435761 + array * 40503 + 12345) % 2**32
    x = (x ^ x >> 15) * 2246822519 % 2**32
    x = (x ^ x >> 13) * 3266489917 % 2**32
    return ((x ^ x >> 16) >> 8) / 2**24


def tensor(array, shape):
    n = 1
    for d in shape:
        n *= d
    fan = n // shape[0] if len(shape) > 1 else 100
    return torch.tensor([(2 * value(array, i) - 1) * (2 / fan) ** 0.5 for i in range(n)]).reshape(shape)


def run(merge, decay, clip):
    shapes = {
        "conv1.weight": (8, 1, 3, 3), "conv1.bias": (8,), "conv2.weight": (8, 8, 3, 3), "conv2.bias": (8,),
        "dense1.weight": (16, 200), "dense1.bias": (16,), "dense2.weight": (1, 16), "dense2.bias": (1,),
    }
    p = {name: tensor(k, s).requires_grad_() for k, (name, s) in enumerate(shapes.items())}
    m = {n: torch.zeros_like(v) for n, v in p.items()}
    v = {n: torch.zeros_like(v) for n, v in p.items()}
    out = {"merge": merge, "decay": decay, "clip": clip, "losses": [], "logits": []}
    for step in range(1, 4):
        pixels = [int(256 * value(100 + step, i)) for i in range(2 * PAIRS * H * W)]
        x = torch.tensor(pixels, dtype=torch.float32).reshape(2 * PAIRS, 1, H, W) / 255
        y = torch.tensor([float(i % 2) for i in range(PAIRS)])
        x = F.max_pool2d(F.relu(F.conv2d(x, p["conv1.weight"], p["conv1.bias"], padding=1)), 2)
        x = F.max_pool2d(F.relu(F.conv2d(x, p["conv2.weight"], p["conv2.bias"], padding=1)), 2)
        d = x[:PAIRS] - x[PAIRS:]
        if merge == "abs":
            d = d.abs()
        h = F.relu(F.linear(d.flatten(1), p["dense1.weight"], p["dense1.bias"]))
        z = F.linear(h, p["dense2.weight"], p["dense2.bias"])[:, 0]
        loss = F.binary_cross_entropy_with_logits(z, y)
        grads = dict(zip(p, torch.autograd.grad(loss, list(p.values()))))
        out["losses"].append(loss.item())
        out["logits"].append(z.tolist())
        if clip:
            norm = sum((g.double() ** 2).sum() for g in grads.values()).sqrt()
            assert norm > clip, "the clip does not bind"
            grads = {n: g * float(clip / norm) for n, g in grads.items()}
        with torch.no_grad():
            for n, g in grads.items():
                m[n] = 0.9 * m[n] + 0.1 * g
                v[n] = 0.999 * v[n] + 0.001 * g * g
                alpha = 1e-3 * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
                if n.endswith("weight"):
                    p[n] -= 1e-3 * decay * p[n]
                p[n] -= alpha * m[n] / (v[n].sqrt() + 1e-7)
    out["params"] = {n: w.flatten()[:: max(1, w.numel() // 20)].tolist() for n, w in p.items()}
    return out


print(json.dumps([run("subtract", 0, 0), run("abs", 0.1, 0.05)], indent=1))
