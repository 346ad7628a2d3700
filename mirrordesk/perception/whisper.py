"""Speech by openai-whisper, several utterances at a time, with guards against invented words."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mirrordesk.errors import WeightsError
from mirrordesk.perception import devices
from mirrordesk.perception.base import Samples, SpeechEncoder
from mirrordesk.perception.devices import Device
from mirrordesk.perception.doubt import Written

SAMPLE_RATE = 16_000  # samples per second
WINDOW = 30 * SAMPLE_RATE  # samples: all that Whisper hears at once
BEAMS = 5  # openai-whisper's own default at the command line
PATIENCE = 2.0  # by which more endings are weighed; the first ones found tend to lack words
MEMORY = 2 << 30  # bytes for what all beams look back at, 0.5 GB a window with `small`


class Whisper(SpeechEncoder):
    """A Whisper checkpoint of any size, from a local file."""

    def __init__(
        self,
        checkpoint: Path,
        language: str = "",
        *,
        provisional: bool = False,
        device: Device | None = None,
    ) -> None:
        """`language` empty: it listens. Without `device` on the best there is.

        Raises WeightsError where the file is no checkpoint.
        """
        import whisper

        chosen = device or devices.choose()
        self.device, self.why = chosen.name, chosen.why
        self.name, self.provisional = checkpoint.stem, provisional
        try:
            self._model: Any = whisper.load_model(str(checkpoint), device=chosen.name)
        except Exception as error:
            first = str(error).partition("\n")[0]
            raise WeightsError(f"{checkpoint} is no Whisper checkpoint: {first}") from error
        self.together = _together(self._model.dims, 2 if chosen.half else 4, chosen.windows)
        self._options = whisper.DecodingOptions(
            language=(language or None) if self._model.is_multilingual else "en",
            beam_size=BEAMS,
            patience=PATIENCE,
            without_timestamps=True,  # an utterance fits one window, and its span is known
            fp16=chosen.half,
        )

    def transcribe(self, samples: Samples) -> str:
        """The words in up to any length of 16 kHz mono sound; empty where there are none."""
        return self.transcribe_all([samples])[0]

    def transcribe_all(self, sounds: Sequence[Samples]) -> list[str]:
        """The words of each of several sounds: those that each would give by itself."""
        places = [(n, window) for n, sound in enumerate(sounds) for window in _windows(sound)]
        parts: list[list[str]] = [[] for _ in sounds]
        for first in range(0, len(places), self.together):
            some = places[first : first + self.together]
            for (n, _), written in zip(some, self._written([w for _, w in some]), strict=True):
                if not written.is_doubtful(provisional=self.provisional):
                    parts[n].append(written.text)
        return [" ".join(filter(None, texts)) for texts in parts]

    def _written(self, windows: Sequence[Samples]) -> Iterator[Written]:
        """What the model writes of each window, decoded together.

        Always what is most likely: drawing by chance where that is poor, as openai-whisper's own
        transcribe() goes on to do, makes up words and other ones each time.
        """
        import torch

        mels = torch.stack([self._mel(window) for window in windows])
        found_all = _decoding()(self._model, self._options).run(mels)
        for window, found in zip(windows, found_all, strict=True):
            yield Written(
                text=found.text,
                seconds=len(window) / SAMPLE_RATE,
                likely=found.avg_logprob,
                no_speech=found.no_speech_prob,
                shrinks=found.compression_ratio,
            )

    def _mel(self, window: Samples) -> Any:
        """The spectrogram of one window; among others its loudest sound would weigh in."""
        import whisper

        padded = whisper.pad_or_trim(window, WINDOW)
        bands = self._model.dims.n_mels
        return whisper.log_mel_spectrogram(padded, bands, device=self._model.device)


@functools.cache
def _decoding() -> Any:
    """openai-whisper's decoder, made to take several windows.

    That of 20250625 does not repeat what was heard for each beam, which works with one window only.
    """
    from whisper.decoding import DecodingTask

    class Decoding(DecodingTask):  # type: ignore[misc]
        def _get_audio_features(self, mel: Any) -> Any:
            features = super()._get_audio_features(mel)
            return features.repeat_interleave(self.n_group, dim=0) if len(mel) > 1 else features

        def _detect_language(self, audio_features: Any, tokens: Any) -> Any:
            return super()._detect_language(audio_features[:: self.n_group], tokens)

    return Decoding


def _together(dims: Any, width: int, most: int) -> int:
    """How many windows to decode at once, at most `most`, numbers being `width` bytes wide."""
    seen: int = 2 * dims.n_text_layer * dims.n_audio_ctx * dims.n_text_state  # keys and values
    return max(1, min(most, MEMORY // (BEAMS * seen * width)))


def _windows(sound: Samples) -> list[Samples]:
    """A sound in pieces that Whisper can hear at once."""
    return [sound[first : first + WINDOW] for first in range(0, len(sound), WINDOW)]
