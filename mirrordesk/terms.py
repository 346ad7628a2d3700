"""Text as search terms: the one tokenizer that the index, recall and the quoted answer share.

A text becomes lower-case terms in the order they stand in it, repeated as often as they occur:

    Running the budgets, paid    run the budget pay
    getUserName  max_retries     getusern get user name  max_retries max retri
    48,500  48.500  1'234.50     48500  48.500 48 500 48500  1234.50 1234
    ana@mail.example             ana@mail.example ana mail exampl
    e-mail                       e-mail e mail email
    東京都                        東京 京都

A compound (address, path, domain, date, identifier) gives itself and its parts, so that both find
it. Scripts written without spaces give character bigrams. Words are stemmed with Snowball's English
stemmer, which leaves other alphabets alone, after the commonest irregular verbs. Nothing depends on
what stands around a word with spaces on both sides: the terms of a run of words are among the terms
of every text that holds it.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LONGEST = 100  # characters of a term; what is longer is no word (base64, a hash chain)
_CACHED = 1 << 16  # tokens; a day of screens holds fewer different ones

# Thai to Lao, Khmer, kana, Han and Hangul: no spaces, or long agglutinated words
_UNSPACED = (
    "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002ffff"
)
# Vowel signs and points of Hebrew, Arabic and the scripts of India are no \w, yet within words
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
_LETTER = rf"(?:[^\W_{_UNSPACED}]|[{_MARKS}])"
_TOKEN = re.compile(
    rf"""
    (?P<unspaced> [{_UNSPACED}]+ )
  | (?P<grouped> (?<![\w.,])\d{{1,3}}(?:[,']\d{{3}})+(?:\.\d+)?(?![\w,']) )
  | (?P<language> (?<!\w)[A-Za-z](?:\+\+|\#)(?!\w) )
  | (?P<compound> {_LETTER}+ (?: [._\-/\\:@+~'&=\#%?]+ {_LETTER}+ )* )
    """,
    re.VERBOSE,
)
_WIDE_GROUPS = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")  # 48 500 with a thin space
_DOTTED_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_PART = re.compile(rf"{_LETTER}+")

# Past forms that no stemmer sees through. Left out are those that are more often another word
# ("left", "saw", "felt", "found", "ground").
_IRREGULAR = dict(
    pair.split("/")
    for pair in """
    paid/pay sold/sell bought/buy sent/send spent/spend lent/lend built/build wrote/write
    written/write spoke/speak spoken/speak chose/choose chosen/choose took/take taken/take gave/give
    given/give went/go gone/go came/come became/become began/begin begun/begin broke/break
    broken/break brought/bring caught/catch drew/draw drawn/draw drove/drive driven/drive ate/eat
    eaten/eat fell/fall fallen/fall flew/fly flown/fly forgot/forget forgotten/forget grew/grow
    grown/grow held/hold kept/keep knew/know known/know led/lead lost/lose made/make met/meet
    ran/run said/say sat/sit seen/see shown/show slept/sleep stood/stand stolen/steal swam/swim
    taught/teach threw/throw thrown/throw told/tell thought/think understood/understand won/win
    """.split()  # noqa: SIM905  words read better than a hundred quoted strings
)

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are aren't as at be because been before being
    below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't
    done down during each either else ever every few for from further get gets give got had hadn't
    has hasn't have haven't having he her here hers him his i i'd i'll i'm i've if in into is isn't
    it its itself just let me might more most must my myself no nor not of off on once one ones only
    or other our ours out over own please same shall she should so some something such than that the
    their theirs them then there there's these they they're this those through to too under until up
    upon us very was wasn't we we're were weren't will with won't would wouldn't you you're your
    yours
    what what's when where where's which who who's whom whose why how
    """.split()  # noqa: SIM905  words read better than a hundred quoted strings
)


def letters(text: str) -> str:
    """What two readings of the same line share: OCR sees spaces and punctuation differently."""
    return re.sub(r"[\W_]+", "", text).lower()


def terms(text: str) -> list[str]:
    """Every term of `text` in order, with repetitions."""
    return [term for token in _tokens(text) for term in _expand(token)]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, its terms with itself first, and whether it is a stop word."""

    written: str
    terms: tuple[str, ...]
    stop: bool


def words(text: str) -> list[Word]:
    """The words of `text` in order. A character bigram of an unspaced script is a word, too.

    A stop word in capitals within mixed case is a name and none ("IT", "US", "WHO").
    """
    shouted = text.isupper()
    found = []
    for token in _tokens(text):
        named = token.isupper() and len(token) > 1 and not shouted
        stop = _is_stop_word(token) and not named
        if _UNSPACED_RUN.fullmatch(token):
            found += [Word(term, (term,), stop) for term in _expand(token)]
        else:
            found.append(Word(token, _expand(token), stop))
    return found


def content_terms(question: str) -> list[str]:
    """The different terms of `question` that are neither stop words nor question words."""
    content = (word for word in words(question) if not word.stop)
    return list(dict.fromkeys(term for word in content for term in word.terms))


def _is_stop_word(token: str) -> bool:
    if token == "may":  # "May" is a month
        return True
    lower = token.lower()
    return lower in STOP_WORDS or lower.removesuffix("'s") in STOP_WORDS


def _tokens(text: str) -> Iterator[str]:
    text = _WIDE_GROUPS.sub(",", text)  # before NFKC makes them plain spaces
    text = unicodedata.normalize("NFKC", text).replace("’", "'")
    return (match.group() for match in _TOKEN.finditer(text))


@lru_cache(_CACHED)
def _expand(token: str) -> tuple[str, ...]:
    """The terms of one token, itself first."""
    match = _TOKEN.fullmatch(token)
    kind = match.lastgroup if match else "compound"
    if kind == "unspaced":
        return tuple(token[i : i + 2] for i in range(len(token) - 1)) or (token,)
    if kind == "grouped":
        number = token.replace(",", "").replace("'", "")
        return tuple(dict.fromkeys((number, number.partition(".")[0])))
    if kind == "language":
        return (token.lower(),)
    return tuple(term for term in dict.fromkeys(_compound(token)) if term)


def _compound(token: str) -> Iterator[str]:
    parts = _PART.findall(token)
    if len(parts) == 1 or "'".join(parts) == token:
        yield _stem(token.lower()[:LONGEST])
        yield from _humps(token)
        return
    if len(token) <= LONGEST:
        yield token.lower()
    for part in parts:
        yield from _expand(part)
    if "-".join(parts) == token and not any(map(str.isdigit, parts)):
        yield _stem("".join(parts).lower()[:LONGEST])
    if _DOTTED_GROUPS.fullmatch(token):
        yield token.replace(".", "")


def _humps(word: str) -> Iterator[str]:
    """The words within a camelCase one; nothing for any other."""
    humps = _CAMEL.findall(word)
    if len(humps) > 1 and "".join(humps) == word:
        for hump in humps:
            yield _stem(hump.lower()[:LONGEST])


_stemming = threading.Lock()  # the stemmer keeps the word at hand in itself


@lru_cache(_CACHED)
def _stem(word: str) -> str:
    """The Snowball stem of a lower-case word."""
    if not word.isascii() or word.isdigit():
        return word
    with _stemming:
        stem: str = _stemmer().stemWord(_IRREGULAR.get(word, word))
    return stem


@lru_cache(1)
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def wording(app: str, title: str) -> str:
    """What a window is called, without the numbers and marks that come and go in titles."""
    letters = "".join(character for character in title.casefold() if character.isalpha())
    return f"{app}\n{letters}"
