#!/usr/bin/env python3
"""Values of torchvision's networks with our projection head, in float64: make_students.py DIR [ARCH..]

Weights and images (uint8, normalised as ImageNet's are) are uniform draws that the test makes again (io.bagpipe.model.random.Draw, purpose WEIGHTS), so only results are kept:
outputs whole, and of each gradient and each tensor after two SGD steps its norm and its products with three random vectors.
Some functions have kinks, and rounding that carries a value over one changes gradients by more than rounding: of several seeds the one is
taken whose training pass keeps its values farthest from them, and float32_distance says what rounding may still do.  Stochastic depth is switched off (see EfficientNet.java), and so is dropout, whose place the head takes.
"""
import os, re, sys
import numpy as np, torch, torch.nn as nn, torchvision

MASK, GAMMA, WEIGHTS = (1 << 64) - 1, 0x9E3779B97F4A7C15, 0x57
BATCH, SIZE, HIDDEN, EMBEDDING, PROJECTIONS, SEEDS = 8, 64, 32, 16, 3, int(os.environ.get('SEEDS', 40))   # 8: wide ResNets are convolved by Winograd's algorithm then
MEAN, STD = np.float32([0.485, 0.456, 0.406]).astype(np.float64), np.float32([0.229, 0.224, 0.225]).astype(np.float64)
BRANCH = re.compile(r"layer\d\.\d+\.bn[23]\.weight")      # the last scales of a ResNet's branches
IMAGES, SLOPES, VECTORS = 100_000, 100_001, 200_000   # the draws' counts beside those of the tensors


