#!/usr/bin/python3
"""Reference values for WideNetworkTest from PyTorch: a ResNet-18 wide enough for Winograd's algorithm, in a small file.

  tests/golden/wide_network.py model/src/test/resources/golden/wide-network.json [--seeds N...]

Parameters, images and the loss's weights are not stored: both sides draw them by the same formula (`uniform`), exact in float32. Of a
tensor's gradient the norm is stored, and its products with PROJECTIONS vectors of random signs: the products' distances from an
implementation's own are on average the norm of the whole difference, wherever it is. Outputs are stored whole. Computed in float64;
`float32_distance` says how far PyTorch's own float32 gradients are off, the worse of its two layouts. The seeds are of those of 2,200 whose
ReLUs' inputs stay farthest from 0. One within rounding of it may still pass its gradient where float64 does not, which is seen in all
tensors before it; so there are four, and the test wants each within what that does and two without it.

At width 16 and 16x16 pixels the third stage has 64 channels on 4x4 pixels, the batch of 32 images as many tiles: the smallest shape for
which OneDnnWinograd pays. Needs Debian's python3-torch.
"""
import argparse, json
import numpy as np, torch, torch.nn as nn
from network import ResNet18, distance

WIDTH, SIZE, BATCH, HIDDEN, DIMENSION, PROJECTIONS = 16, 16, 32, 32, 16, 8
MASK = (1 << 64) - 1


def mix(values):
    """The finaliser of SplitMix64."""
    z = values.astype(np.uint64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def hashes(seed, stream, count):
    start = int(mix(np.array([(seed * 0x9E3779B97F4A7C15 + stream) & MASK], np.uint64))[0])
    return mix(np.arange(count, dtype=np.uint64) + np.uint64(start))


def uniform(seed, stream, count, low, high):
    """low + (high - low) * u in float32, u of 24 bits."""
    u = (hashes(seed, stream, count) >> np.uint64(40)).astype(np.float32) * np.float32(2.0 ** -24)
    return np.float32(low) + np.float32(np.float32(high) - np.float32(low)) * u


def images(seed, stream):
    """uint8 [BATCH, SIZE, SIZE, 3] as networks take them: (level / 255 - 0.5) / 0.25 in float32, channels first."""
    levels = (hashes(seed, stream, BATCH * SIZE * SIZE * 3) >> np.uint64(56)).astype(np.float64)
    x = ((levels / 255 - .5) / .25).astype(np.float32).astype(np.float64)
    return torch.from_numpy(x).reshape(BATCH, SIZE, SIZE, 3).permute(0, 3, 1, 2)


def signs(seed, stream, count):
    return np.where(hashes(seed, stream, count) >> np.uint64(63) == 0, 1.0, -1.0)


def bounds(name, shape):
    if name.endswith('running_var') or len(shape) == 1 and name.endswith('weight'):
        return .5, 1.5
    if len(shape) == 1:
        return -.3, .3
    spread = (6 / int(np.prod(shape[1:]))) ** .5
    return -spread, spread


def summary(seed, stream, values):
    flat = values.detach().numpy().astype(np.float64).ravel()
    return dict(norm=float(np.linalg.norm(flat)),
                projections=[float(flat @ signs(seed, 1000 * (k + 1) + stream, flat.size)) for k in range(PROJECTIONS)])


def point(seed):
    """A network, a batch, and what PyTorch makes of them."""
    net = ResNet18(WIDTH, 'cifar', (HIDDEN, DIMENSION)).double()
    state = {name: t for name, t in net.state_dict().items() if 'num_batches' not in name}
    for number, (name, t) in enumerate(state.items()):
        low, high = bounds(name, t.shape)
        t.copy_(torch.from_numpy(uniform(seed, number, t.numel(), low, high).astype(np.float64)).reshape(t.shape))
    x = images(seed, 500)
    weight = torch.from_numpy(uniform(seed, 501, BATCH * DIMENSION, -1, 1).astype(np.float64)).reshape(BATCH, DIMENSION)
    digits = lambda t: [float('%.9g' % v) for v in t.detach().numpy().ravel()]
    net.eval()
    result = dict(seed=seed, eval_output=digits(net(x)))
    net.train()
    result['float32_distance'] = max(distance(net, layout, x, weight) for layout in (torch.contiguous_format, torch.channels_last))
    net.zero_grad()
    out = net(x)
    (out * weight).sum().backward()
    result['train_output'] = digits(out)
    numbers = {name: n for n, name in enumerate(state)}
    result['gradients'] = {name: summary(seed, numbers[name], p.grad) for name, p in net.named_parameters()}
    print('seed', seed, 'float32 distance', result['float32_distance'])
    return result


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('file')
    p.add_argument('--seeds', type=int, nargs='+', default=[1930, 1657, 2027, 1412])
    a = p.parse_args()
    np.seterr(over='ignore')
    result = dict(width=WIDTH, size=SIZE, batch=BATCH, head=[HIDDEN, DIMENSION], points=[point(seed) for seed in a.seeds])
    with open(a.file, 'w') as f:
        json.dump(result, f, separators=(',', ':'))
