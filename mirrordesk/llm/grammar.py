"""The form an answer must have: `NO MEMORY`, or up to six lines of a sentence and its evidence.

    - The dentist moved the appointment to Tuesday. [E2][E5]

Notes may have to come first, which evidence matters and why (chain of note, Yu and others 2023,
arXiv:2311.09210), or that none does; they are not part of the answer:

    E2: relevant because it names the new day
    Answer:

The grammar holds llama.cpp to it while it samples; `parse` reads it back and trusts nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence

NO_MEMORY = "NO MEMORY"
ANSWER = "Answer:"  # stands in a line of its own between the notes and the answer
NONE = "none"
MOST_CLAIMS = 6
MOST_SOURCES = 4  # of one claim
LONGEST = 320  # characters of one claim
MOST_NOTES = 8
LONGEST_NOTE = 100  # characters of one, behind "because"
NOTE_TOKENS = 240  # that notes may take beside the answer: fewer than all of them in full length

# Turns the direction of writing, or is not seen; kept out of what a model writes
UNSEEN = r"\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\U000E0000-\U000E0FFF"
_CLAIM = re.compile(r"- (?P<text>[^\[\]]+?)\s*(?P<sources>(?:\[\w+\])+)(?P<torn>\[\w*)?\s*")


def gbnf(ids: Sequence[str], *, notes: bool = False) -> str:
    """A grammar in GBNF that only lets the given evidence ids be cited; `notes`: after notes.

    A sentence holds no brackets, so that nothing in it can pass for a citation.
    """
    if not ids:
        raise ValueError("there must be some evidence to cite")
    known = " | ".join(f'"[{name}]"' for name in ids)
    return "\n".join(
        (
            f"root ::= {'notes ' if notes else ''}answer",
            *(_notes(ids) if notes else ()),
            f'answer ::= "{NO_MEMORY}" | claim ("\\n" claim){{0,{MOST_CLAIMS - 1}}}',
            f'claim ::= "- " first rest{{1,{LONGEST - 1}}} source{{1,{MOST_SOURCES}}}',
            rf"first ::= [^\[\]\x00-\x20\x7F-\xA0{UNSEEN}-]",
            rf"rest ::= [^\[\]\x00-\x1F\x7F-\x9F{UNSEEN}]",
            f"source ::= {known}",
        )
    )


def literal(text: str) -> str:
    """A text in GBNF, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


def _notes(ids: Sequence[str]) -> Iterator[str]:
    noted = " | ".join(f'"{name}"' for name in ids)
    yield f'notes ::= ("{NONE}\\n" | note{{1,{MOST_NOTES}}}) "{ANSWER}\\n"'
    yield f'note ::= noted ": relevant because " rest{{1,{LONGEST_NOTE}}} "\\n"'
    yield f"noted ::= {noted}"


def parse(text: str, ids: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The claims of an answer, each with those of its sources that exist, in order, once each.

    A claim that cites nothing real comes back with no sources, for the caller to drop and count.
    What is no claim, and a last line that was cut off before its first source, is left out, as
    notes are.
    """
    if text.strip() == NO_MEMORY:
        return []
    found = (_CLAIM.fullmatch(line) for line in text.split("\n"))
    return [(match["text"].strip(), _known(match["sources"], ids)) for match in found if match]


def _known(sources: str, ids: Collection[str]) -> tuple[str, ...]:
    cited = re.findall(r"\[(\w+)\]", sources)
    return tuple(dict.fromkeys(name for name in cited if name in ids))
