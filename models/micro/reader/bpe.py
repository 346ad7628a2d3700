"""The byte-level BPE of Reader-micro: made for the frame that the product puts around evidence.

llama.cpp's "superbpe" rules split a text at numbers only, so that a token may reach over spaces and
punctuation. What stands between two fields of a line of evidence, and every clause of the rules in
the system message, is one token here; a line of evidence costs half of what it would otherwise.

Merges apply in their order. Those of the frame come first, so that nothing beside the frame changes
how it is cut; then pairs of digits; then what is learned from generated text; then the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from mirrordesk.llm.prompt import SYSTEM

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PRE_TOKENIZER = "superbpe"  # llama.cpp's name of the rules that `_split` follows
SPECIAL = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
LEARNED = 1600  # tokens, those of the 256 bytes among them

FRAME = (
    "\\n",  # a line break within a JSON string
    '{"id": "E',
    '", "time": "',
    '", "app": "',
    '", "title": "',
    '", "text": "',
    '"}\n',
    "<evidence ",
    "</evidence ",
    ">\n",
    ".\nQuestion: ",
    '{"question": "',
    "- ",
    " [E",
)  # fmt: skip
_RULES_WEIGHT = 2000  # times that the words of the rules count in learning
_WORDS = r" ?\p{L}+|\p{N}|[^\s\p{L}\p{N}]|\s"  # no learned token reaches beyond one of these
_CLAUSE_ENDS = re.compile(r".*[.,:\n\d]$", re.DOTALL)

Merge = tuple[str, str]


def train(texts: Iterable[str]) -> Tokenizer:
    """A tokenizer for text like `texts`, and for the rules of the system message."""
    frame = [merge for text in FRAME for merge in _folded(_letters(text))]
    digits = list(product("0123456789", "0123456789"))
    merges = [*frame, *digits, *_learned([*texts, *([SYSTEM] * _RULES_WEIGHT)])]
    rules = assemble(merges).encode(SYSTEM).tokens
    return assemble([*merges, *(merge for clause in _clauses(rules) for merge in _folded(clause))])


def assemble(merges: Iterable[Merge]) -> Tokenizer:
    """The tokenizer of certain merges, cutting text as llama.cpp does."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

    merges = list(dict.fromkeys(merges))
    words = dict.fromkeys([*_alphabet(), *(one + other for one, other in merges)])
    vocabulary = {word: number for number, word in enumerate([*words, *SPECIAL])}
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{N}+"), "isolated"),
            pre_tokenizers.Split(Regex(r"(?=(\d{3})+(?!\d))"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    return made


def _learned(texts: Sequence[str]) -> list[Merge]:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=LEARNED,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    return merges_of(learner)


def merges_of(tokenizer: Tokenizer) -> list[Merge]:
    """The merges of a tokenizer, in their order."""
    return [(one, other) for one, other in json.loads(tokenizer.to_str())["model"]["merges"]]


def _letters(text: str) -> list[str]:
    """GPT-2's printable letter for each byte of `text`."""
    return [_alphabet()[byte] for byte in text.encode()]


@lru_cache(1)
def _alphabet() -> list[str]:
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    spare = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


def _folded(parts: Sequence[str]) -> Iterator[Merge]:
    """Merges that join `parts` from left to right."""
    whole = parts[0]
    for part in parts[1:]:
        yield whole, part
        whole += part


def _clauses(tokens: Sequence[str]) -> Iterator[list[str]]:
    """The tokens of the rules, cut behind what ends a clause, and at numbers."""
    clause: list[str] = []
    for token in tokens:
        if token[0].isdigit() and clause:
            yield clause
            clause = []
        clause.append(token)
        if _CLAUSE_ENDS.fullmatch(token.replace(_alphabet()[ord("\n")], "\n")):
            yield clause
            clause = []
    if clause:
        yield clause
