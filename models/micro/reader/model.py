"""Reader-micro in torch: the llama architecture, small, as llama.cpp computes it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

_EMBEDDING = 3.0  # standard deviation at the beginning


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the model is. `context` is in tokens."""

    words: int
    layers: int = 6
    width: int = 256
    heads: int = 4
    kv_heads: int = 4
    feed_forward: int = 320
    context: int = 2560
    theta: float = 10_000.0
    epsilon: float = 1e-5

    @property
    def head(self) -> int:
        return self.width // self.heads


class Attention(nn.Module):
    """Grouped-query attention that keeps its last queries and keys for whoever guides it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        keys = shape.kv_heads * shape.head
        self.q = nn.Linear(shape.width, shape.width, bias=False)
        self.k = nn.Linear(shape.width, keys, bias=False)
        self.v = nn.Linear(shape.width, keys, bias=False)
        self.output = nn.Linear(shape.width, shape.width, bias=False)
        self.asked: Tensor | None = None  # (batch, heads, tokens, head), turned
        self.known: Tensor | None = None  # (batch, kv_heads, tokens, head), turned

    def forward(self, x: Tensor, turn: Tensor, mask: Tensor, first: int) -> Tensor:
        """What the tokens from `first` on (0, or where the questions begin) get to see."""
        split = (*x.shape[:2], -1, self.shape.head)
        asking = (x.shape[0], x.shape[1] - first, -1, self.shape.head)
        self.asked = rotate(self.q(x[:, first:]).view(asking).transpose(1, 2), turn[:, :, first:])
        self.known = rotate(self.k(x).view(split).transpose(1, 2), turn)
        values = self.v(x).view(split).transpose(1, 2)
        seen = self._seen(values, mask, x.shape[1] - mask.shape[2] - first)
        return self.output(seen.transpose(1, 2).flatten(2))

    def _seen(self, values: Tensor, mask: Tensor, memory: int) -> Tensor:
        """The memory, if its tokens ask, and the questions apart: these do not see one another."""
        assert self.asked is not None
        assert self.known is not None
        attend = functional.scaled_dot_product_attention
        asked = self.asked[:, :, memory:]
        seen = attend(asked, self.known, values, attn_mask=mask, enable_gqa=True)
        if not memory:
            return seen
        q, k, v = (part[:, :, :memory] for part in (self.asked, self.known, values))
        return torch.cat((attend(q, k, v, is_causal=True, enable_gqa=True), seen), dim=2)


class Block(nn.Module):
    """One layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attn_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self.attn = Attention(shape)
        self.ffn_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self.gate = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, x: Tensor, turn: Tensor, mask: Tensor, first: int = 0) -> Tensor:
        x = x[:, first:] + self.attn(self.attn_norm(x), turn, mask, first)
        y = self.ffn_norm(x)
        return x + self.down(functional.silu(self.gate(y)) * self.up(y))


class Model(nn.Module):
    """Tokens in, hidden states out; `logits` shares its table with the embedding."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.words, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        for name, weight in self.blocks.named_parameters():
            if weight.dim() == 2:
                last = name.endswith(("output.weight", "down.weight"))
                std = 0.04 / (2 * shape.layers) ** 0.5 if last else 0.04
                nn.init.normal_(weight, std=std)
        # Large, so that which token it was is not drowned by what the layers add; it is copied
        nn.init.normal_(self.embedding.weight, std=_EMBEDDING)
        nn.init.constant_(self.norm.weight, 1 / (_EMBEDDING * shape.width**0.5))

    def forward(self, tokens: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        """(batch, tokens) ids and positions to (batch, questions, width).

        The first tokens are a memory, read from left to right; the mask (batch, 1, questions,
        tokens) is added to what those behind it attend to: 0 where seen, -inf elsewhere.
        """
        x = self.embedding(tokens)
        turn = turning(positions, self.shape)
        *blocks, last = self.blocks
        for block in blocks:
            x = block(x, turn, mask)
        # nobody asks what would follow the tokens of a memory
        return self.norm(last(x, turn, mask, first=x.shape[1] - mask.shape[2]))

    def block(self, layer: int) -> Block:
        """One of its layers."""
        block = self.blocks[layer]
        assert isinstance(block, Block)
        return block

    def logits(self, hidden: Tensor) -> Tensor:
        """(…, width) to (…, words)."""
        return functional.linear(hidden, self.embedding.weight)


def turning(positions: Tensor, shape: Shape) -> Tensor:
    """(batch, 1, tokens, head / 2): for each pair of values, its rotation as a complex one."""
    pairs = torch.arange(0, shape.head, 2, device=positions.device) / shape.head
    angles = positions[:, None, :, None] / shape.theta**pairs
    return torch.polar(torch.ones_like(angles), angles)


def rotate(x: Tensor, turn: Tensor) -> Tensor:
    """Rotary positions over neighbouring pairs, the way llama.cpp has it for this architecture."""
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turn).flatten(-2)
