"""Vision transformers as the authors of DINO, MoCo v3, DINOv2 and DINOv3 store them, built from a state dict alone.

What differs between them is read off the names and shapes: learned or fixed positions (pos_embed) or rotary ones
(rope_embed.periods), registers (register_tokens, storage_tokens), layer scale (ls1.gamma), a gated MLP (w12, or w1 and w2),
masked key biases (bias_mask). The result is the class token after the last norm. Classes follow facebookresearch/dino:
vision_transformer.py; dinov2: dinov2/models/vision_transformer.py; dinov3: dinov3/models/vision_transformer.py,
dinov3/layers/rope_position_encoding.py.
"""
import math

import torch
from torch import nn
from torch.nn import functional


class Scale(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * self.gamma


class MaskedBias(nn.Linear):
    """DINOv3's: the mask takes the bias off the keys."""

    def __init__(self, dim, out):
        super().__init__(dim, out)
        self.register_buffer("bias_mask", torch.ones(out))

    def forward(self, x):
        return functional.linear(x, self.weight, self.bias * self.bias_mask)


class Attention(nn.Module):
    def __init__(self, dim, heads, bias, masked):
        super().__init__()
        self.heads = heads
        self.qkv = MaskedBias(dim, 3 * dim) if masked else nn.Linear(dim, 3 * dim, bias=bias)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x, rope):
        n, tokens, dim = x.shape
        q, k, v = self.qkv(x).reshape(n, tokens, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        if rope is not None:
            q, k = rotated(q, *rope), rotated(k, *rope)
        weights = (q @ k.transpose(-2, -1) * (dim // self.heads) ** -0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(n, tokens, dim))


def rotated(x, sin, cos):
    """The patches' positions; class token and registers, which come first, have none."""
    before = x.shape[2] - sin.shape[0]
    patches = x[:, :, before:]
    first, second = patches.chunk(2, -1)
    turned = patches * cos + torch.cat((-second, first), -1) * sin
    return torch.cat((x[:, :, :before], turned), 2)


class Mlp(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dim, hidden), nn.Linear(hidden, dim)

    def forward(self, x):
        return self.fc2(functional.gelu(self.fc1(x)))


class Gated(nn.Module):
    """DINOv2's w12 is DINOv3's w1 and w2 in one."""

    def __init__(self, dim, hidden, joined):
        super().__init__()
        if joined:
            self.w12 = nn.Linear(dim, 2 * hidden)
        else:
            self.w1, self.w2 = nn.Linear(dim, hidden), nn.Linear(dim, hidden)
        self.w3 = nn.Linear(hidden, dim)

    def forward(self, x):
        gate, value = self.w12(x).chunk(2, -1) if hasattr(self, "w12") else (self.w1(x), self.w2(x))
        return self.w3(functional.silu(gate) * value)


class Block(nn.Module):
    def __init__(self, dim, heads, eps, state):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps), nn.LayerNorm(dim, eps)
        self.attn = Attention(dim, heads, "attn.qkv.bias" in state, "attn.qkv.bias_mask" in state)
        self.ls1 = Scale(dim) if "ls1.gamma" in state else nn.Identity()
        self.ls2 = Scale(dim) if "ls2.gamma" in state else nn.Identity()
        if "mlp.fc1.weight" in state:
            self.mlp = Mlp(dim, state["mlp.fc1.weight"].shape[0])
        else:
            self.mlp = Gated(dim, state["mlp.w3.weight"].shape[1], "mlp.w12.weight" in state)

    def forward(self, x, rope):
        x = x + self.ls1(self.attn(self.norm1(x), rope))
        return x + self.ls2(self.mlp(self.norm2(x)))


class Vit(nn.Module):
    """The transformer that a state dict is of, for images of one size."""

    def __init__(self, state, size, heads=None):
        super().__init__()
        projection = state["patch_embed.proj.weight"]
        dim, _, patch, _ = projection.shape
        if size % patch:
            raise SystemExit(f"images of {size} pixels do not divide into patches of {patch}; try --size {size // patch * patch}")
        depth = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("blocks."))
        rotary = "rope_embed.periods" in state
        eps = 1e-5 if rotary else 1e-6
        self.grid = size // patch
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, dim, patch, patch, bias="patch_embed.proj.bias" in state)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.registers = next((name for name in ("register_tokens", "storage_tokens") if name in state), None)
        if self.registers:
            setattr(self, self.registers, nn.Parameter(torch.zeros_like(state[self.registers])))
        if rotary:
            self.rope_embed = nn.Module()
            self.rope_embed.register_buffer("periods", torch.ones_like(state["rope_embed.periods"], dtype=torch.float32))
        else:
            self.pos_embed = nn.Parameter(torch.zeros_like(state["pos_embed"]))
        self.blocks = nn.ModuleList(
            Block(dim, heads or dim // 64, eps, beginning(state, f"blocks.{i}.")) for i in range(depth)
        )
        self.norm = nn.LayerNorm(dim, eps)

    def positions(self):
        """The learned ones, brought to this size as the authors do; with registers DINOv2 filters, and without it adds 0.1."""
        patches = self.pos_embed[:, 1:]
        side = math.isqrt(patches.shape[1])
        if side == self.grid:
            return self.pos_embed
        square = patches.reshape(1, side, side, -1).permute(0, 3, 1, 2)
        if self.registers:
            scaled = functional.interpolate(square, size=(self.grid, self.grid), mode="bicubic", antialias=True)
        else:
            factor = (self.grid + 0.1) / side
            scaled = functional.interpolate(square, scale_factor=(factor, factor), mode="bicubic")
        return torch.cat((self.pos_embed[:, :1], scaled.permute(0, 2, 3, 1).reshape(1, self.grid**2, -1)), 1)

    def rope(self):
        centres = (torch.arange(self.grid, dtype=torch.float32) + 0.5) / self.grid * 2 - 1
        rows, columns = torch.meshgrid(centres, centres, indexing="ij")
        at = torch.stack((rows, columns), -1).reshape(-1, 2)
        angles = (2 * math.pi * at[:, :, None] / self.rope_embed.periods).flatten(1).tile(2)
        return angles.sin(), angles.cos()

    def freeze(self):
        """Positions as constants: they depend on weights and size alone."""
        with torch.no_grad():
            if hasattr(self, "pos_embed"):
                self.register_buffer("frozen", self.positions().clone())
            else:
                sin, cos = self.rope()
                self.register_buffer("frozen_sin", sin)
                self.register_buffer("frozen_cos", cos)
        return self

    def forward(self, images):
        patches = self.patch_embed.proj(images).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls_token.expand(images.shape[0], -1, -1), patches), 1)
        rope = None
        if hasattr(self, "frozen"):
            x = x + self.frozen
        else:
            rope = (self.frozen_sin, self.frozen_cos)
        if self.registers:
            extra = getattr(self, self.registers).expand(images.shape[0], -1, -1)
            x = torch.cat((x[:, :1], extra, x[:, 1:]), 1)
        for block in self.blocks:
            x = block(x, rope)
        return self.norm(x)[:, 0]


def beginning(state, prefix):
    return {name[len(prefix) :]: value for name, value in state.items() if name.startswith(prefix)}
