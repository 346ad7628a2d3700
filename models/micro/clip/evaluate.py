"""How well CLIP-micro finds screens: `python -m models.micro.clip.evaluate [--real FOLDER]`.

The pool is drawn from seeds that training never uses. Each question is a caption, in a sentence
that training never uses, that is true of one screen of the pool and of no other, by construction;
it counts as answered where that screen comes first among all screens of the pool.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from mirrordesk.perception.clip import OpenClip
from mirrordesk.registry.model import Role
from mirrordesk.weights import Weights
from models.micro.clip import screens
from models.micro.clip.captions import HELD_OUT_FRAMES, Caption, caption
from models.micro.clip.checkpoint import CHECKPOINT, CONFIGURATION
from models.micro.clip.screens import Screen

SEEDS_APART = 1_000_000  # between what is trained on and what is evaluated
POOL_SEED = 90 * SEEDS_APART
POOL = 300  # screens
TRIES = 12  # captions tried with so many facts before one more fact is mentioned


@dataclass(frozen=True, slots=True)
class Question:
    """A caption, and the number of the only screen of the pool that it is true of."""

    text: str
    screen: int


def true_of(said: Caption, pool: Sequence[Screen]) -> list[int]:
    """The numbers of the screens that show all that a caption mentions."""
    return [index for index, screen in enumerate(pool) if said.mentions <= screen.facts]


def telling(
    wanted: int, pool: Sequence[Screen], chance: random.Random, frames: Sequence[str]
) -> Question | None:
    """A caption true of that screen alone, with as few facts as chance has it; None if none is."""
    for facts in range(chance.choice((2, 3)), len(pool[wanted].facts)):
        for _ in range(TRIES):
            said = caption(pool[wanted], chance, frames, facts)
            if true_of(said, pool) == [wanted]:
                return Question(said.text, wanted)
    return None


def questions(
    pool: Sequence[Screen], seed: int, frames: Sequence[str] = HELD_OUT_FRAMES
) -> list[Question]:
    """A question for every screen of the pool that words can tell from all others."""
    chance = random.Random(seed)
    asked = (telling(index, pool, chance, frames) for index in range(len(pool)))
    return [question for question in asked if question is not None]


def ranked(
    model: OpenClip, texts: Sequence[str], pictures: Sequence[screens.Pixels]
) -> npt.NDArray[np.intp]:
    """(texts, pictures): the numbers of the pictures, best first."""
    likeness = model.encode_texts(texts) @ model.encode_images(pictures).T
    return np.argsort(-likeness, axis=1, kind="stable")


def recall(
    model: OpenClip, pool: Sequence[Screen], asked: Sequence[Question], among: int = 1
) -> float:
    """The share of the questions whose screen is among the first `among`."""
    order = ranked(model, [question.text for question in asked], [s.pixels for s in pool])
    return float(np.mean([q.screen in row[:among] for q, row in zip(asked, order, strict=True)]))


def held_out(model: OpenClip) -> dict[str, object]:
    """The figures over the pool of screens never seen, as large as a recorder finds them."""
    pool = screens.renders(range(POOL_SEED, POOL_SEED + POOL), screens.captured)
    asked = questions(pool, POOL_SEED)
    return {
        "recall_at_1": round(recall(model, pool, asked), 4),
        "recall_at_5": round(recall(model, pool, asked, among=5), 4),
        "pool": len(pool),
        "questions": len(asked),
        "pool_seed": POOL_SEED,
    }


def real(model: OpenClip, folder: Path) -> dict[str, object]:
    """Real desktop sessions: does a frame of the right session come first for its task?

    `folder` holds sessions.jsonl (task_en, frames with their files). Tasks say what somebody
    wanted to do, hardly ever how the screen looked.
    """
    lines = (folder / "sessions.jsonl").read_text(encoding="utf-8").splitlines()
    sessions = [json.loads(line) for line in lines]
    owner = [n for n, session in enumerate(sessions) for _ in session["frames"]]
    files = [folder / frame["file"] for session in sessions for frame in session["frames"]]
    pictures = [np.asarray(Image.open(file).convert("RGB")) for file in files]
    order = ranked(model, [session["task_en"] for session in sessions], pictures)
    first = [owner[row[0]] == n for n, row in enumerate(order)]
    top = [n in {owner[picture] for picture in row[:5]} for n, row in enumerate(order)]
    return {
        "recall_at_1": round(float(np.mean(first)), 4),
        "recall_at_5": round(float(np.mean(top)), 4),
        "tasks": len(sessions),
        "frames": len(files),
    }


def load(folder: Path) -> OpenClip:
    """The model whose checkpoint lies in `folder`, through MirrorDesk's own encoder."""
    name, file = CHECKPOINT.stem, folder / CHECKPOINT.name
    return OpenClip(Weights(Role.IMAGE, name, file, str(CONFIGURATION), True, name, ""))


def write(folder: Path, trained: dict[str, object]) -> None:
    """Evaluate the checkpoint in `folder` and write evaluation.json beside it."""
    figures = {
        **held_out(load(folder)),
        "bytes": (folder / CHECKPOINT.name).stat().st_size,
        **trained,
    }
    _save(folder / "evaluation.json", figures)


def _save(file: Path, figures: dict[str, object]) -> None:
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


def main() -> None:
    """Evaluate the checkpoint that is here again, and on real screens where there are some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, help="a folder with sessions.jsonl and its images")
    parser.add_argument("--folder", type=Path, default=CHECKPOINT.parent)
    options = parser.parse_args()
    model, file = load(options.folder), options.folder / "evaluation.json"
    figures = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    figures |= held_out(model)
    figures["bytes"] = (options.folder / CHECKPOINT.name).stat().st_size
    if options.real:
        figures["real"] = real(model, options.real)
    _save(file, figures)


if __name__ == "__main__":
    main()
