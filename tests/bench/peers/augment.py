#!/usr/bin/env python3
"""Decoding and MoCo v2 views by torchvision and Pillow, one thread.

Install: see README.md here; Debian: python3-torch python3-torchvision python3-pil.
"""
import os
import random

from peer import needs, options, report, seconds

ask = options(__doc__, dir=None, size=32, views=2, threads=1)
install = "install torchvision, see tests/bench/peers/README.md"
torch, torchvision, T, Image, ImageFilter = needs(
    install, "torch", "torchvision", "torchvision.transforms", "PIL.Image", "PIL.ImageFilter"
)
MOST = 2000
WARM_UP = 50


class Blur:
    """MoCo v2's, which is Pillow's and not torchvision's."""

    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(radius=random.uniform(0.1, 2.0)))


view = T.Compose(
    [
        T.RandomResizedCrop(ask.size, scale=(0.2, 1.0)),
        T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        T.RandomGrayscale(p=0.2),
        T.RandomApply([Blur()], p=0.5),
        T.RandomHorizontalFlip(),
        T.ToTensor(),
        T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
)


def draw(files):
    for name in files:
        with open(name, "rb") as file:
            image = Image.open(file).convert("RGB")
        for _ in range(ask.views):
            view(image)


torch.set_num_threads(ask.threads)
random.seed(1)
torch.manual_seed(1)
images = sorted(
    os.path.join(folder, name)
    for folder, _, names in os.walk(ask.dir)
    for name in names
    if name.lower().endswith((".png", ".jpg", ".jpeg"))
)[:MOST]
if not images:
    raise SystemExit(f"{ask.dir}: no PNG or JPEG files")
draw(images[:WARM_UP])
took = seconds(lambda: draw(images), 1, warm_ups=0)
report(
    "augment",
    f"torchvision {torchvision.__version__}, Pillow {Image.__version__}",
    ask,
    images=len(images),
    images_per_s=len(images) / took,
    views_per_s=ask.views * len(images) / took,
)
