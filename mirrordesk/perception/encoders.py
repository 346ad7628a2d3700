"""The encoders of a profile: opened when first needed, and anew when their settings change."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from mirrordesk import config, weights
from mirrordesk.errors import WeightsError
from mirrordesk.perception.base import Encoder, Ocr, TextEncoder, VectorEncoder
from mirrordesk.perception.line_reader import LineReader
from mirrordesk.perception.rereading import RereadingOcr
from mirrordesk.records import Channel
from mirrordesk.redaction import text
from mirrordesk.weights import OcrWeights, Role, Weights

_Stamps = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What settings and files make of a channel; when it changes, the encoder is opened anew."""

    weights: Weights | OcrWeights
    language: str = ""  # of speech
    stamps: _Stamps = ()  # of files that no identity tells of


class Encoders:
    """One encoder a channel as the settings name it, and one for the vectors made before it.

    `look` notices settings and files that have changed; between two looks nothing does. What could
    not be opened is not tried again before one of them has.
    """

    def __init__(self, settings: Callable[[], config.Settings]) -> None:
        self._read = settings
        self._settings = settings()
        self._wants: dict[Channel, _Wanted] = {}
        self._ocr: tuple[_Stamps, OcrWeights] | None = None
        self._found: dict[Channel, tuple[object, Weights]] = {}
        self._open: dict[Channel, tuple[_Wanted, Encoder]] = {}
        self._failed: dict[Channel, tuple[_Wanted, str]] = {}
        self._former: dict[Channel, VectorEncoder] = {}

    def look(self) -> None:
        """Read the settings again, and look again whether the files are as they were."""
        self._settings = self._read()
        self._wants.clear()

    @property
    def settings(self) -> config.Settings:
        """The settings as they were at the last look."""
        return self._settings

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
        """Let go of the frames and lines that are remembered in order to read and search less."""
        self._open.pop(Channel.OCR, None)
        text.let_go()

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
        if channel not in self._wants:
            self._wants[channel] = self._find(channel)
        wanted = self._wants[channel]
        failed = self._failed.get(channel)
        if failed and failed[0] == wanted:
            raise WeightsError(failed[1])
        return wanted

    def _find(self, channel: Channel) -> _Wanted:
        if channel is Channel.OCR:
            return self._find_ocr()
        role = _ROLES[channel]
        model = self._find_model(channel, getattr(self._settings, role.value).model)
        # what a change of would not show in the identity
        language = self._settings.speech.language if channel is Channel.SPEECH else ""
        return _Wanted(model, language, _stamps(Path(model.architecture)))

    def _find_ocr(self) -> _Wanted:
        """Its weights; looked for again only where their files have changed."""
        if self._ocr:
            stamps, found = self._ocr
            if stamps == _stamps(found.detection, found.recognition):
                return _Wanted(found, stamps=stamps)
        found = weights.ocr()
        stamps = _stamps(found.detection, found.recognition)
        self._ocr = (stamps, found)
        return _Wanted(found, stamps=stamps)

    def _find_model(self, channel: Channel, name: str) -> Weights:
        """The model of that name; looked for again only where something about it has changed."""
        signature = weights.signature(_ROLES[channel], name)
        known = self._found.get(channel)
        if known is None or known[0] != signature:
            known = self._found[channel] = (signature, weights.of(_ROLES[channel], name))
        return known[1]

    def _retire(self, channel: Channel) -> None:
        """Keep an encoder that is replaced for the vectors it made; free the one before it."""
        _, encoder = self._open.pop(channel, (None, None))
        if isinstance(encoder, VectorEncoder):
            self._former[channel] = encoder


def _stamps(*files: Path) -> _Stamps:
    return tuple(weights.stamp(str(file)) for file in files)


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


_OPENERS: dict[Channel, Callable[[_Wanted], Encoder]] = {
    Channel.OCR: _open_ocr,
    Channel.TEXT: _open_text,
    Channel.IMAGE: _open_image,
    Channel.SPEECH: _open_speech,
}
_ROLES = {Channel.TEXT: Role.TEXT, Channel.IMAGE: Role.IMAGE, Channel.SPEECH: Role.SPEECH}
