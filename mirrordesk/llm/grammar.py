"""The form an answer must have: `NO MEMORY`, or up to six lines of a sentence and its evidence.

    - The dentist moved the appointment to Tuesday. [E2][E5]

The grammar holds llama.cpp to it while it samples; `parse` reads it back and trusts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

NO_MEMORY = "NO MEMORY"
MOST_CLAIMS = 6
MOST_SOURCES = 4  # of one claim
LONGEST = 320  # characters of one claim

_CLAIM = re.compile(r"- (?P<text>[^\[\]]+?)\s*(?P<sources>(?:\[\w+\])+)(?P<torn>\[\w*)?\s*")


def gbnf(ids: Sequence[str]) -> str:
    """A grammar in GBNF that only lets the given evidence ids be cited.

    A sentence holds no brackets, so that nothing in it can pass for a citation.
    """
    if not ids:
        raise ValueError("there must be some evidence to cite")
    known = " | ".join(f'"[{name}]"' for name in ids)
    return "\n".join(
        (
            f'root ::= "{NO_MEMORY}" | claim ("\\n" claim){{0,{MOST_CLAIMS - 1}}}',
            f'claim ::= "- " first rest{{1,{LONGEST - 1}}} source{{1,{MOST_SOURCES}}}',
            r"first ::= [^\[\]\x00-\x20\x7F-\xA0-]",
            r"rest ::= [^\[\]\x00-\x1F\x7F-\x9F]",
            f"source ::= {known}",
        )
    )


def parse(text: str, ids: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The claims of an answer, each with those of its sources that exist, in order, once each.

    A claim that cites nothing real comes back with no sources, for the caller to drop and count.
    What is no claim, and a last line that was cut off before its first source, is left out.
    """
    if text.strip() == NO_MEMORY:
        return []
    found = (_CLAIM.fullmatch(line) for line in text.split("\n"))
    return [(match["text"].strip(), _known(match["sources"], ids)) for match in found if match]


def _known(sources: str, ids: Collection[str]) -> tuple[str, ...]:
    cited = re.findall(r"\[(\w+)\]", sources)
    return tuple(dict.fromkeys(name for name in cited if name in ids))
