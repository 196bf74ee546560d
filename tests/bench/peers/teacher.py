#!/usr/bin/env python3
"""A frozen teacher's forward pass by torchvision; --onnx FILE writes the same network for ours.

Both memory layouts and, where this PyTorch can, compiled; the fastest counts.
Install: see README.md here; Debian: python3-torch python3-torchvision libopenblas0-pthread.
"""
from peer import needs, options, report, seconds

ask = options(__doc__, arch="resnet50", size=224, batch=16, iters=4, threads=2, onnx="")
torch, torchvision = needs("install torchvision, see tests/bench/peers/README.md", "torch", "torchvision")

torch.manual_seed(1)
torch.set_num_threads(ask.threads)
teacher = getattr(torchvision.models, ask.arch)(num_classes=128).eval()
images = torch.rand(ask.batch, 3, ask.size, ask.size)

if ask.onnx:

    class Teacher(torch.nn.Module):
        """As Bagpipe wants one: pooled features, and the embedding after the head."""

        def __init__(self):
            super().__init__()
            self.head, teacher.fc = teacher.fc, torch.nn.Identity()
            self.body = teacher

        def forward(self, pixels):
            features = self.body(pixels)
            return features, self.head(features)

    import inspect

    # the exporter that needs no further packages, where a newer one is the default
    plain = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    torch.onnx.export(
        Teacher().eval(),
        images,
        ask.onnx,
        input_names=["pixels"],
        output_names=["features", "embedding"],
        dynamic_axes={name: {0: "n"} for name in ("pixels", "features", "embedding")},
        opset_version=14,
        **plain,
    )
    raise SystemExit()

best, how = None, ""
with torch.no_grad():
    for layout in (torch.contiguous_format, torch.channels_last):
        network, batch = teacher.to(memory_format=layout), images.contiguous(memory_format=layout)
        ways = {"eager": network}
        if hasattr(torch, "compile"):
            ways["compiled"] = torch.compile(network)
        for name, way in ways.items():
            try:
                took = seconds(lambda: way(batch), ask.iters)
            except Exception:  # no compiler on this machine
                if name == "eager":
                    raise
                continue
            if best is None or took < best:
                best, how = took, f"{str(layout).split('.')[-1]}, {name}"
report("teacher", f"torchvision {torchvision.__version__}, {how}", ask, images_per_s=ask.batch / best)
