"""The forms in which the model tells what it read: one JSON object, with a grammar for each.

    {"facts": [{"subject": "Falcon", "predicate": "has budget", …, "evidence": ["E2", "E5"]}]}

The grammar holds llama.cpp to the form while it samples; `parse` reads it back and trusts nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mirrordesk.llm.grammar import literal

MOST_SOURCES = 4  # of one item
EVIDENCE = "evidence"

# No quote ends a string early, and nothing invisible or direction-changing can be written
_UNWRITABLE = r"\x22\x5C\x00-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF"
_FIRST = rf"first ::= [^ {_UNWRITABLE}]"
_REST = rf"rest ::= [^{_UNWRITABLE}] | {json.dumps(chr(92))} [\x22\x5C]"


@dataclass(frozen=True, slots=True)
class Field:
    """A text of an item: of at most `longest` characters, or one of `choices`."""

    name: str
    longest: int
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked for under a name: up to `most` items. `task` says it to the model."""

    name: str
    task: str
    fields: tuple[Field, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item as the model wrote it: its texts by field, and the ids it cites."""

    texts: dict[str, str]
    evidence: tuple[str, ...]

    def __getitem__(self, field: str) -> str:
        return self.texts[field]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The items of an output; not `whole` where it was cut off or is not of its form."""

    items: tuple[Item, ...]
    whole: bool


SUMMARY = Form(
    "summary",
    "up to three sentences that tell what was done and what came of it; each in `text`",
    (Field("text", 240),),
    3,
)
FACTS = Form(
    "facts",
    "what the evidence states as true about a named thing or person: `subject` names it, "
    "`predicate` says what holds of it (has budget, is due, has owner, …), `object` is copied from "
    "the evidence, and so is `when`, the day from which on it holds, or empty",
    (
        Field("subject", 60),
        Field("predicate", 40),
        Field("object", 80),
        Field("when", 40, may_be_empty=True),
    ),
    8,
)
PROFILE = Form(
    "profile",
    "what the person says about themselves that lasts; each in `text`, under its `topic`",
    (Field("topic", 0, ("role", "skill", "likes", "dislikes", "home", "goal")), Field("text", 160)),
    4,
)
GOAL = Form(
    "goal",
    "what these steps are done for, in `text`, in two to eight words of the evidence",
    (Field("text", 80),),
    1,
)


def gbnf(form: Form, ids: Sequence[str]) -> str:
    """A grammar in GBNF for `form`, in which only the given evidence ids can be cited."""
    if not ids:
        raise ValueError("there must be some evidence to cite")
    texts = ' ", " '.join(f"{literal(_name(f.name))} {_value(f)}" for f in form.fields)
    known = " | ".join(literal(json.dumps(name)) for name in ids)
    return "\n".join(
        (
            f"root ::= {literal(_opening(form))} items {literal(']}')}",
            f'items ::= "" | item (", " item){{0,{form.most - 1}}}',
            f'item ::= "{{" {texts} ", " {literal(_name(EVIDENCE))} sources "}}"',
            f'sources ::= "[" source (", " source){{0,{MOST_SOURCES - 1}}} "]"',
            f"source ::= {known}",
            _FIRST,
            _REST,
        )
    )


def parse(form: Form, text: str) -> Parsed:
    """The items of an output, up to the first that is torn or not of the form."""
    opening = _opening(form)
    if not text.startswith(opening):
        return Parsed((), whole=False)
    items: list[Item] = []
    place = len(opening)
    while read := _next(form, text, place):
        item, place = read
        items.append(item)
        place += 2 if text.startswith(", {", place) else 0
    return Parsed(tuple(items[: form.most]), whole=text[place:] == "]}")


def _next(form: Form, text: str, place: int) -> tuple[Item, int] | None:
    """The item that begins at `place`, and where it ends; None where there is no whole one."""
    if not text.startswith("{", place):
        return None
    try:
        value, end = json.JSONDecoder().raw_decode(text, place)
    except (json.JSONDecodeError, RecursionError):
        return None
    item = _item(form, value)
    return (item, end) if item else None


def _item(form: Form, value: object) -> Item | None:
    if not isinstance(value, dict) or value.keys() != {EVIDENCE, *(f.name for f in form.fields)}:
        return None
    cited = value.pop(EVIDENCE)
    if not isinstance(cited, list) or not all(
        isinstance(n, str) for n in [*cited, *value.values()]
    ):
        return None
    if any(f.choices and value[f.name] not in f.choices for f in form.fields):
        return None
    texts = {name: " ".join(text.split()) for name, text in value.items()}
    return Item(texts, tuple(dict.fromkeys(cited)))


def _value(field: Field) -> str:
    """The rule of a field: one of its choices, or a JSON string."""
    if field.choices:
        return "(" + " | ".join(literal(json.dumps(choice)) for choice in field.choices) + ")"
    text = f"first rest{{0,{field.longest - 1}}}"
    return rf'"\"" ({text})? "\""' if field.may_be_empty else rf'"\"" {text} "\""'


def _opening(form: Form) -> str:
    return "{" + _name(form.name) + "["


def _name(name: str) -> str:
    """A key as `json.dumps` writes it, with what follows it."""
    return f"{json.dumps(name)}: "
