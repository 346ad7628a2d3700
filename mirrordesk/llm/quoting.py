"""The form of an answer by a model that may do no more than quote.

Reader-micro copies the sentence that answers piece by piece, and slips where words begin alike or
lines have high numbers. So its grammar holds the sentences of its evidence, each with the id of the
line that it stands in: it chooses one or abstains, and cannot write what nobody recorded.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from mirrordesk.llm.evidence import sentences
from mirrordesk.llm.grammar import LONGEST, MOST_CLAIMS, NO_MEMORY, UNSEEN, literal
from mirrordesk.llm.prompt import Evidence

_UNSEEN = re.compile(rf"[\x00-\x1F\x7F-\x9F{UNSEEN}]")
_ROUND = str.maketrans("[]", "()")  # only citations stand in square brackets


def gbnf(evidence: Sequence[Evidence]) -> str:
    """A grammar in GBNF whose claims are sentences of `evidence`, each with its id."""
    quotes = {item.id: list(dict.fromkeys(_quotes(item.text))) for item in evidence}
    quotable = {name: texts for name, texts in quotes.items() if texts}
    claims = f' | claim ("\\n" claim){{0,{MOST_CLAIMS - 1}}}' if quotable else ""
    lines = [f'root ::= "{NO_MEMORY}"{claims}']
    if quotable:
        lines.append(f'claim ::= "- " ({" | ".join(quotable)})')
    for name, texts in quotable.items():
        lines.append(f'{name} ::= ({" | ".join(map(literal, texts))}) " [{name}]"')
    return "\n".join(lines)


def _quotes(text: str) -> Iterator[str]:
    """The sentences of a text as a claim may hold them, those that are too long in pieces."""
    for line in text.splitlines():
        for sentence in sentences(line.strip()):
            shown = _UNSEEN.sub("", " ".join(sentence.split())).translate(_ROUND)
            yield from textwrap.wrap(shown, LONGEST, break_on_hyphens=False)
