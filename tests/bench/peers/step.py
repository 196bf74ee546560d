#!/usr/bin/env python3
"""One BINGO training step in PyTorch: three passes of the student, the loss over a queue, SGD.

Runs both memory layouts, eager and, where this PyTorch can, compiled; the fastest counts.
Install: see README.md here; Debian: python3-torch libopenblas0-pthread.
"""
from peer import needs, options, report, seconds

ask = options(__doc__, width=64, size=32, batch=64, stem="cifar", queue=65536, iters=5, threads=2)
torch = needs("install PyTorch, see tests/bench/peers/README.md", "torch")
nn = torch.nn
F = nn.functional

TEMPERATURE = 0.2
DIM, HIDDEN = 128, 2048


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
    return F.normalize(torch.randn(count, DIM), dim=1)


def term(student, negatives, targets):
    """Cross-entropy of each weighted target against the queue, which is gone through once."""
    rest = torch.logsumexp(student @ negatives.t() / TEMPERATURE, 1)
    loss = 0
    for target, weight in targets:
        positive = (student * target).sum(1) / TEMPERATURE
        loss = loss + weight * (torch.logaddexp(positive, rest) - positive).mean()
    return loss


def step_seconds(layout, compiled):
    torch.manual_seed(1)
    student = resnet18(ask.width, ask.stem).to(memory_format=layout).train()
    if compiled:
        student = torch.compile(student)
    shape = (ask.batch, 3, ask.size, ask.size)
    query, member, mixed = (torch.randn(shape).contiguous(memory_format=layout) for _ in range(3))
    anchor_key, member_key, queue = unit_rows(ask.batch), unit_rows(ask.batch), unit_rows(ask.queue)
    sgd = torch.optim.SGD(student.parameters(), 0.03, momentum=0.9, weight_decay=1e-4)

    def step():
        loss = 0
        for views, own in ((query, 0.5), (member, 0.5), (mixed, 0.3)):
            embedding = F.normalize(student(views), dim=1)
            loss = loss + term(embedding, queue, ((anchor_key, own), (member_key, 1 - own)))
        sgd.zero_grad(set_to_none=True)
        (loss / 3).backward()
        sgd.step()

    return seconds(step, ask.iters)


torch.set_num_threads(ask.threads)
best, how = None, ""
for layout in (torch.contiguous_format, torch.channels_last):
    for compiled in (False, True) if hasattr(torch, "compile") else (False,):
        try:
            took = step_seconds(layout, compiled)
        except Exception as failed:  # no compiler on this machine: what it can do without counts
            if not compiled:
                raise
            import sys

            print(f"torch.compile does not work here: {str(failed).splitlines()[0]}", file=sys.stderr)
            continue
        if best is None or took < best:
            best = took
            how = f"{str(layout).split('.')[-1]}, {'compiled' if compiled else 'eager'}"
report("step", f"PyTorch {torch.__version__}, {how}", ask, anchors_per_s=ask.batch / best, step_s=best)
