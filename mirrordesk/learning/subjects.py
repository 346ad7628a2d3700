"""What a statement is about: the phrase before its verb, brought to one form.

"the new deadline for our report", "the report's deadline" and "report deadline" are all about the
report, and tell when it is due.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mirrordesk.terms import words

_MOST_WORDS = 10
# Words that make the phrase a clause, or that point at what was said before
_NO_SUBJECT = frozenset(
    """
    i me you he him she it we us they them this that these those there here who what which when
    where why how whatever everything anything something nothing everyone someone nobody all
    is are was were be been am has have had having will would can could should do does did not no
    never if unless because although though than as since until today tomorrow yesterday tonight
    now then also let's lets please thanks thank ok okay yes
    """.split()  # noqa: SIM905  words read better than a hundred quoted strings
)
_OPENING = re.compile(
    r"^(?:(?:ok(?:ay)?|so|well|and|but|also|now|then|yes|right|anyway|actually|fyi"
    r"|heads up|reminder"
    r"|update|news|note|just so you know|by the way|btw|as (?:discussed|agreed|promised)|in short"
    r"|for (?:the record|your information)|good news|bad news|quick (?:update|note|reminder)"
    r"|(?:please )?(?:note|remember)(?: that)?|(?:i|we)(?:'ve| have)? (?:just )?(?:heard|learned"
    r"|agreed|decided|confirmed)(?: that)?|it(?:'s| is) (?:official|confirmed)(?: that)?"
    r"|(?:looks|seems) like|turns out(?: that)?|apparently|finally|today|hi|hello|hey)"
    r"(?: all| team| everyone| again)?\b[\s,:.!–—-]*)+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:!–—]\s+|\s-\s|\.\s+|\b(?:that|but|because|so|means)\s+", re.IGNORECASE)
_ADVERBIAL = re.compile(
    r"(?:after|before|during|following|in|at|on|by|with|for|due to|despite|thanks to|given)\b",
    re.IGNORECASE,
)
_NEW_PHRASE = re.compile(  # a determiner behind a noun
    r"(?<!\bof)(?<!\bfor)(?<!\bin)(?<!\bon)(?<!\bat)(?<!\bto)(?<!\bby)(?<!\bwith)(?<!\bfrom)"
    r"(?<!\bafter)(?<!\bbefore)(?<!\bduring)(?<!\bfollowing)(?<!\bdespite)(?<!\bgiven)"
    r" (?=(?:the|our|my|your|their)\b)",
    re.IGNORECASE,
)
_AND = re.compile(r"\band\s+", re.IGNORECASE)
_VERB = re.compile(r"\b(?:is|are|was|has|have|will|moved|said|'s)\b", re.IGNORECASE)
_FIRST = re.compile(
    r"^([^,;:]{3,60}?) (?:can(?:not|['’]t)|could|is|isn['’]t|was|has|had|will"
    r"|won['’]t|does|did|got|needs"
    r"|must)\b",
    re.IGNORECASE,
)
_DETERMINERS = frozenset("the our my your their his her its a an this that".split())  # noqa: SIM905
_LIGHT = frozenset(  # tell that it is the newest, and not what it is
    [
        "new",
        "newest",
        "updated",
        "revised",
        "current",
        "final",
        "latest",
        "next",
        "upcoming",
        "official",
        "actual",
        "total",
        "whole",
        "project",
        "team",
        "company",
        "our",
    ]
)

# What of a subject is asked for, and the predicate that says it
HEADS: dict[str, str] = {
    "deadline": "is due",
    "due date": "is due",
    "due": "is due",
    "budget": "has budget",
    "price": "costs",
    "cost": "costs",
    "fee": "costs",
    "rent": "costs",
    "salary": "has salary",
    "target": "has target",
    "quota": "has quota",
    "headcount": "has headcount",
    "limit": "has limit",
    "estimate": "has estimate",
    "version": "has version",
    "release number": "has version",
    "owner": "has owner",
    "assignee": "has owner",
    "maintainer": "has owner",
    "lead": "has lead",
    "leader": "has lead",
    "manager": "has manager",
    "reviewer": "has reviewer",
    "contact": "has contact",
    "contact person": "has contact",
    "chair": "has chair",
    "status": "is",
    "state": "is",
    "room": "is in",
    "venue": "is in",
    "location": "is in",
    "place": "is in",
    "date": "is on",
    "time": "is on",
    "start": "is on",
    "start date": "is on",
    "start time": "is on",
    "phone number": "has phone number",
    "phone": "has phone number",
    "mobile number": "has phone number",
    "mobile": "has phone number",
    "number": "has phone number",
    "mail address": "has mail address",
    "email address": "has mail address",
    "e-mail address": "has mail address",
    "email": "has mail address",
    "mail": "has mail address",
    "e-mail": "has mail address",
}
_HEAD = "|".join(map(re.escape, sorted(HEADS, key=len, reverse=True)))
_HEAD_LAST = re.compile(rf"^(?:(?P<rest>.+?)(?:'s|’s|s'|s’)? )?(?P<head>{_HEAD})s?$", re.IGNORECASE)
_HEAD_FIRST = re.compile(rf"^(?P<head>{_HEAD})s? (?:for|of|on|to|in) (?P<rest>.+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject: its stems in order of the alphabet, how it was written, and what of it is told.

    `predicate` is that of the word that named it ("deadline"), or empty.
    """

    key: str
    written: str
    predicate: str = ""


