"""Memories as tokens: one evidence, many questions behind it, each blind to the others.

The model reads the prompt that the product makes. In training, the questions about one memory stand
behind it in one row; a mask lets each see the memory and itself only, and its positions go on where
the memory ends. So one reading of the evidence yields a dozen answers to learn from.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mirrordesk.llm.prompt import SYSTEM, json_line, user_message
from models.micro.reader.bpe import SPECIAL
from models.micro.reader.memories import Asked, Memory

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

START = 0  # the place of the first token, which stands for "there is no such sentence"
_RARE = 4  # times that a word may stand in a memory to tell its sentences apart
_SAMPLE = 160  # places of a row at which a guide that holds everywhere is followed


class Guide(Enum):
    """What a head may be taught to look at; see `train`."""

    BEFORE = "from a token to the one before it"
    EARLIER = "from a token to the one two before it"
    LINE = "from a token to the number of its line of evidence"
    OPENING = "from a token to the first one of its sentence"
    SENTENCE = "from the end of a sentence to its tokens"
    SAME = "from a word of a question to the same in the sentence that answers, or to the start"
    GATHERED = "from an answer to the words of its question that the sentence holds"
    MATCHED = "from a question to the end of the sentence that answers, or to the start"
    KEPT = "from the tokens of an answer to the end of the sentence that they copy"
    COPIED = "from before a copied token to where it is copied from"
    CITED = "from before a citation to the end of the sentence, which knows its line's number"


Links = list[tuple[int, int]]  # from which place of a row to which


@dataclass(slots=True)
class Row:
    """A memory and its questions in tokens, each with its position and the part it belongs to.

    The memory is part 0. `learned` holds the places whose next token is learned, with that token.
    """

    tokens: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    learned: Links = field(default_factory=list)
    guides: dict[Guide, Links] = field(default_factory=lambda: {guide: [] for guide in Guide})

    def add(self, tokens: Sequence[int], part: int, position: int) -> None:
        """Append a part that begins at `position`."""
        self.tokens += tokens
        self.positions += range(position, position + len(tokens))
        self.parts += [part] * len(tokens)

    @property
    def memory(self) -> int:
        """How many tokens the memory has."""
        return self.parts.count(0)

    def spread(self, items: list[int], memory: int, padding: int) -> list[int]:
        """`items`, one for each token, with the memory padded to a length."""
        gap = [padding] * (memory - self.memory)
        return [*items[: self.memory], *gap, *items[self.memory :]]

    def moved(self, places: Sequence[int], memory: int) -> list[int]:
        """Where tokens stand once the memory is padded."""
        gap = memory - self.memory
        return [place + gap * (place >= self.memory) for place in places]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows side by side, padded. The first `memory` tokens of each are its memory."""

    memory: int
    tokens: Tensor  # (rows, length)
    positions: Tensor  # (rows, length)
    mask: Tensor  # (rows, 1, length - memory, length) of questions: 0 where seen, -inf elsewhere
    learned: tuple[Tensor, Tensor]  # (rows, some): places, and the tokens that follow them
    guides: dict[Guide, tuple[Tensor, Tensor]]  # (rows, some): from which place to which


