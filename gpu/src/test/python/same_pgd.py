"""The PGD of OnDevice in PyTorch, on the same weights, images and device, in float32 without TF32.

python same_pgd.py FOLDER     where OnDevice left madry.npz and resnet18.npz
"""

import os
import sys
import time

import numpy
import torch
import torch.nn.functional as F

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def norm(x, p, name):
    return F.batch_norm(
        x,
        p[name + ".running_mean"],
        p[name + ".running_var"],
        p[name + ".weight"],
        p[name + ".bias"],
        eps=1e-5,
    )


def madry(x, p):
    h = F.max_pool2d(F.relu(F.conv2d(x, p["0.weight"], p["0.bias"], padding=2)), 2)
    h = F.max_pool2d(F.relu(F.conv2d(h, p["3.weight"], p["3.bias"], padding=2)), 2)
    h = F.relu(F.linear(h.flatten(1), p["7.weight"], p["7.bias"]))
    return F.linear(h, p["9.weight"], p["9.bias"])


def block(x, p, name, stride):
    body, shortcut = name + ".body.", name + ".shortcut."
    h = F.conv2d(x, p[body + "0.weight"], stride=stride, padding=1)
    h = F.relu(norm(h, p, body + "1"))
    h = norm(F.conv2d(h, p[body + "3.weight"], padding=1), p, body + "4")
    if shortcut + "0.weight" in p:
        x = norm(F.conv2d(x, p[shortcut + "0.weight"], stride=stride), p, shortcut + "1")
    return F.relu(x + h)


def resnet18(x, p):
    h = F.relu(norm(F.conv2d(x, p["0.weight"], padding=1), p, "1"))
    for i in range(8):
        h = block(h, p, str(3 + 2 * i), 2 if i in (2, 4, 6) else 1)
    return F.linear(h.mean((2, 3)), p["20.weight"], p["20.bias"])


def pgd(net, p, x0, labels, epsilon, step, steps):
    x = x0.clone()
    for _ in range(steps):
        x.requires_grad_(True)
        loss = F.cross_entropy(net(x, p), labels, reduction="sum")
        (g,) = torch.autograd.grad(loss, x)
        with torch.no_grad():
            x = x0 + (x + step * g.sign() - x0).clamp(-epsilon, epsilon)
            x = x.clamp(0, 1)
    return x


def wait():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def main(folder):
    print(f"PyTorch {torch.__version__} on", torch.cuda.get_device_name() if DEVICE == "cuda" else "cpu")
    for name, net in (("madry", madry), ("resnet18", resnet18)):
        file = os.path.join(folder, name + ".npz")
        if not os.path.exists(file):
            continue
        p = {k: torch.from_numpy(numpy.array(v)).to(DEVICE) for k, v in numpy.load(file).items()}
        x0, labels = p["images"], p["labels"].long()
        settings = (float(p["epsilon"]), float(p["step"]), int(p["steps"]))
        with torch.no_grad():
            scores = net(p["found"], p)
            error = ((scores - p["scores"]).abs().max() / scores.abs().max()).item()
        found = pgd(net, p, x0, labels, *settings)
        best = float("inf")
        for _ in range(5 if DEVICE == "cuda" else 1):
            wait()
            start = time.time()
            found = pgd(net, p, x0, labels, *settings)
            wait()
            best = min(best, time.time() - start)
        with torch.no_grad():
            theirs = F.cross_entropy(net(found, p), labels).item()
            ours = F.cross_entropy(scores, labels).item()
        rate = len(x0) / best
        print(f"| {name}, PGD-{settings[2]}, batch {len(x0)} | |\n|---|---|")
        print(f"| scores of the same points, relative error | {error:.2g} |")
        print(f"| loss that PGD reaches: PyTorch, Bagel | {theirs:.4f}, {ours:.4f} |")
        print(f"| images per second, PyTorch fp32 | {rate:.1f} |")
        print(f"| images per second, Bagel | {float(p['rate']):.1f} |")
        print(f"| Bagel / PyTorch | {float(p['rate']) / rate:.2f} |\n")


if __name__ == "__main__":
    main(sys.argv[1])
