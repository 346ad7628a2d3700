"""Reasons to doubt that the words a speech model wrote were said: it must not invent any.

A model of Whisper's kind always writes something. Of silence, music or a fan it writes what its
training was full of, or one phrase again and again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# The first three limits are those of openai-whisper's own transcribe()
NO_SPEECH = 0.6  # probability of no speech above which words must be surer than …
UNSURE = -1.0  # … mean log probability of a token; below it no word counts
MOST_REPETITIVE = 2.4  # text that gzip shrinks more than this is a loop
SURE = -0.8  # mean log probability from which on a provisional model's words count
SURE_IN_SILENCE = -0.3  # the same where the model itself held it for no speech
FASTEST = 35.0  # characters a second; the fastest talkers reach 30
PAUSE_S = 2.0  # that an utterance may hold beside its words
SLOWEST = 1.0  # characters a second of all else; people who speak at all say ten
SLOWEST_OF_PROVISIONAL = 4.0  # the same for one that writes a word or two of music
LONGEST_PHRASE = 8  # words that may be repeated as a whole
REPEATS = {1: 6}  # times in a row from which so many words are a loop; "no no no" is none
REPEATS_OF_PHRASES = 3  # the same for longer ones

_CREDITS = re.compile(
    r"amara\.org|subtitles? (by|created)|transcri(bed|ption) by|thanks? (you )?for watching", re.I
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote of one window of sound, and how sure it was."""

    text: str
    seconds: float  # of sound
    likely: float  # mean log probability of a token
    no_speech: float  # probability that nothing was said
    shrinks: float  # by which factor gzip shrinks the text

    def is_doubtful(self, *, provisional: bool) -> bool:
        """Whether nobody may have said this. A `provisional` model must be surer of its words."""
        unsure = self.likely < (SURE if provisional else UNSURE)
        silent = self.no_speech > NO_SPEECH and self.likely < SURE_IN_SILENCE
        too_fast = len(self.text) > FASTEST * max(self.seconds, 1.0)
        slowest = SLOWEST_OF_PROVISIONAL if provisional else SLOWEST
        too_slow = len(self.text) < slowest * (self.seconds - PAUSE_S)
        looped = self.shrinks > MOST_REPETITIVE or repeats_itself(self.text)
        of_credits = bool(_CREDITS.search(self.text))
        return unsure or silent or too_fast or too_slow or looped or of_credits


def repeats_itself(text: str) -> bool:
    """Whether a phrase comes again and again in a row."""
    words = re.findall(r"\w+", text.lower())
    return any(
        _longest_run(words, length) >= REPEATS.get(length, REPEATS_OF_PHRASES)
        for length in range(1, min(LONGEST_PHRASE, len(words)) + 1)
    )


def _longest_run(words: list[str], length: int) -> int:
    """How often the most repeated phrase of `length` words stands in a row."""
    longest = same = 0
    for index in range(length, len(words)):
        same = same + 1 if words[index] == words[index - length] else 0
        longest = max(longest, same)
    return longest // length + 1
