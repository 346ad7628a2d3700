"""Speech by openai-whisper, with guards against words that nobody said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mirrordesk.errors import WeightsError
from mirrordesk.perception import devices
from mirrordesk.perception.base import Samples, SpeechEncoder

NO_SPEECH = 0.6  # above this, and unsure of its words, Whisper heard no speech
BEAMS = 5  # openai-whisper's own default at the command line
UNSURE = -1.0  # mean log probability of a token
MOST_REPETITIVE = 2.4  # text that gzip shrinks more than this is a loop
SURE = -0.8  # mean log probability from which on a provisional model's words count
# The first three limits are those of openai-whisper's own transcribe().


class Whisper(SpeechEncoder):
    """A Whisper checkpoint of any size, from a local file."""

    def __init__(self, checkpoint: Path, language: str = "", *, provisional: bool = False) -> None:
        """`language` empty: it listens. Raises WeightsError where the file is no checkpoint."""
        import whisper

        chosen = devices.choose()
        self.device, self.why = chosen.name, chosen.why
        self.name, self.provisional = checkpoint.stem, provisional
        try:
            self._model: Any = whisper.load_model(str(checkpoint), device=chosen.name)
        except Exception as error:
            first = str(error).partition("\n")[0]
            raise WeightsError(f"{checkpoint} is no Whisper checkpoint: {first}") from error
        self._language = language or None
        self._half = chosen.half

    def transcribe(self, samples: Samples) -> str:
        """The words in up to any length of 16 kHz mono sound; empty where there are none."""
        heard = self._model.transcribe(
            samples,
            language=self._language if self._model.is_multilingual else "en",
            fp16=self._half,
            condition_on_previous_text=False,  # what it made up once would feed on itself
            beam_size=BEAMS,
            without_timestamps=True,  # an utterance fits one window, and its span is known
            no_speech_threshold=NO_SPEECH,
            logprob_threshold=UNSURE,
            compression_ratio_threshold=MOST_REPETITIVE,
            verbose=None,
        )
        return " ".join(part["text"].strip() for part in heard["segments"] if self._believes(part))

    def _believes(self, part: dict[str, Any]) -> bool:
        likely: float = part["avg_logprob"]
        silent: float = part["no_speech_prob"]
        shrinks: float = part["compression_ratio"]
        sure = likely >= UNSURE or silent <= NO_SPEECH
        if self.provisional:  # of what it does not know it makes something, hesitantly
            sure = likely >= SURE
        return sure and shrinks <= MOST_REPETITIVE