def subject_of(before: str) -> Subject | None:
    """The subject that ends `before`, what stands left of a verb; None where that is none."""
    phrase = _last_clause(before.strip())
    if phrase.lower() == "it" and (first := _FIRST.match(_OPENING.sub("", before.strip()))):
        phrase = _last_clause(first[1])  # what the sentence began with
    found = phrase.split()
    if not found or len(found) > _MOST_WORDS:
        return None
    if any(word.lower().strip("'’\"()") in _NO_SUBJECT for word in found):
        return None
    return reduced(phrase)


def reduced(phrase: str) -> Subject | None:
    """A noun phrase as a subject; None where no content is left of it."""
    written = _without_determiner(phrase.strip(" ,.;:!\"'()"))
    head, rest = _split(written)
    key = subject_key(rest) if head else subject_key(written)
    if head and not key:  # "the budget", of nothing else
        key = subject_key(head)
    named = any(character.isalpha() for character in key)
    return Subject(key, written, HEADS.get(head, "")) if named else None


def subject_key(phrase: str) -> str:
    """The stems of a phrase without stop words and what merely tells that it is new."""
    content = [w for w in words(phrase) if not w.stop and w.written.lower() not in _LIGHT]
    stems = {_whole(word.terms) for word in content}
    return " ".join(sorted(stems))


def _whole(terms: tuple[str, ...]) -> str:
    """The stem of a word; "Falcon's" is Falcon."""
    return terms[0].removesuffix("'s").removesuffix("'") if terms else ""


def _split(phrase: str) -> tuple[str, str]:
    """The word of a phrase that tells what of the rest is meant, and the rest."""
    for pattern in (_HEAD_FIRST, _HEAD_LAST):
        if match := pattern.match(phrase):
            return match["head"].lower(), match["rest"] or ""
    return "", phrase


def _last_clause(text: str) -> str:
    text = _OPENING.sub("", text)
    for match in reversed(list(_CLAUSE.finditer(text))):
        if text[match.end() :].strip():
            text = text[match.end() :]
            break
    for match in reversed(list(_AND.finditer(text))):
        if _VERB.search(text[: match.start()]):
            text = text[match.end() :]
            break
    return _without_adverbial(_OPENING.sub("", text).strip())


def _without_adverbial(text: str) -> str:
    """ "after the review the budget of Falcon": what happens is told of the budget."""
    if not _ADVERBIAL.match(text):
        return text
    starts = [match.start() for match in _NEW_PHRASE.finditer(text)]
    return text[starts[-1] :].strip() if starts else ""


def _without_determiner(phrase: str) -> str:
    found = phrase.split()
    while found and found[0].lower() in _DETERMINERS | _LIGHT and len(found) > 1:
        found = found[1:]
    return " ".join(found)
