"""The encoders of a profile: opened when first needed, and anew when their settings change."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from mirrordesk import config, weights
from mirrordesk.errors import WeightsError
from mirrordesk.perception.base import Encoder, Ocr, TextEncoder, VectorEncoder
from mirrordesk.perception.line_reader import LineReader
from mirrordesk.perception.rereading import RereadingOcr
from mirrordesk.records import Channel
from mirrordesk.weights import OcrWeights, Role, Weights


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What settings and files make of a channel; when it changes, the encoder is opened anew."""

    weights: Weights | OcrWeights
    language: str = ""  # of speech
    stamps: tuple[tuple[int, int] | None, ...] = ()  # of files that no identity tells of


class Encoders:
    """One encoder a channel as the settings name it, and one for the vectors made before it.

    `settings` is read at each look, so that a change is noticed; files are looked at, too. What
    could not be opened is not tried again before one of them has changed.
    """

    def __init__(self, settings: Callable[[], config.Settings]) -> None:
        self._settings = settings
        self._open: dict[Channel, tuple[_Wanted, Encoder]] = {}
        self._failed: dict[Channel, tuple[_Wanted, str]] = {}
        self._former: dict[Channel, VectorEncoder] = {}

    def get(self, channel: Channel) -> Encoder:
        """The encoder that the settings name. Raises WeightsError, WeightsMissing."""
        wanted = self._wanted(channel)
        opened = self._open.get(channel)
        if opened and opened[0] == wanted:
            return opened[1]
        self._retire(channel)
        try:
            encoder = _OPENERS[channel](wanted)
        except WeightsError as error:
            self._failed[channel] = (wanted, str(error))
            raise
        self._open[channel] = (wanted, encoder)
        return encoder

    def text(self) -> TextEncoder:
        """The text encoder that the settings name. Raises WeightsError, WeightsMissing."""
        return cast(TextEncoder, self.get(Channel.TEXT))

    def find(self, channel: Channel) -> Encoder | None:
        """The encoder that the settings name, or None while there is none."""
        try:
            return self.get(channel)
        except WeightsError:
            return None

    def require(self, channel: Channel) -> None:
        """Raise WeightsError, WeightsMissing where the model that the settings name is not here."""
        self._wanted(channel)

    def choice(self, channel: Channel) -> Weights | None:
        """The model that the settings name, if it is here and can be used. Opens nothing."""
        try:
            found = self._wanted(channel).weights
        except WeightsError:
            return None
        return found if isinstance(found, Weights) else None

    def made(self, channel: Channel, identity: str) -> VectorEncoder:
        """The encoder of the model that made the vectors of `identity`, whatever the settings say.

        Raises WeightsMissing where that model is no longer here, WeightsError where it is altered.
        """
        choice = self.choice(channel)
        if choice and choice.identity == identity:
            return cast(VectorEncoder, self.get(channel))
        former = self._former.get(channel)
        if former is None or former.identity != identity:
            self.let_go(channel)
            found = _Wanted(weights.by_identity(_ROLES[channel], identity))
            former = self._former[channel] = cast(VectorEncoder, _OPENERS[channel](found))
        return former

    def let_go(self, channel: Channel) -> None:
        """Free the encoder of vectors made earlier; `made` opens it again."""
        self._former.pop(channel, None)

    def forget_frames(self) -> None:
        """Let go of the frames and lines that the OCR remembers in order to read less."""
        self._open.pop(Channel.OCR, None)

    def state(self, channel: Channel) -> str:
        """In words: which encoder, where and why; or why there is none."""
        try:
            wanted = self._wanted(channel)
        except WeightsError as error:
            return str(error)
        opened = self._open.get(channel)
        if opened is None or opened[0] != wanted:
            return "not opened yet"
        encoder = opened[1]
        return f"{encoder.name} on {encoder.device} ({encoder.why})"

    def _wanted(self, channel: Channel) -> _Wanted:
        """Raises WeightsError also for what has failed to open."""
        wanted = _FINDERS[channel](self._settings())
        failed = self._failed.get(channel)
        if failed and failed[0] == wanted:
            raise WeightsError(failed[1])
        return wanted

    def _retire(self, channel: Channel) -> None:
        """Keep an encoder that is replaced for the vectors it made; free the one before it."""
        _, encoder = self._open.pop(channel, (None, None))
        if isinstance(encoder, VectorEncoder):
            self._former[channel] = encoder


def _find_ocr(_settings: config.Settings) -> _Wanted:
    found = weights.ocr()
    files = (found.detection, found.recognition)
    return _Wanted(found, stamps=tuple(weights.stamp(str(file)) for file in files))


def _find_text(settings: config.Settings) -> _Wanted:
    return _Wanted(weights.text(settings.text))


def _find_image(settings: config.Settings) -> _Wanted:
    found = weights.image(settings.image)
    return _Wanted(found, stamps=(weights.stamp(found.architecture),))  # if it is a file


def _find_speech(settings: config.Settings) -> _Wanted:
    return _Wanted(weights.speech(settings.speech), language=settings.speech.language)


@functools.lru_cache(maxsize=1)  # the same for every profile, and slow to open
def _line_reader(_wanted: _Wanted) -> LineReader:
    from mirrordesk.perception.rapid import RapidOcr

    return RapidOcr()


def _open_ocr(wanted: _Wanted) -> Ocr:
    return RereadingOcr(_line_reader(wanted))


def _open_text(wanted: _Wanted) -> Encoder:
    from mirrordesk.perception.gguf_text import GgufText
    from mirrordesk.perception.minilm import MiniLm

    found = cast(Weights, wanted.weights)
    return GgufText(found) if found.architecture == "gguf" else MiniLm(found)


def _open_image(wanted: _Wanted) -> Encoder:
    from mirrordesk.perception.clip import OpenClip

    return OpenClip(cast(Weights, wanted.weights))


def _open_speech(wanted: _Wanted) -> Encoder:
    from mirrordesk.perception.whisper import Whisper

    found = cast(Weights, wanted.weights)
    return Whisper(found.path, wanted.language, provisional=found.micro)


_FINDERS: dict[Channel, Callable[[config.Settings], _Wanted]] = {
    Channel.OCR: _find_ocr,
    Channel.TEXT: _find_text,
    Channel.IMAGE: _find_image,
    Channel.SPEECH: _find_speech,
}
_OPENERS: dict[Channel, Callable[[_Wanted], Encoder]] = {
    Channel.OCR: _open_ocr,
    Channel.TEXT: _open_text,
    Channel.IMAGE: _open_image,
    Channel.SPEECH: _open_speech,
}
_ROLES = {Channel.TEXT: Role.TEXT, Channel.IMAGE: Role.IMAGE}
