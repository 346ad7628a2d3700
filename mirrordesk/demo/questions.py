"""Questions about the minute of work, what a right answer holds, and how answers are printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mirrordesk.errors import MirrorDeskError


class Expect(Enum):
    """What an honest memory says to a question."""

    FOUND = "it was on the screen, or said"
    UNKNOWN = "it never happened"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and a word that stands in a right answer or its evidence."""

    text: str
    about: str
    expect: Expect = Expect.FOUND
    word: str = ""


QUESTIONS = (
    Question("How many total visitors were there?", "typed in the terminal", word="7145"),
    Question("What is the Falcon budget?", "typed in the editor", word="48500"),
    Question("Which cabin is booked on the ferry to Kiel?", "read on a page", word="5112"),
    Question("Who approves a release of Aurora?", "read on another page", word="marit"),
    Question("When is the Heron meeting?", "said aloud", word="tenfifteen"),
    Question("What does the veterinarian charge for the parrot?", "never seen", Expect.UNKNOWN),
)


def check(question: Question, answer: dict[str, Any]) -> None:
    """Raise MirrorDeskError where `answer`, as `ask --json` gives it, is not an honest one."""
    if question.expect is Expect.UNKNOWN and not answer["abstained"]:
        raise MirrorDeskError(f"“{question.text}” was answered, although nothing was seen of it.")
    if question.expect is not Expect.FOUND:
        return
    if answer["abstained"] or not answer["citations"]:
        raise MirrorDeskError(f"“{question.text}” was not answered, although it was seen or heard.")
    if question.word not in _bare(" ".join([answer["answer"], *_evidence(answer)])):
        raise MirrorDeskError(f"The answer to “{question.text}” does not hold “{question.word}”.")


def _evidence(answer: dict[str, Any]) -> list[str]:
    return [citation["text"] for citation in answer["citations"]]


def _bare(text: str) -> str:
    """Letters and digits only: OCR may see a comma where there is a full stop."""
    return re.sub(r"[\W_]+", "", text).lower()


def describe(question: Question, answer: dict[str, Any]) -> list[str]:
    """The question, its answer and the evidence, as lines for a terminal."""
    lines = [f"Q  {question.text}   ({question.about})"]
    numbers = {citation["id"]: n for n, citation in enumerate(answer["citations"], 1)}
    for claim in answer["claims"]:
        marks = "".join(f"[{numbers[s]}]" for s in claim["sources"] if s in numbers)
        lines.append(f"A  {_plain(claim['text'])} {marks}")
    if answer["abstained"]:
        lines.append(f"A  {_plain(answer['answer'])}")
    lines += [f"     [{n}] {_where(c)}" for n, c in enumerate(answer["citations"], 1)]
    if answer["note"] and not answer["abstained"]:
        lines.append(f"     {_plain(answer['note'])}")
    seconds = sum(answer["timings"].values())
    lines.append(f"     engine: {answer['engine']}, {seconds:.1f} s")
    return lines


def _where(citation: dict[str, Any]) -> str:
    """For example: 14:03:22 · mousepad · notes.txt · frames/…/1f.webp at (12, 40), 300x18."""
    parts = [citation["time"][11:19], citation["app"] or citation["kind"], citation["title"]]
    place = citation["media"] or ""
    if citation["box"]:
        x, y, width, height = citation["box"]
        place += f" at ({x}, {y}), {width}x{height}"
    return " · ".join(_plain(part) for part in [*parts, place] if part)


def _plain(text: str) -> str:
    """Recorded text without control characters: it must not steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
