"""The encoders of a profile: opened when first needed, looked for again while they are absent."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from mirrordesk import config, weights
from mirrordesk.errors import WeightsError
from mirrordesk.perception.base import Encoder, ImageEncoder, Ocr, SpeechEncoder, TextEncoder
from mirrordesk.records import Channel
from mirrordesk.weights import Role

Kind = TypeVar("Kind", bound=Encoder)


class Encoders:
    """One encoder a channel. `settings` is read at each look, so that a change is noticed."""

    def __init__(self, settings: Callable[[], config.Settings]) -> None:
        self._settings = settings
        self._open: dict[Channel, Encoder] = {}
        self._absent: dict[Channel, tuple[Any, str]] = {}

    def ocr(self) -> Ocr:
        """The OCR engine."""
        return cast(Ocr, self._get(Channel.OCR))

    def text(self) -> TextEncoder:
        """The text encoder. Raises WeightsError."""
        return cast(TextEncoder, self._get(Channel.TEXT))

    def image(self) -> ImageEncoder:
        """The image encoder. Raises WeightsError, WeightsMissing."""
        return cast(ImageEncoder, self._get(Channel.IMAGE))

    def speech(self) -> SpeechEncoder:
        """The speech encoder. Raises WeightsError, WeightsMissing."""
        return cast(SpeechEncoder, self._get(Channel.SPEECH))

    def available(self, channel: Channel) -> bool:
        """Whether the channel's encoder is there, opening it if need be.

        What failed is not tried again until its settings or files have changed.
        """
        if channel in self._open:
            return True
        signature = self._signature(channel)
        if channel in self._absent and self._absent[channel][0] == signature:
            return False
        try:
            self._get(channel)
        except WeightsError as error:
            self._absent[channel] = (signature, str(error))
            return False
        self._absent.pop(channel, None)
        return True

    def state(self, channel: Channel) -> str:
        """In words: which encoder, where and why; or why there is none."""
        if encoder := self._open.get(channel):
            return f"{encoder.name} on {encoder.device} ({encoder.why})"
        return self._absent[channel][1] if channel in self._absent else "not opened yet"

    def _get(self, channel: Channel) -> Encoder:
        if channel not in self._open:
            self._open[channel] = _OPENERS[channel](self._settings())
        return self._open[channel]

    def _signature(self, channel: Channel) -> Any:
        """What must change before an absent encoder is worth another try."""
        settings = self._settings()
        sections: dict[Channel, tuple[Role, Any]] = {
            Channel.SPEECH: (Role.SPEECH, settings.speech),
            Channel.IMAGE: (Role.IMAGE, settings.image),
            Channel.TEXT: (Role.TEXT, settings.text),
        }
        if channel not in sections:
            return None
        role, section = sections[channel]
        return (section, weights.signature(role, section.model))


@functools.cache  # the same for every profile, and slow to open
def _the_ocr() -> Ocr:
    from mirrordesk.perception.rapid import RapidOcr

    return RapidOcr()


def _text(settings: config.Settings) -> Encoder:
    from mirrordesk.perception.minilm import MiniLm

    return MiniLm(weights.text(settings.text).path)


def _image(settings: config.Settings) -> Encoder:
    from mirrordesk.perception.clip import OpenClip

    return OpenClip(weights.image(settings.image))


def _speech(settings: config.Settings) -> Encoder:
    from mirrordesk.perception.whisper import Whisper

    return Whisper(weights.speech(settings.speech).path, settings.speech.language)


_OPENERS: dict[Channel, Callable[[config.Settings], Encoder]] = {
    Channel.OCR: lambda _settings: _the_ocr(),
    Channel.TEXT: _text,
    Channel.IMAGE: _image,
    Channel.SPEECH: _speech,
}
