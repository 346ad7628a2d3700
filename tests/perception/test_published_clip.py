"""Published image models: scaled as they were trained, tokenizers read from local files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from mirrordesk.perception import torch_compat
from tests.registry.hubserver import Hub

CAPTIONS = ["a terminal with code", "a map of a city"]
WIDTH = 32
CONFIGURATION = {
    "embed_dim": WIDTH,
    "custom_text": True,
    "vision_cfg": {
        "image_size": 32,
        "layers": 1,
        "width": WIDTH,
        "patch_size": 16,
        "head_width": 16,
    },
    "text_cfg": {
        "context_length": 16,
        "vocab_size": 100,
        "hf_tokenizer_name": "owner/not-here",
        "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": WIDTH,
        "heads": 2,
        "layers": 1,
    },
}
OPEN = """
import sys
from pathlib import Path
from mirrordesk.perception.clip import OpenClip
from mirrordesk.weights import Role, Weights
folder = Path(sys.argv[1])
checkpoint, configuration = folder / "own.pt", str(folder / "own.json")
model = OpenClip(Weights(Role.IMAGE, "own", checkpoint, configuration, False, "", ""))
one, same, other = model.encode_texts(["A Map, of a city!", "a map of a city", "a terminal"])
sys.exit(0 if abs(one @ same - 1) < 1e-4 and one @ other < 0.9999 else "not told apart")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model with a tokenizer of its own, as SigLIP2 has, all of it tiny."""
    torch_compat.declare_missing_ops()
    import open_clip
    import torch

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    tokenizer.train_from_iterator(
        CAPTIONS * 10, trainers.BpeTrainer(vocab_size=80, special_tokens=special)
    )
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    about = {f"{token.strip('<>')}_token": token for token in special}
    about["tokenizer_class"] = "PreTrainedTokenizerFast"
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(about))
    (tmp_path / "open_clip_config.json").write_text(json.dumps({"model_cfg": CONFIGURATION}))
    (tmp_path / "own.json").write_text(json.dumps(CONFIGURATION))
    open_clip.add_model_config(tmp_path / "own.json")
    torch.manual_seed(0)
    torch.save(open_clip.create_model("own").state_dict(), tmp_path / "own.pt")
    return tmp_path


def _open(folder: Path, hub: Hub) -> subprocess.CompletedProcess[str]:
    """In a process of its own, where every question to a hub goes to `hub`."""
    env = os.environ | {"HF_ENDPOINT": hub.address, "HF_HOME": str(folder / "hf")}
    return subprocess.run(
        [sys.executable, "-c", OPEN, str(folder)], env=env, capture_output=True, text=True
    )


def test_a_tokenizer_beside_the_checkpoint_is_used_and_nobody_is_asked(folder: Path) -> None:
    with Hub() as hub:
        done = _open(folder, hub)
    assert done.returncode == 0, done.stderr[-2000:]
    assert hub.requests == []


def test_without_those_files_the_model_is_refused_and_nobody_is_asked(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with Hub() as hub:
        done = _open(folder, hub)
    assert done.returncode != 0
    assert "tokenizer.json" in done.stderr
    assert hub.requests == []


@pytest.mark.parametrize(
    ("model", "mean"), [("MobileCLIP2-S0", 0.0), ("MobileCLIP2-S2", 0.0), ("ViT-B-16-SigLIP2", 0.5)]
)
def test_pictures_are_scaled_as_for_the_published_checkpoint(model: str, mean: float) -> None:
    torch_compat.declare_missing_ops()
    from mirrordesk.perception.clip import published_preprocessing

    assert tuple(published_preprocessing(model)["image_mean"]) == (mean, mean, mean)


def test_a_model_of_ones_own_is_scaled_as_open_clip_does_by_default() -> None:
    torch_compat.declare_missing_ops()
    from mirrordesk.perception.clip import published_preprocessing

    assert published_preprocessing("own") == {}
