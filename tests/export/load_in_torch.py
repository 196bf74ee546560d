#!/usr/bin/env python3
"""Loads exported students into torchvision's own models and prints what happened, one JSON line a file.

usage: load_in_torch.py [--images N] FILE.safetensors ...

Architecture and stem are the ones a file names. The keys must match torchvision's exactly, the classifier aside: "missing" lists
only fc.* or classifier.*, "unexpected" nothing. Where the file has the student's projection head, the model's classifier is replaced by
one first, and then nothing may be missing at all. "features" (and "embedding") are what PyTorch computes for N made-up images in
[0, 1], normalised as the file says. FILE.onnx, where there is one beside it, is checked with onnx.checker.
Exit status 0 when the keys match. Needs torch and torchvision; the safetensors package is not needed.
"""
import argparse
import json
import pathlib
import struct
import sys

import numpy
import torch
import torchvision

CLASSIFIERS = ('fc.', 'classifier.')
TYPES = {'F32': '<f4', 'I64': '<i8'}


def read_safetensors(path):
    with open(path, 'rb') as file:
        length = struct.unpack('<Q', file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop('__metadata__')
    state = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        values = numpy.frombuffer(data[begin:end], TYPES[entry['dtype']]).copy()
        state[name] = torch.from_numpy(values).reshape(entry['shape'])
    return metadata, state


def small_images(model, name):
    """The stem for small images, as Stem.CIFAR describes it."""
    if name.startswith('resnet'):
        model.conv1 = torch.nn.Conv2d(3, model.conv1.out_channels, 3, 1, 1, bias=False)
        model.maxpool = torch.nn.Identity()
    else:
        model.features[0][0].stride = (1, 1)


def made_up_images(count, size):
    i = numpy.arange(count * 3 * size * size, dtype=numpy.int64)
    pixels = (i * 7919 + i // 13 * 104729) % 256 / 255.0
    return torch.from_numpy(pixels.astype(numpy.float32).reshape(count, 3, size, size))


def head_of(state, prefix):
    first, second = state[prefix + '0.weight'].shape, state[prefix + '2.weight'].shape
    return torch.nn.Sequential(torch.nn.Linear(first[1], first[0]), torch.nn.ReLU(), torch.nn.Linear(second[1], second[0]))


def check_onnx(path):
    try:
        import onnx
    except ImportError:
        return 'not installed'
    onnx.checker.check_model(onnx.load(path), full_check=True)
    return 'checked'


def without_initialisation():
    """Every tensor is overwritten, and drawing them takes longer than all the rest."""
    for name in dir(torch.nn.init):
        if name.endswith('_') and not name.startswith('_'):
            setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)


def load(path, images):
    metadata, state = read_safetensors(path)
    name = metadata['student.architecture']
    model = getattr(torchvision.models, name)()
    if metadata['student.stem'] == 'cifar':
        small_images(model, name)
    prefix = 'fc.' if hasattr(model, 'fc') else 'classifier.'
    classifier = prefix.rstrip('.')
    head = prefix + '0.weight' in state
    if head:
        setattr(model, classifier, head_of(state, prefix))

    missing, unexpected = model.load_state_dict(state, strict=False)
    matches = not unexpected and all(key.startswith(CLASSIFIERS) for key in missing) and not (head and missing)
    result = {'architecture': name, 'tensors': len(state), 'missing': missing, 'unexpected': unexpected, 'matches': matches}

    if images:
        pixels = made_up_images(images, int(metadata['image.size']))
        mean, std = (torch.tensor(json.loads(metadata[key])).view(1, 3, 1, 1) for key in ('image.mean', 'image.std'))
        projection = getattr(model, classifier)
        setattr(model, classifier, torch.nn.Identity())
        with torch.no_grad():
            features = model.eval()((pixels - mean) / std)
            result['features'] = features.tolist()
            if head:
                result['embedding'] = projection(features).tolist()
    onnx = pathlib.Path(path).with_suffix('.onnx')
    if onnx.exists():
        result['onnx'] = check_onnx(str(onnx))
    return result


def main():
    options = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    options.add_argument('files', nargs='+', metavar='FILE')
    options.add_argument('--images', type=int, default=0)
    options = options.parse_args()

    torch.set_num_threads(1)
    without_initialisation()
    matches = True
    for path in options.files:
        result = load(path, options.images)
        matches &= result['matches']
        print(json.dumps(result))
    return 0 if matches else 1


if __name__ == '__main__':
    sys.exit(main())
