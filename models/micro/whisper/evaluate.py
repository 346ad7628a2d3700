"""Judges Whisper-micro: `python -m models.micro.whisper.evaluate [--real FOLDER]`.

It hears through the product's own encoder, guards and all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mirrordesk.perception.whisper import Whisper
from models.micro.whisper import corpus, speech, words

CHECKPOINT = Path(__file__).parent / "whisper-micro.pt"


def generated(whisper: Whisper, count: int = corpus.HELD_OUT) -> float:
    """Word error rate on held-out sentences in held-out voices, in rooms and noise."""
    chance = np.random.default_rng(corpus.SEED + 1)
    heard = [(said.text, speech.heard(said.samples, chance)) for said in corpus.held_out(count)]
    return words.error_rate((text, whisper.transcribe(sound)) for text, sound in heard)


def real(whisper: Whisper, folder: Path) -> float:
    """Word error rate on the English recordings of a folder with a `transcripts.jsonl`."""
    return words.error_rate(
        (text, whisper.transcribe(_load(path))) for text, path in _recordings(folder)
    )


def _recordings(folder: Path) -> Iterable[tuple[str, Path]]:
    for line in (folder / "transcripts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["lang"] == "en":
            yield row["text"], folder / row["file"]


def _load(path: Path) -> speech.Samples:
    """Any sound file as 16 kHz mono."""
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=speech.RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float32)


def main() -> None:
    """Print the figures of the committed checkpoint as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, metavar="FOLDER", help="recordings of people")
    options = parser.parse_args()
    whisper = Whisper(CHECKPOINT, provisional=True)
    figures = {"wer": generated(whisper), "bytes": CHECKPOINT.stat().st_size}
    if options.real:
        figures["wer_real"] = real(whisper, options.real)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