class Packer:
    """Lays out memories with a tokenizer of `bpe`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        numbers = tokenizer.get_vocab()
        self._end, system, user, self._assistant = (numbers[word] for word in SPECIAL)
        self._opening = [system, *self._ids(SYSTEM), user]
        self._dash, self._cite, self._close, self._none = map(
            self._ids, ("- ", " [E", "]", "NO MEMORY")
        )
        self._question, self._number, self._text, self._break, self._line_end = (
            self._ids(text)[0]
            for text in ('{"question": "', '{"id": "E', '", "text": "', "\\n", '"}\n')
        )
        self._bare = _bare(tokenizer)

    def row(self, memory: Memory, chance: random.Random, brief: float = 0.0) -> Row:
        """The memory under a mark drawn with `chance`, and its questions.

        Of the answers to a share of them, `brief`, there is the first token only: the one that
        says whether there is an answer.
        """
        text = marked(user_message("", memory.evidence, memory.now_ns), chance)
        whole = self._tokenizer.encode(text)
        end = whole.ids.index(self._question, len(whole.ids) - 6) + 1
        row = Row()
        row.add([*self._opening, *whole.ids[:end]], 0, 0)
        self._guide(row, chance)
        places = _Places(text, whole, len(self._opening))
        for part, asked in enumerate(memory.asked, start=1):
            self._add(row, part, asked, places, None if chance.random() < brief else chance)
        return row

    def _add(
        self, row: Row, part: int, asked: Asked, places: _Places, chance: random.Random | None
    ) -> None:
        """Append a question and its answer; without `chance` the first token of the answer only."""
        question = json_line({"question": asked.question}).removeprefix('{"question": "')
        head = [*self._ids(question), self._assistant]
        first = len(row.tokens) + len(head) - 1  # the place that the answer follows
        start, matched, later = START, START, range(0)
        copied, cited = Links(), Links()
        if asked.sentence is None or asked.source is None:
            said = [*self._none, self._end]
        else:
            start, matched, number = places.find(asked.source, asked.sentence)
            sentence, line = places.ids(start, matched), places.ids(number, number + 1)
            said = [*self._dash, *sentence, *self._cite, *line, *self._close, self._end]
            citing = first + len(said) - 3
            copied = list(enumerate(range(start, matched), first + 1))
            cited = [(citing, matched)]
            later = range(first + 1, citing + 1)
        same = self._same(row, head[:-1], range(start, matched))
        words = [word for word, to in same if to != START]
        row.guides[Guide.SAME] += same
        row.guides[Guide.GATHERED] += [(first, word) for word in words]
        # Later tokens could find their sentence by what they have copied; that is too easy to count
        row.guides[Guide.MATCHED].append((first, matched))
        if chance is None:
            said = said[:1]
        else:
            row.guides[Guide.KEPT] += [(at, matched) for at in later]
            row.guides[Guide.GATHERED] += [(at, chance.choice(words)) for at in later if words]
            row.guides[Guide.COPIED] += copied
            row.guides[Guide.CITED] += cited
        row.learned += list(enumerate(said, first))
        row.add([*head, *said], part, row.memory)

    def _same(self, row: Row, question: Sequence[int], sentence: range) -> Links:
        """From each rare word of a question to where the sentence holds it, or to the start."""
        seen = Counter(self._bare[token] for token in row.tokens[: row.memory])
        found = {self._bare[row.tokens[place]]: place for place in sentence}
        links = Links()
        for at, token in enumerate(question, len(row.tokens)):
            word = self._bare[token]
            if word in found and seen[word] <= _RARE:
                links.append((at, found[word]))
            elif not seen[word]:
                links.append((at, START))
        return links

    def _guide(self, row: Row, chance: random.Random) -> None:
        """Link the tokens of the memory, which the row holds already."""
        links = {
            Guide.BEFORE: [(at, at - 1) for at in range(1, len(row.tokens))],
            Guide.EARLIER: [(at, at - 2) for at in range(2, len(row.tokens))],
            Guide.LINE: Links(),
            Guide.OPENING: Links(),
            Guide.SENTENCE: Links(),
        }
        number = opening = None
        for at, token in enumerate(row.tokens):
            if number is not None and at > number:
                links[Guide.LINE].append((at, number))
            if opening is not None and at > opening:
                links[Guide.OPENING].append((at, opening))
            if opening is not None and token in (self._break, self._line_end):
                links[Guide.SENTENCE] += [(at, within) for within in range(opening, at)]
                opening = None
            if token == self._number:
                number = at + 1
            if token in (self._text, self._break):
                opening = at + 1
        for guide, all_of_them in links.items():
            row.guides[guide] = chance.sample(all_of_them, min(len(all_of_them), _SAMPLE))

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text).ids)


def _bare(tokenizer: Tokenizer) -> list[int]:
    """For each token the first that is the same word, whatever its case and the space before."""
    known: dict[str, int] = {}
    numbers = tokenizer.get_vocab()
    words = sorted(numbers, key=lambda word: numbers[word])
    return [known.setdefault(word.removeprefix("Ġ").lower(), numbers[word]) for word in words]


class _Places:
    """Where in a row the tokens of a memory's text stand."""

    def __init__(self, text: str, encoding: Encoding, before: int) -> None:
        self._text, self._ids, self._before = text, encoding.ids, before
        self._starts = [start for start, _end in encoding.offsets]

    def find(self, source: str, sentence: str) -> tuple[int, int, int]:
        """First token of the sentence, the one behind its last, and the number of its line."""
        line = self._text.index(f'{{"id": "{source}", ')
        start = self._text.index(sentence, self._text.index('"text": "', line))
        number = self._at(line + len('{"id": "E'))
        return self._at(start), self._at(start + len(sentence)), number

    def ids(self, first: int, last: int) -> list[int]:
        return self._ids[first - self._before : last - self._before]

    def _at(self, character: int) -> int:
        index = bisect_left(self._starts, character)
        assert self._starts[index] == character, "a token reaches beyond what it belongs to"
        return index + self._before


def marked(message: str, chance: random.Random) -> str:
    """The message with another random word at its marks, so that the same seed gives the same."""
    found = re.match(r"<evidence (\w+)>", message)
    assert found is not None
    return message.replace(found[1], f"{chance.getrandbits(32):08x}")


def collate(rows: Sequence[Row]) -> Batch:
    """Rows as tensors: memories padded to the longest memory, then questions to the most."""
    memory = max(row.memory for row in rows)
    parts = _padded([row.spread(row.parts, memory, -1) for row in rows], -1)
    learned = [_sides(row.learned) for row in rows]
    places = [row.moved(at, memory) for row, (at, _tokens) in zip(rows, learned, strict=True)]
    return Batch(
        memory,
        _padded([row.spread(row.tokens, memory, 0) for row in rows], 0),
        _padded([row.spread(row.positions, memory, 0) for row in rows], 0),
        _mask(parts, memory),
        (_padded(places, memory), _padded([tokens for _at, tokens in learned], -100)),
        {guide: _links(rows, guide, memory) for guide in Guide},
    )


def _links(rows: Sequence[Row], guide: Guide, memory: int) -> tuple[Tensor, Tensor]:
    """From where to where a guide leads; where padded, from `memory` to -100."""
    ends = [[row.moved(end, memory) for end in _sides(row.guides[guide])] for row in rows]
    ats, tos = zip(*ends, strict=True)
    return _padded(ats, memory), _padded(tos, -100)


def _sides(links: Links) -> tuple[list[int], list[int]]:
    return [at for at, _to in links], [to for _at, to in links]


def _padded(lists: Sequence[Sequence[int]], value: int) -> Tensor:
    most = max(map(len, lists))
    rows = [[*items, *[value] * (most - len(items))] for items in lists]
    return torch.tensor(rows, dtype=torch.long)


def _mask(parts: Tensor, memory: int) -> Tensor:
    """Each token of a question sees the memory and what stands before it in its own question."""
    seen = (parts[:, None, :] == 0) | (parts[:, None, :] == parts[:, memory:, None])
    seen = seen.tril(diagonal=memory)
    return torch.zeros(seen.shape).masked_fill_(~seen, -torch.inf)[:, None]
