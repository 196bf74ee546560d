#!/usr/bin/env python3
"""Small teachers by torchvision, exported to ONNX for tests: teachers.py FOLDER. Debian: python3-torch python3-torchvision."""
import sys
import warnings
from pathlib import Path

import torch
import torchvision
from torchvision.models.vision_transformer import VisionTransformer

NAMES = ["pixels", "features", "embedding"]


class Teacher(torch.nn.Module):
    """As Bagpipe wants one: pooled features, and the embedding after a head."""

    def __init__(self, body, dimension):
        super().__init__()
        self.body = body
        self.head = torch.nn.Sequential(torch.nn.Linear(dimension, 24), torch.nn.GELU(), torch.nn.Linear(24, 16))

    def forward(self, pixels):
        features = self.body(pixels)
        return features, torch.nn.functional.normalize(self.head(features), dim=1)


def export(name, body, dimension, size, opset, open_batch, noise=0.0):
    teacher = Teacher(body, dimension)
    with torch.no_grad():
        for parameter in teacher.parameters():  # where an exporter finds equal ones it keeps one
            parameter.add_(noise * torch.randn_like(parameter))
    axes = {k: {0: "n"} for k in NAMES} if open_batch else None
    torch.onnx.export(
        teacher.eval(), torch.rand(4, 3, size, size), str(folder / name), opset_version=opset,
        input_names=NAMES[:1], output_names=NAMES[1:], dynamic_axes=axes,
    )


def vit(**settings):
    body = VisionTransformer(**settings)
    body.heads = torch.nn.Identity()
    return body


warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.manual_seed(3)
folder = Path(sys.argv[1])
small = dict(image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32)
export("vit-16.onnx", vit(**small), 16, 32, 16, True, 0.2)
export("vit-17.onnx", vit(**small), 16, 32, 17, False, 0.2)
# ViT-B/16 and ResNet-50 as they are, but for depth and width that a test has time for
export("vit_b_16.onnx", vit(image_size=48, patch_size=16, num_layers=3, num_heads=12, hidden_dim=192, mlp_dim=768), 192, 48, 14, True, 0.02)
resnet = torchvision.models.resnet50(width_per_group=16)
resnet.fc = torch.nn.Identity()
export("resnet50.onnx", resnet, 2048, 64, 13, True)
mobile = torchvision.models.mobilenet_v3_small()
mobile.classifier = torch.nn.Identity()
export("mobilenet_v3_small.onnx", mobile, 576, 64, 14, True)
convnext = torchvision.models.convnext.ConvNeXt([torchvision.models.convnext.CNBlockConfig(24, 48, 2), torchvision.models.convnext.CNBlockConfig(48, None, 2)])
convnext.classifier = torch.nn.Flatten()
export("convnext.onnx", convnext, 48, 64, 16, True, 0.05)
