#!/usr/bin/env python3
"""A frozen teacher's forward pass by torchvision; --onnx FILE writes the same network for ours.

Both memory layouts and, where this PyTorch can, compiled; the fastest counts. On a GPU channels last alone, with images that come as
uint8 from pinned memory, are normalised there and leave as float32, as ours do; bf16 by weights and images in bfloat16.
Install: see README.md here; Debian: python3-torch python3-torchvision libopenblas0-pthread.
"""
from peer import needs, options, report, seconds

ask = options(__doc__, arch="resnet50", size=224, batch=16, iters=4, threads=2, onnx="",
              device="cpu", precision="float32", modes="eager,compile")
torch, torchvision = needs("install torchvision, see tests/bench/peers/README.md", "torch", "torchvision")

torch.manual_seed(1)
torch.set_num_threads(ask.threads)
teacher = getattr(torchvision.models, ask.arch)(num_classes=128).eval()
images = torch.rand(ask.batch, 3, ask.size, ask.size)
CUDA = ask.device.startswith("cuda")
if CUDA and not torch.cuda.is_available():
    raise SystemExit("teacher.py: PyTorch sees no GPU here")
torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = ask.precision == "tf32"
number = torch.bfloat16 if ask.precision == "bf16" else torch.float32

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



def pass_of(way, layout):
    """One pass, as a function without arguments."""
    if not CUDA:
        batch = images.to(number).contiguous(memory_format=layout)
        return lambda: way(batch)
    pixels = torch.randint(0, 256, (ask.batch, ask.size, ask.size, 3), dtype=torch.uint8).pin_memory()
    mean = torch.tensor((0.485, 0.456, 0.406), device=ask.device)
    deviation = torch.tensor((0.229, 0.224, 0.225), device=ask.device)

    def run():
        here = pixels.to(ask.device, non_blocking=True).float().div_(255).sub_(mean).div_(deviation)
        return way(here.permute(0, 3, 1, 2).to(number)).float().cpu()  # waits for the pass

    return run


modes = ask.modes.split(",")
best, how = None, ""
with torch.no_grad():
    for layout in (torch.channels_last,) if CUDA else (torch.contiguous_format, torch.channels_last):
        network = teacher.to(device=ask.device, dtype=number, memory_format=layout)
        ways = {"eager": network} if "eager" in modes else {}
        if "compile" in modes and hasattr(torch, "compile"):
            ways["compiled"] = torch.compile(network)
        for name, way in ways.items():
            try:
                took = seconds(pass_of(way, layout), ask.iters)
            except Exception:  # no compiler on this machine
                if name == "eager":
                    raise
                continue
            if best is None or took < best:
                best, how = took, f"{str(layout).split('.')[-1]}, {name}"
if best is None:
    raise SystemExit("teacher.py: torch.compile does not work here, and --modes has nothing else")
report("teacher", f"torchvision {torchvision.__version__}, {how}", ask, images_per_s=ask.batch / best)
