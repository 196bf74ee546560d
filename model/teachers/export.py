#!/usr/bin/env python3
"""Makes a teacher's file for Bagpipe of what Python has: torchvision, timm and hub models, and the checkpoints of MoCo v2 and
v3, SwAV, DINO, DINOv2 and DINOv3.

  export.py torchvision:resnet50 -o teacher.onnx                        its published weights (downloads them)
  export.py torchvision:resnet50 --checkpoint mine.pth -o teacher.onnx  weights of your own
  export.py timm:vit_small_patch14_dinov2.lvd142m -o teacher.onnx       (pip install timm)
  export.py hub:facebookresearch/dino:main:dino_vits16 -o teacher.onnx
  export.py moco-v2 --checkpoint moco_v2_800ep_pretrain.pth.tar -o teacher.onnx
  export.py dinov2 --checkpoint dinov2_vits14_pretrain.pth -o teacher.onnx
  export.py --to-safetensors weights.pth -o weights.safetensors         for bagpipe teacher import

Checkpoints' sources: moco-v2, moco-v3, swav, dino, dinov2, dinov3. The network is read off the checkpoint's names and shapes.
The file takes pixels in [0, 1] and normalises by itself. Its first output is "features", its second, where the checkpoint has a
projection head, "embedding". Size and normalisation are in its metadata, where Bagpipe looks for them.
Needs torch (1.13 or later) and torchvision; numpy for --to-safetensors. docs/teachers.md says more.
"""
import argparse
import hashlib
import inspect
import json
import pathlib
import struct
import sys

import torch
from torch import nn

import checkpoints

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
OPSET = 17


class Teacher(nn.Module):
    """[n, 3, size, size] in [0, 1] to features and, with a head, the embedding."""

    def __init__(self, backbone, head, mean, std):
        super().__init__()
        self.backbone, self.head = backbone, head
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, pixels):
        features = self.backbone((pixels - self.mean) / self.std).flatten(1)
        return features if self.head is None else (features, self.head(features))


class Found:
    """A backbone that a source gave, with how its images are prepared."""

    def __init__(self, backbone, head=None, size=224, resize=None, mean=IMAGENET[0], std=IMAGENET[1]):
        self.backbone, self.head, self.size = backbone, head, size
        self.resize = resize or round(size * 256 / 224)
        self.mean, self.std = tuple(mean), tuple(std)


def from_torchvision(name, ask):
    import torchvision

    make = getattr(torchvision.models, name, None)
    if make is None or name.startswith("_"):
        raise SystemExit(f"torchvision {torchvision.__version__} has no model {name}")
    if ask.checkpoint or ask.random:
        model = make()
        if ask.checkpoint:
            load(model, checkpoints.state(ask.checkpoint, ask.trust), ask.checkpoint)
        return Found(without_classifier(model), size=ask.size or 224)
    published = torchvision.models.get_model_weights(name).DEFAULT
    how = published.transforms()
    model = make(weights=published)
    return Found(without_classifier(model), None, how.crop_size[0], how.resize_size[0], how.mean, how.std)


def from_timm(name, ask):
    try:
        import timm
    except ImportError:
        raise SystemExit("timm is not installed: pip install timm") from None
    more = {"img_size": ask.size} if ask.size else {}
    pretrained = not (ask.checkpoint or ask.random)
    try:
        model = timm.create_model(name, pretrained=pretrained, num_classes=0, **more)
    except TypeError:  # convolutions take any size
        model = timm.create_model(name, pretrained=pretrained, num_classes=0)
    if ask.checkpoint:
        load(model, checkpoints.state(ask.checkpoint, ask.trust), ask.checkpoint)
    how = model.pretrained_cfg
    size = ask.size or how["input_size"][-1]
    return Found(model, None, size, round(size / (how.get("crop_pct") or 0.875)), how["mean"], how["std"])


def from_hub(place, ask):
    repository, _, name = place.rpartition(":")
    if not repository:
        raise SystemExit("hub:OWNER/REPOSITORY[:BRANCH]:MODEL, facebookresearch/dino:main:dino_vits16 for instance")
    model = torch.hub.load(repository, name, pretrained=not (ask.checkpoint or ask.random))
    if ask.checkpoint:
        load(model, checkpoints.state(ask.checkpoint, ask.trust), ask.checkpoint)
    return Found(without_classifier(model), size=ask.size or 224)


def without_classifier(model):
    """Pooled features come out; torchvision's ConvNeXt normalises them in its classifier, which stays but for the last layer."""
    for name in ("fc", "classifier", "heads", "head"):
        last = getattr(model, name, None)
        if isinstance(last, nn.Sequential) and any(isinstance(part, nn.Flatten) for part in last):
            setattr(model, name, last[:-1])
            return model
        if isinstance(last, (nn.Linear, nn.Sequential)):
            setattr(model, name, nn.Identity())
            return model
    return model


def load(model, state, path):
    """Strict but for the classifier, which may be of any size or not there."""
    classifier = ("fc.", "classifier.", "heads.", "head.")
    checkpoints.fit(model, {name: value for name, value in state.items() if not name.startswith(classifier)}, path, classifier)


def find(ask):
    kind, _, name = ask.source.partition(":")
    makers = {"torchvision": from_torchvision, "timm": from_timm, "hub": from_hub}
    if name and kind in makers:
        return makers[kind](name, ask)
    if ask.source not in checkpoints.SOURCES:
        raise SystemExit(
            f"no source {ask.source}; there are torchvision:NAME, timm:NAME, hub:REPOSITORY:NAME, " + ", ".join(checkpoints.SOURCES)
        )
    if not ask.checkpoint:
        raise SystemExit(f"{ask.source} needs --checkpoint FILE")
    backbone, head = checkpoints.read(ask.source, checkpoints.tensors(ask.checkpoint, ask.trust), ask)
    return Found(backbone, head, ask.size or 224)


