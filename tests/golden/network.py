#!/usr/bin/env python3
"""Fresh reference values for GoldenNetworkTest from PyTorch, of another seed, width and batch than those in the repository.

  tests/golden/network.py DIR [--seed N] [--width W] [--batch B] [--size S]
  mvn -pl model -am test -Dtest=GoldenNetworkTest -Dsurefire.failIfNoSpecifiedTests=false -Dbagpipe.golden=DIR

A ReLU whose input lies within rounding of 0 passes its gradient or does not: from some size on, no two float32 implementations agree
to 1e-3 with float64. meta.json therefore says how far PyTorch's own float32 is off, the worse of its two layouts; the test allows
twice that where it is more than 1e-3.

Needs Debian's python3-torch (run with /usr/bin/python3). Computed in float64, stored in float32. From width 64 and batch 32 on, the
engine takes its 3x3 convolutions by Winograd's algorithm where that pays.
"""
import argparse, copy, json, os
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F


class Block(nn.Module):
    """torchvision's BasicBlock, with its parameter names."""
    def __init__(s, i, o, stride):
        super().__init__()
        s.conv1, s.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        s.conv2, s.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        s.downsample = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)) if stride != 1 or i != o else None

    def forward(s, x):
        y = s.bn2(s.conv2(F.relu(s.bn1(s.conv1(x)))))
        return F.relu(y + (x if s.downsample is None else s.downsample(x)))


class ResNet18(nn.Module):
    def __init__(s, width, stem, head):
        super().__init__()
        cifar = stem == 'cifar'
        s.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False) if cifar else nn.Conv2d(3, width, 7, 2, 3, bias=False)
        s.bn1, s.pool = nn.BatchNorm2d(width), nn.Identity() if cifar else nn.MaxPool2d(3, 2, 1)
        channels = width
        for stage in range(4):
            out = width << stage
            setattr(s, f'layer{stage + 1}', nn.Sequential(Block(channels, out, 1 if stage == 0 else 2), Block(out, out, 1)))
            channels = out
        s.fc = nn.Sequential(nn.Linear(channels, head[0]), nn.ReLU(), nn.Linear(head[0], head[1]))

    def features(s, x):
        x = s.pool(F.relu(s.bn1(s.conv1(x))))
        return s.layer4(s.layer3(s.layer2(s.layer1(x)))).mean((2, 3))

    def forward(s, x):
        return s.fc(s.features(x))


def arrays(named):
    return {name: value.detach().numpy().astype(np.float32) for name, value in named if 'num_batches' not in name}


def gradients(net, x, weight):
    net.zero_grad()
    (net(x) * weight).sum().div(len(x)).backward()
    return [p.grad.double().clone() for p in net.parameters()]


def distance(net, layout, x, weight):
    """The largest relative distance of a gradient in float32 from the same in float64."""
    exact = copy.deepcopy(net)
    single = copy.deepcopy(net).float().to(memory_format=layout)
    pairs = zip(gradients(single, x.float().contiguous(memory_format=layout), weight.float()), gradients(exact, x, weight))
    return max(float((s - e).norm() / e.norm()) for s, e in pairs)


def make(folder, stem, a):
    os.makedirs(folder, exist_ok=True)
    hidden, dim, lr, momentum, decay = 32, 16, .03, .9, 1e-4
    net = ResNet18(a.width, stem, (hidden, dim)).double()
    for m in net.modules():  # running statistics and affine parameters that are not all 0 and 1
        if isinstance(m, nn.BatchNorm2d):
            for t, low, high in ((m.weight, .5, 1.5), (m.bias, -.3, .3), (m.running_mean, -.3, .3), (m.running_var, .5, 1.5)):
                nn.init.uniform_(t, low, high)
    net.load_state_dict({k: v.float().double() if v.is_floating_point() else v for k, v in net.state_dict().items()})
    x = torch.randn(a.batch, 3, a.size, a.size).double()
    weight = torch.randn(a.batch, dim).double()
    save = lambda name, t: np.save(os.path.join(folder, name), t.detach().numpy().astype(np.float32))
    save('input', x), save('loss_weight', weight)
    np.savez(os.path.join(folder, 'before'), **arrays(net.state_dict().items()))
    net.eval(), save('eval_output', net(x)), save('eval_features', net.features(x)), net.train()
    single = max(distance(net, layout, x, weight) for layout in (torch.contiguous_format, torch.channels_last))
    opt = torch.optim.SGD(net.parameters(), lr, momentum=momentum, weight_decay=decay)
    for step in range(2):
        opt.zero_grad()
        out = net(x)
        (out * weight).sum().div(a.batch).backward()
        if step == 0:
            save('train_output', out)
            np.savez(os.path.join(folder, 'grad'), **arrays((n, p.grad) for n, p in net.named_parameters()))
        opt.step()
    np.savez(os.path.join(folder, 'after2'), **arrays(net.state_dict().items()))
    with open(os.path.join(folder, 'meta.json'), 'w') as f:
        json.dump(dict(blocks=[2] * 4, head=[8 * a.width, hidden, dim], lr=lr, momentum=momentum, weight_decay=decay, stem=stem, width=a.width, seed=a.seed, float32_distance=single), f)


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('dir')
    for name, default in (('seed', 2), ('width', 64), ('batch', 32), ('size', 32)):
        p.add_argument('--' + name, type=int, default=default)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    for stem in ('cifar', 'imagenet'):
        make(os.path.join(a.dir, 'network', f'resnet18_w8_{stem}'), stem, a)
