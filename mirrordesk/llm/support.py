"""Whether the cited evidence carries a claim, judged by words.

A claim stands if, in the evidence it cites,

1. each of its numbers occurs (times, dates, amounts, versions; "three" may stand as 3);
2. each of its names occurs: what is capitalised within the sentence, or holds capitals after its
   first letter, or opens the sentence and is no ordinary opening word;
3. at least half of its content terms occur, stemmed.

What is cited counts whole: the text, the program, the title, and the time in the ways people write
it. This catches invented particulars, which is how small models go wrong most. It does not catch a
claim that turns the meaning round with the same words ("did not"); nothing lexical can.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mirrordesk import clock
from mirrordesk.llm.prompt import Evidence
from mirrordesk.terms import STOP_WORDS, content_terms, terms

LEAST_SHARE = 0.5  # of a claim's content terms

_WORD = re.compile(r"[^\W_]+(?:['’.&+#_-][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_GROUPED = re.compile(r"(?<=\d)[,'\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_SMALL = "two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_DIGITS = {word: str(number) for number, word in enumerate(_SMALL, start=2)}
_OPENERS = frozenset(
    """
    according yesterday today tomorrow earlier later additionally furthermore moreover however
    currently recently previously someone somebody everyone people evidence user person yes also
    finally afterwards meanwhile next last first both several many there nobody nothing
    """.split()  # noqa: SIM905  words read better than quoted strings
)


def supported(claim: str, evidence: Iterable[Evidence]) -> bool:
    """Whether the evidence, taken together, holds what the claim says."""
    text = _plain("\n".join(_readable(item) for item in evidence))
    claim = _plain(claim)
    known = set(terms(text))
    if not all(_holds_number(text, number) for number in numbers(claim)):
        return False
    if not all(known.issuperset(terms(name)) for name in names(claim)):
        return False
    wanted = content_terms(claim)
    shared = sum(1 for term in wanted if term in known)
    return bool(wanted) and shared >= LEAST_SHARE * len(wanted)


def touches(claim: str, evidence: Evidence) -> bool:
    """Whether one piece of evidence has anything to do with a claim that cites it."""
    return not set(terms(_plain(_readable(evidence)))).isdisjoint(content_terms(_plain(claim)))


def numbers(claim: str) -> list[str]:
    """The numbers of a claim in digits, groups of thousands joined."""
    spelled = (_DIGITS[word] for word in re.findall(r"[a-z]+", claim.lower()) if word in _DIGITS)
    return [*_NUMBER.findall(_plain(claim)), *spelled]


def names(claim: str) -> list[str]:
    """The words of a claim that can only be names: wrong ones would mislead."""
    words = [match.group() for match in _WORD.finditer(claim)]
    opening = words[:1] if words and _is_name(words[0], opens=True) else []
    return opening + [word for word in words[1:] if _is_name(word, opens=False)]


def _is_name(word: str, *, opens: bool) -> bool:
    if any(letter.isupper() for letter in word[1:]):
        return True
    ordinary = word.lower() in STOP_WORDS or word.lower().partition("'")[0] in STOP_WORDS
    if not word[0].isupper() or ordinary or word.lower() in _DIGITS:
        return False
    return not (opens and word.lower() in _OPENERS)


def _holds_number(text: str, number: str) -> bool:
    """As a number of its own: 5 is not in 15, 5.3 or 5,300; 14:30 is in 14:30:05."""
    alone = rf"(?<!\d)(?<!\d[.,]){re.escape(number)}(?![.,]?\d)"
    if re.search(alone, text):
        return True
    word = next((word for word, digits in _DIGITS.items() if digits == number), None)
    return word is not None and re.search(rf"\b{word}\b", text.lower()) is not None


def _plain(text: str) -> str:
    """Compatible letters made one, thousands joined: 48,500 is 48500."""
    return _GROUPED.sub("", unicodedata.normalize("NFKC", _GROUPED.sub("", text)))


def _readable(evidence: Evidence) -> str:
    """The evidence with its time as people write it: 24 and 12 hours, words and digits."""
    local = clock.at(evidence.start_ns, evidence.zone)
    hour = local.hour % 12 or 12
    half = "pm" if local.hour >= 12 else "am"
    day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    month = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    )  # fmt: skip
    ways = (
        f"{local:%Y-%m-%d %H:%M %d.%m.%Y %d/%m/%Y %m/%d/%Y}",
        f"{local.day}.{local.month}.{local.year} {local.day}.{local.month}.",
        f"{day[local.weekday()]} {local.day} {month[local.month - 1]} {local.year}",
        f"{day[local.weekday()][:3]} {month[local.month - 1][:3]} {local.hour}:{local.minute:02}",
        f"{hour}:{local.minute:02} {half} {hour}:{local.minute:02}{half} {hour} {half}",
    )
    return "\n".join((evidence.text, evidence.app, evidence.title, *ways))