def write(found, path, metadata):
    """The ONNX file, whole or not at all."""
    teacher = Teacher(found.backbone, found.head, found.mean, found.std).eval()
    names = ["features"] if found.head is None else ["features", "embedding"]
    images = torch.rand(2, 3, found.size, found.size)
    with torch.no_grad():
        said = teacher(images)
    shapes = [tuple(out.shape) for out in (said if isinstance(said, tuple) else (said,))]
    # the exporter that needs no further packages, where a newer one is the default
    plain = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    aside = path.with_name(path.name + ".part")
    try:
        torch.onnx.export(
            teacher,
            images,
            str(aside),
            input_names=["pixels"],
            output_names=names,
            dynamic_axes={name: {0: "n"} for name in ["pixels", *names]},
            opset_version=OPSET,
            **plain,
        )
        with open(aside, "ab") as file:
            file.write(properties(metadata))
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return teacher, shapes


def properties(pairs):
    """metadata_props, field 14 of onnx.proto's ModelProto: protobuf takes what is written behind a message as part of it."""

    def field(number, data):
        return varint(number << 3 | 2) + varint(len(data)) + data

    return b"".join(field(14, field(1, key.encode()) + field(2, value.encode())) for key, value in pairs.items())


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def described(found, ask):
    pairs = {
        "image.size": str(found.size),
        "image.colour_order": "RGB",
        "image.range": "[0, 1]",
        "image.mean": json.dumps(found.mean),
        "image.std": json.dumps(found.std),
        "image.pad": "0",
        "image.resize": f"shorter edge to {found.resize}, bilinear with antialiasing, then centre crop of {found.size}",
        "image.normalised_by": "model",
        "teacher.source": ask.source + (" random" if ask.random else ""),
    }
    if ask.checkpoint:
        pairs["teacher.checkpoint"] = pathlib.Path(ask.checkpoint).name
        pairs["teacher.source_sha256"] = hashlib.sha256(pathlib.Path(ask.checkpoint).read_bytes()).hexdigest()
    return pairs


def to_safetensors(source, target, prefix, trust):
    """The tensors of a checkpoint, under their names, without any further package."""
    state = {name: value.detach().float().contiguous() for name, value in checkpoints.tensors(source, trust).items()
             if name.startswith(prefix) and value.is_floating_point()}
    if not state:
        raise SystemExit(f"{source}: no tensors" + (f" whose names begin with {prefix}" if prefix else ""))
    header, at = {}, 0
    for name, value in state.items():
        end = at + 4 * value.numel()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    with open(target, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in state.values():
            file.write(value.numpy().astype("<f4").tobytes())
    print(f"{target}: {len(state)} tensors, the first of them {next(iter(state))}")


def options(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", help="where the model comes from, see above")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", type=pathlib.Path)
    parser.add_argument("--checkpoint", metavar="FILE", help="weights, instead of published ones")
    parser.add_argument("--trust", action="store_true", help="read a checkpoint that holds more than tensors, which can run code of its own")
    parser.add_argument("--random", action="store_true", help="no weights at all, to try the way")
    parser.add_argument("--size", type=int, metavar="PIXELS", help="side of the input; else the model's own")
    parser.add_argument("--resize", type=int, metavar="PIXELS", help="shorter edge before the centre crop; else the model's own")
    parser.add_argument("--mean", type=float, nargs=3, help="of red, green, blue; else the model's own")
    parser.add_argument("--std", type=float, nargs=3, help="the same")
    parser.add_argument("--heads", type=int, help="attention heads, where they are not one for 64 values (MoCo v3's 12 are known)")
    parser.add_argument("--no-head", action="store_true", help="leave the projection head out")
    parser.add_argument("--to-safetensors", metavar="FILE", help="turn a checkpoint into safetensors, and nothing else")
    parser.add_argument("--prefix", default="", help="with --to-safetensors: only tensors whose names begin so")
    ask = parser.parse_args(arguments)
    if bool(ask.source) == bool(ask.to_safetensors):
        parser.error("either a source or --to-safetensors")
    return ask


def main(arguments=None):
    ask = options(arguments)
    for file in (ask.checkpoint, ask.to_safetensors):
        if file and not pathlib.Path(file).is_file():
            raise SystemExit(f"{file}: no such file")
    if ask.to_safetensors:
        to_safetensors(ask.to_safetensors, ask.output, ask.prefix, ask.trust)
        return None
    found = find(ask)
    found.mean, found.std = tuple(ask.mean or found.mean), tuple(ask.std or found.std)
    found.size, found.resize = ask.size or found.size, ask.resize or found.resize
    if found.resize < found.size:
        raise SystemExit(f"--resize {found.resize} is smaller than the size, {found.size}")
    if ask.no_head:
        found.head = None
    teacher, shapes = write(found, ask.output, described(found, ask))
    print(
        f"{ask.output}: features {shapes[0][1]}, "
        + (f"embedding {shapes[1][1]}" if len(shapes) > 1 else "no embedding of its own")
        + f"; {found.size} pixels after an edge of {found.resize}, mean {found.mean}, std {found.std}"
    )
    return teacher


if __name__ == "__main__":
    main()
    sys.exit(0)
