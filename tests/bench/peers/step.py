#!/usr/bin/env python3
"""One BINGO training step in PyTorch: three passes of the student, the loss over a queue, SGD.

Runs both memory layouts, eager and, where this PyTorch can, compiled; the fastest counts. On a GPU channels last alone, with
views that come as uint8 from pinned memory and are normalised there, as ours do; bf16 by autocast.
Install: see README.md here; Debian: python3-torch libopenblas0-pthread.
"""
from peer import needs, options, report, seconds

ask = options(__doc__, width=64, size=32, batch=64, stem="cifar", queue=65536, iters=5, threads=2,
              device="cpu", precision="float32", modes="eager,compile")
torch = needs("install PyTorch, see tests/bench/peers/README.md", "torch")
nn = torch.nn
F = nn.functional

TEMPERATURE = 0.2
DIM, HIDDEN = 128, 2048
CUDA = ask.device.startswith("cuda")
if CUDA and not torch.cuda.is_available():
    raise SystemExit("step.py: PyTorch sees no GPU here")
torch.backends.cudnn.benchmark = True
torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = ask.precision == "tf32"


def conv(inputs, outputs, side, stride=1):
    return nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))
        out += x if self.downsample is None else self.downsample(x)
        return F.relu(out, inplace=True)


def resnet18(width, stem):
    """torchvision's ResNet-18 with another width, and the projection head."""
    layers = [conv(3, width, 3)] if stem == "cifar" else [conv(3, width, 7, 2)]
    layers += [nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
    if stem != "cifar":
        layers.append(nn.MaxPool2d(3, 2, 1))
    inputs = width
    for stage in range(4):
        outputs = width << stage
        layers += [BasicBlock(inputs, outputs, 2 if stage else 1), BasicBlock(outputs, outputs, 1)]
        inputs = outputs
    head = [nn.Linear(inputs, HIDDEN), nn.ReLU(inplace=True), nn.Linear(HIDDEN, DIM)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *head)


def unit_rows(count):
    return F.normalize(torch.randn(count, DIM, device=ask.device), dim=1)


def term(student, negatives, targets):
    """Cross-entropy of each weighted target against the queue, which is gone through once."""
    rest = torch.logsumexp(student @ negatives.t() / TEMPERATURE, 1)
    loss = 0
    for target, weight in targets:
        positive = (student * target).sum(1) / TEMPERATURE
        loss = loss + weight * (torch.logaddexp(positive, rest) - positive).mean()
    return loss


def views_of(layout):
    shape = (ask.batch, 3, ask.size, ask.size)
    if not CUDA:
        views = [torch.randn(shape).contiguous(memory_format=layout) for _ in range(3)]
        return views, lambda view: view
    pixels = [torch.randint(0, 256, (ask.batch, ask.size, ask.size, 3), dtype=torch.uint8).pin_memory() for _ in range(3)]
    mean = torch.tensor((0.485, 0.456, 0.406), device=ask.device)
    deviation = torch.tensor((0.229, 0.224, 0.225), device=ask.device)

    def normalised(view):
        return view.to(ask.device, non_blocking=True).float().div_(255).sub_(mean).div_(deviation).permute(0, 3, 1, 2)

    return pixels, normalised


def step_seconds(layout, compiled):
    torch.manual_seed(1)
    student = resnet18(ask.width, ask.stem).to(device=ask.device, memory_format=layout).train()
    if compiled:
        student = torch.compile(student)
    (query, member, mixed), normalised = views_of(layout)
    anchor_key, member_key, queue = unit_rows(ask.batch), unit_rows(ask.batch), unit_rows(ask.queue)
    sgd = torch.optim.SGD(student.parameters(), 0.03, momentum=0.9, weight_decay=1e-4)

    def step():
        loss = 0
        for views, own in ((query, 0.5), (member, 0.5), (mixed, 0.3)):
            with torch.autocast(ask.device.split(":")[0], dtype=torch.bfloat16, enabled=ask.precision == "bf16"):
                raw = student(normalised(views))
            embedding = F.normalize(raw.float(), dim=1)
            loss = loss + term(embedding, queue, ((anchor_key, own), (member_key, 1 - own)))
        sgd.zero_grad(set_to_none=True)
        (loss / 3).backward()
        sgd.step()
        return float(loss)  # waits for the step, as whoever looks at its loss does

    return seconds(step, ask.iters)


if ask.threads:
    torch.set_num_threads(ask.threads)
best, how = None, ""
modes = ask.modes.split(",")
kinds = [kind for kind, mode in ((False, "eager"), (True, "compile")) if mode in modes and (not kind or hasattr(torch, "compile"))]
for layout in (torch.channels_last,) if CUDA else (torch.contiguous_format, torch.channels_last):
    for compiled in kinds:
        try:
            took = step_seconds(layout, compiled)
        except Exception as failed:  # no compiler on this machine: what it can do without counts
            if not compiled or len(kinds) == 1:
                raise
            import sys

            print(f"torch.compile does not work here: {str(failed).splitlines()[0]}", file=sys.stderr)
            continue
        if best is None or took < best:
            best = took
            how = f"{str(layout).split('.')[-1]}, {'compiled' if compiled else 'eager'}"
report("step", f"PyTorch {torch.__version__}, {how}", ask, anchors_per_s=ask.batch / best, step_s=best)