def finish(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def mix(h, value):
    return finish((h * 31 + value + GAMMA) & MASK)


def uniform(seed, count, n):
    """n draws in [0, 1) of Draw.of(seed, count, WEIGHTS)"""
    state = mix(mix(mix(seed, WEIGHTS), -1), count)
    with np.errstate(over='ignore'):
        z = np.uint64(state) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(GAMMA)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0 ** -53


def value(seed, name, shape, index):
    u = uniform(seed, index, int(np.prod(shape))).reshape(shape)
    if len(shape) > 1:                                    # weights: of variance 2 / fan in
        u = (2 * u - 1) * np.sqrt(6 / np.prod(shape[1:]))
    elif BRANCH.fullmatch(name):                          # else rounding grows from block to block, as it does in no trained network
        u = 0.1 + 0.2 * u
    elif name.endswith(('.weight', '.running_var')):
        u = 0.5 + u
    else:
        u = 0.4 * u - 0.2
    return u.astype(np.float32).astype(np.float64)


def summary(seed, tensors):
    rows = []
    for index, t in enumerate(tensors):
        t = t.detach().numpy().ravel()
        vectors = [2 * uniform(seed, VECTORS + index * PROJECTIONS + k, t.size) - 1 for k in range(PROJECTIONS)]
        rows.append([np.linalg.norm(t)] + [t @ v for v in vectors])
    return np.array(rows, dtype=np.float32)


KINKS = {nn.ReLU: [0], nn.Hardswish: [-3, 3], nn.Hardsigmoid: [-3, 3]}


def danger(net, x):
    """How much of a layer's gradient hangs on values so near a kink that rounding may carry them over, summed over layers."""
    found = []
    def look(module, inputs):
        v, = inputs
        near = sum(((v - kink).abs() < 1e-5 * v.std()).sum().item() for kink in KINKS[type(module)])
        found.append((near / v.numel()) ** 0.5)
    hooks = [m.register_forward_pre_hook(look) for m in net.modules() if type(m) in KINKS]
    saved = {n: t.clone() for n, t in net.state_dict().items()}
    with torch.no_grad():
        net.train()(x)
    net.load_state_dict(saved)
    for hook in hooks:
        hook.remove()
    return sum(found)


def student(arch, seed):
    net = getattr(torchvision.models, arch)()
    name = 'fc' if arch.startswith('resnet') else 'classifier'
    head = getattr(net, name)
    features = next(m for m in head.modules() if isinstance(m, nn.Linear)).in_features
    setattr(net, name, nn.Sequential(nn.Linear(features, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, EMBEDDING)))
    for module in net.modules():
        if isinstance(module, torchvision.ops.StochasticDepth):
            module.p = 0.0
        if hasattr(module, 'inplace'):
            module.inplace = False
    net = net.double()
    state = {n: t for n, t in net.state_dict().items() if not n.endswith('num_batches_tracked')}
    with torch.no_grad():
        for index, (name, tensor) in enumerate(state.items()):
            tensor.copy_(torch.from_numpy(value(seed, name, tuple(tensor.shape), index)))
    levels = np.floor(256 * uniform(seed, IMAGES, BATCH * SIZE * SIZE * 3)).reshape(BATCH, SIZE, SIZE, 3)
    x = ((levels / 255 - MEAN) / STD).astype(np.float32).astype(np.float64)
    return net, state, torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()


def gradients(arch, seed, dtype, perturbation=None):
    net, _, x = student(arch, seed)
    slope = torch.from_numpy((2 * uniform(seed, SLOPES, BATCH * EMBEDDING) - 1).astype(np.float32)).to(dtype)
    if perturbation is not None:
        torch.manual_seed(perturbation)
        with torch.no_grad():
            for p in net.parameters():
                p.mul_(1 + 2e-7 * torch.randn_like(p))
    y = net.to(dtype).train()(x.to(dtype))
    (y.flatten() * slope).sum().div(BATCH).backward()
    return [p.grad.double() for p in net.parameters()]


def float32_distance(arch, seed):
    """How far rounding carries the gradient that suffers most: PyTorch's own float32, and float64 with weights off by some of float32's roundings."""
    exact = gradients(arch, seed, torch.float64)
    whole = max(e.norm() for e in exact)
    others = [gradients(arch, seed, torch.float32)] + [gradients(arch, seed, torch.float64, p) for p in range(12)]
    return max(((e - r).norm() / (e.norm() if e.norm() > 1e-9 * whole else 1e-3 * whole)).item() for other in others for e, r in zip(exact, other))


def make(arch, out):
    dangers = {}
    for seed in range(1, 1 + SEEDS):
        net, _, x = student(arch, seed)
        dangers[seed] = danger(net, x)
    seed = min(dangers, key=dangers.get)
    print(arch, 'seed', seed, 'danger', dangers[seed], 'of', sorted(dangers.values()), file=sys.stderr)
    net, state, x = student(arch, seed)
    slope = torch.from_numpy((2 * uniform(seed, SLOPES, BATCH * EMBEDDING) - 1).astype(np.float32).astype(np.float64))
    result = {'seed': [seed]}
    net.eval()
    with torch.no_grad():
        result['eval_output'] = net(x).numpy()
        pooled = []
        hook = net.avgpool.register_forward_hook(lambda module, inputs, output: pooled.append(output.flatten(1).numpy()))
        net(x)
        hook.remove()
        result['eval_features'] = pooled[0]
    net.train()
    optimiser = torch.optim.SGD(net.parameters(), 0.001, momentum=0.9, weight_decay=1e-4)
    for step in range(2):
        optimiser.zero_grad()
        y = net(x)
        (y.flatten() * slope).sum().div(BATCH).backward()
        if step == 0:
            result['train_output'] = y.detach().numpy()
            result['gradients'] = summary(seed, (p.grad for p in net.parameters()))
        optimiser.step()
    result['after2'] = summary(seed, state.values())
    result['float32_distance'] = [float32_distance(arch, seed)]
    os.makedirs(out, exist_ok=True)
    np.savez(os.path.join(out, arch + '.npz'), **{n: np.ascontiguousarray(a, dtype=np.float32) for n, a in result.items()})


for arch in sys.argv[2:] or ('resnet18', 'resnet34', 'resnet50', 'mobilenet_v3_large', 'efficientnet_b0'):
    make(arch, sys.argv[1] if len(sys.argv) > 1 else '.')
