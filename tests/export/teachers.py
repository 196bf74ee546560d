#!/usr/bin/env python3
"""Makes teachers of every kind in a directory, and prints what PyTorch computes with them, one JSON line each.

usage: teachers.py DIRECTORY

"import": a safetensors file of a torchvision model with random weights, for bagpipe teacher import, and torchvision's features.
"onnx": a file by model/teachers/export.py of a checkpoint of the shapes that the authors publish, and PyTorch's outputs.
"golden": a small transformer with weights by a formula, and how far it is from what the authors' own code gives
(vit_golden.json: facebookresearch/dino, dinov2 and dinov3, run once with these weights).
Needs torch and torchvision.
"""
import argparse
import contextlib
import io
import json
import pathlib
import sys
import warnings

import torch
import torchvision

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "model" / "teachers"))

import checkpoints
import export

SIZE = 64
MEAN, STD = (torch.tensor(values).view(1, 3, 1, 1) for values in export.IMAGENET)


def made_up_images(count, size):
    i = torch.arange(count * 3 * size * size, dtype=torch.int64)
    return ((i * 7919 + torch.div(i, 13, rounding_mode="floor") * 104729) % 256 / 255.0).reshape(count, 3, size, size)


def stirred(model):
    """Running statistics that are no longer 0 and 1, so that they matter."""
    for part in model.modules():
        if isinstance(part, (torch.nn.BatchNorm2d, torch.nn.BatchNorm1d)):
            part.running_mean.uniform_(-0.1, 0.1)
            part.running_var.uniform_(0.5, 2)
    return model.eval()


def imported(folder, arch):
    model = stirred(getattr(torchvision.models, arch)())
    torch.save(model.state_dict(), folder / "weights.pth")
    quietly(["--to-safetensors", str(folder / "weights.pth"), "-o", str(folder / f"{arch}.safetensors")])
    with torch.no_grad():
        features = export.without_classifier(model)((made_up_images(2, SIZE) - MEAN) / STD)
    return {"kind": "import", "arch": arch, "file": f"{arch}.safetensors", "features": features.tolist()}


def exported(folder, name, state, *arguments, size=SIZE):
    torch.save(state, folder / f"{name}.pth")
    file = folder / f"{name}.onnx"
    teacher = quietly([*arguments, "--checkpoint", str(folder / f"{name}.pth"), "--size", str(size), "-o", str(file)])
    with torch.no_grad():
        said = teacher(made_up_images(2, size))
    said = said if isinstance(said, tuple) else (said,)
    outputs = dict(zip(("features", "embedding"), (out.tolist() for out in said)))
    return {"kind": "onnx", "file": file.name, "size": size, **outputs}


def quietly(arguments):
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return export.main(arguments)


def resnet(head, at):
    """A ResNet-18's state dict with a head under a name."""
    model = stirred(torchvision.models.resnet18())
    model.fc = torch.nn.Identity()
    return {**model.state_dict(), **{f"{at}.{name}": value for name, value in stirred(head).state_dict().items()}}


def under(prefix, state):
    return {prefix + name: value for name, value in state.items()}


def head(*layers):
    return torch.nn.Sequential(*layers)


def linear(i, o, **more):
    return torch.nn.Linear(i, o, **more)


def by_formula(shapes):
    state = {}
    for name, shape in shapes.items():
        count = torch.Size(shape).numel()
        values = torch.sin(torch.arange(count, dtype=torch.float64) * 1.7 + len(name)) * 0.2
        state[name] = (values + ("norm" in name and name.endswith("weight"))).reshape(shape).float()
        if name.endswith("bias_mask"):
            state[name] = torch.ones(3, count // 3).index_fill(0, torch.tensor([1]), 0).flatten()
        if name.endswith("periods"):
            state[name] = 100 ** (torch.arange(count) / count)
    return state


def golden(name, case):
    ask = argparse.Namespace(checkpoint=name, heads=2, size=case["size"])
    network, _ = checkpoints.read(name, by_formula(case["state"]), ask)
    i = torch.arange(3 * case["size"] ** 2, dtype=torch.float64)
    with torch.no_grad():
        said = network(torch.sin(i * 0.37).reshape(1, 3, case["size"], case["size"]).float())[0]
    return {"kind": "golden", "file": name, "difference": float((said[:8] - torch.tensor(case["values"])).abs().max())}


def main(folder):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    cases = json.loads((HERE / "vit_golden.json").read_text())
    relu, norm = torch.nn.ReLU, torch.nn.BatchNorm1d
    for name, case in cases.items():
        yield golden(name, case)
    for arch in ("resnet18", "mobilenet_v3_large", "efficientnet_b0"):
        yield imported(folder, arch)
    yield exported(folder, "torchvision", torchvision.models.resnet18(num_classes=7).state_dict(), "torchvision:resnet18")
    mlp = head(linear(512, 64), relu(), linear(64, 16))
    both = {**under("module.encoder_q.", resnet(mlp, "fc")), "module.queue": torch.rand(16, 8)}
    yield exported(folder, "moco-v2", {"epoch": 1, "state_dict": both}, "moco-v2")
    mlp = head(linear(512, 64, bias=False), norm(64), relu(), linear(64, 16, bias=False), norm(16, affine=False))
    yield exported(folder, "moco-v3", {"state_dict": under("module.base_encoder.", resnet(mlp, "fc"))}, "moco-v3")
    mlp = head(linear(512, 64), norm(64), relu(), linear(64, 16))
    swav = {**resnet(mlp, "projection_head"), "prototypes.weight": torch.rand(30, 16)}
    yield exported(folder, "swav", under("module.", swav), "swav")
    mlp = under("head.mlp.", head(linear(32, 64), torch.nn.GELU(), linear(64, 8)).state_dict())
    last = {"head.last_layer.weight_v": torch.rand(20, 8)}
    backbone = under("backbone.", by_formula(cases["dino"]["state"]))
    yield exported(folder, "dino", {"teacher": {**backbone, **mlp, **last}, "student": {}}, "dino", "--heads", "2")
    for name, size in (("dinov2", 56), ("dinov3", 64)):
        yield exported(folder, name, by_formula(cases[name]["state"]), name, "--heads", "2", size=size)


if __name__ == "__main__":
    for line in main(pathlib.Path(sys.argv[1])):
        print(json.dumps(line), flush=True)
