#!/usr/bin/env python3
"""Names and shapes of torchvision's state dicts, the classifier aside: state_dicts.py > state_dicts.txt"""
import torchvision

for arch in ('resnet18', 'resnet34', 'resnet50', 'mobilenet_v3_large', 'efficientnet_b0'):
    print('#', arch)
    for name, tensor in getattr(torchvision.models, arch)().state_dict().items():
        if not name.startswith(('fc.', 'classifier.')) and not name.endswith('num_batches_tracked'):
            print(name, *tensor.shape)
