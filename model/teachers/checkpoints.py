"""The checkpoints that authors of self-supervised methods publish: which tensors are the backbone and which the head."""
import re

import torch
from torch import nn

import vit

SOURCES = ("moco-v2", "moco-v3", "swav", "dino", "dinov2", "dinov3")

# where the encoder is, the first that there is; and where its head is from there
PREFIXES = {
    "moco-v2": ("module.encoder_q.", "encoder_q."),
    "moco-v3": ("module.base_encoder.", "base_encoder."),
    "swav": ("module.",),
    "dino": ("backbone.", "module.backbone."),
    "dinov2": ("backbone.", "module.backbone."),
    "dinov3": ("backbone.", "module.backbone."),
}
HEADS = {"moco-v2": ("fc.",), "moco-v3": ("fc.", "head."), "swav": ("projection_head.",), "dino": ("head.mlp.",)}
# no part of a served teacher: prototypes, masks of training, norms for local crops
LEFT_OUT = re.compile(
    r"(prototypes\.|mask_token$|head\.last_layer\.|ibot_head\.|dino_head\.|(fc|head|projection_head)\.|local_cls_norm\.|cls_norm\.|.*num_batches_tracked$)"
)


def tensors(path, trust=False):
    """All tensors of a checkpoint by name; those of DINO's teacher where there are two networks."""
    try:
        found = torch.load(path, map_location="cpu", weights_only=not trust)
    except Exception as error:  # many types, and none of them says which file
        why = str(error).strip().split("\n")[-1] or type(error).__name__
        more = "" if trust else "; if it holds more than tensors and you trust it: --trust"
        raise SystemExit(f"{path}: cannot be read as a checkpoint ({why}){more}") from None
    for key in ("teacher", "state_dict", "model"):
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict):
        raise SystemExit(f"{path}: holds no state dict")
    return {name: value for name, value in found.items() if isinstance(value, torch.Tensor)}


def state(path, trust):
    """A state dict for a model that there is, without what wrappers put before the names."""
    found = tensors(path, trust)
    for prefix in ("module.", "_orig_mod."):
        if found and all(name.startswith(prefix) for name in found):
            found = vit.beginning(found, prefix)
    return found


def read(source, found, ask):
    """Backbone and head of a checkpoint's tensors; a head of None where it has none."""
    path, heads = ask.checkpoint, ask.heads
    for prefix in PREFIXES[source]:
        inside = vit.beginning(found, prefix)
        if inside:
            break
    else:
        prefix, inside = "", found
    # DINO's head lies beside the backbone, everybody else's inside
    outside = vit.beginning(found, prefix[: -len("backbone.")]) if prefix.endswith("backbone.") else inside
    head = next((projection(vit.beginning(outside, name), source) for name in HEADS.get(source, ()) if vit.beginning(outside, name)), None)
    backbone = {name: value.float() for name, value in inside.items() if not LEFT_OUT.match(name)}
    if "conv1.weight" in backbone:
        network = resnet(backbone, path)
    elif "patch_embed.proj.weight" in backbone:
        if heads is None and source == "moco-v3" and backbone["patch_embed.proj.weight"].shape[0] == 384:
            heads = 12
        network = vit.Vit(backbone, ask.size or 224, heads)
    else:
        raise SystemExit(
            f"{path}: neither a ResNet (conv1.weight) nor a vision transformer (patch_embed.proj.weight) for {source};"
            f" its names are like {', '.join(list(found)[:3])}"
        )
    fit(network, backbone, path)
    return (network.freeze() if isinstance(network, vit.Vit) else network).eval(), head


def resnet(state, path):
    """torchvision's ResNet with these shapes."""
    from torchvision.models import resnet as source

    blocks = [1 + max((int(name.split(".")[1]) for name in state if name.startswith(f"layer{i}.")), default=-1) for i in range(1, 5)]
    bottleneck = "layer1.0.conv3.weight" in state
    width, out = state["conv1.weight"].shape[0], state.get("layer1.0.conv2.weight", state["conv1.weight"]).shape[0]
    known = {(True, 3, 4, 6, 3), (True, 3, 4, 23, 3), (True, 3, 8, 36, 3), (False, 2, 2, 2, 2), (False, 3, 4, 6, 3)}
    if (bottleneck, *blocks) not in known or width not in (64, 128, 256, 320):
        raise SystemExit(f"{path}: a ResNet of stages {blocks} and width {width}, which torchvision has not")
    if width == 64:
        more = {"width_per_group": out} if bottleneck else {}
        network = source.ResNet(source.Bottleneck if bottleneck else source.BasicBlock, blocks, **more)
    else:
        raise SystemExit(f"{path}: a ResNet of width {width}; SwAV's wide ones come by hub:facebookresearch/swav:main:resnet50w2")
    network.fc = nn.Identity()
    return network


def projection(state, source):
    """The layers of a head by their numbers: matrices, batch norms, and activations where numbers are left out."""
    numbers = sorted({int(name.split(".")[0]) for name in state if name.split(".")[0].isdigit()})
    if not numbers:
        # MoCo v1's is one layer; a linear classifier looks the same and is no embedding
        return None
    layers = []
    for number in range(numbers[-1] + 1):
        weight, mean = state.get(f"{number}.weight"), state.get(f"{number}.running_mean")
        if mean is not None:
            layers.append(nn.BatchNorm1d(len(mean), affine=weight is not None))
        elif weight is not None:
            layers.append(nn.Linear(weight.shape[1], weight.shape[0], bias=f"{number}.bias" in state))
        else:
            layers.append(nn.GELU() if source == "dino" else nn.ReLU())
    head = nn.Sequential(*layers)
    head.load_state_dict({name: value.float() if value.is_floating_point() else value for name, value in state.items()})
    return head.eval()


def fit(network, state, path, passed_over=()):
    """Loads a state dict, or says in one line what does not fit."""
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    counters = "num_batches_tracked"
    faults = {
        "missing": [n for n in shapes if n not in state and not n.endswith(counters) and not n.startswith(tuple(passed_over))],
        "unexpected": [n for n in state if n not in shapes and not n.endswith(counters)],
        "of another shape": [n for n in state if n in shapes and tuple(state[n].shape) != shapes[n]],
    }
    said = [
        f"{kind} {', '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        for kind, names in faults.items()
        if names
    ]
    if said:
        raise SystemExit(f"{path}: does not fit: " + "; ".join(said))
    network.load_state_dict(state, strict=False)
