"""What is recommended fits the machine, and nothing better would."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.registry import advice, machine, manifest
from mirrordesk.registry.advice import Advice
from mirrordesk.registry.machine import Machine
from mirrordesk.registry.model import Role
from tests.registry.conftest import Checkout

GB = 10**9
LISTED = Path(__file__).parents[2] / "models" / "manifest.toml"
MODELS = list(manifest.models().values())
amounts = st.integers(0, 2000).map(lambda tenths: tenths * GB // 10)


def _advise(memory: float, gpu: float, disk: float = 1000) -> dict[Role, Advice]:
    found = Machine(int(memory * GB), int(gpu * GB), int(disk * GB))
    return {item.role: item for item in advice.advise(MODELS, found, ["all-minilm-l6-v2"])}


def _named(item: Advice) -> str:
    return item.best.name if item.best else ""


def test_a_machine_without_a_gpu_gets_what_is_not_slow_there() -> None:
    found = _advise(memory=16, gpu=0)
    assert _named(found[Role.LLM]) == "qwen3-1.7b"
    assert _named(found[Role.SPEECH]) == "whisper-small"
    assert _named(found[Role.TEXT]) == "all-minilm-l6-v2"
    assert [v.model.name for v in found[Role.LLM].better] == ["qwen3-4b", "qwen3-8b"]
    assert all("GPU" in verdict.why for verdict in found[Role.LLM].better)


def test_a_gpu_brings_the_best_that_fits_it() -> None:
    assert _named(_advise(memory=16, gpu=8)[Role.LLM]) == "qwen3-8b"
    assert _named(_advise(memory=16, gpu=4)[Role.LLM]) == "qwen3-4b"
    assert _named(_advise(memory=16, gpu=8)[Role.SPEECH]) == "whisper-large-v3-turbo"
    assert _named(_advise(memory=16, gpu=8)[Role.TEXT]) == "qwen3-embedding-0.6b"


def test_a_full_disk_leaves_what_is_here_already() -> None:
    found = _advise(memory=64, gpu=24, disk=0.1)
    assert found[Role.LLM].best is None
    assert _named(found[Role.TEXT]) == "all-minilm-l6-v2"
    assert all("disk" in verdict.why for verdict in found[Role.LLM].better)


@given(memory=amounts, gpu=amounts, disk=amounts)
def test_what_is_advised_fits_and_a_larger_machine_never_gets_less(
    memory: int, gpu: int, disk: int
) -> None:
    small, large = Machine(memory, gpu, disk), Machine(memory * 2, gpu * 2, disk * 2)
    pairs = zip(advice.advise(MODELS, small, []), advice.advise(MODELS, large, []), strict=True)
    for item, more in pairs:
        order = [verdict.model for verdict in item.verdicts]
        if item.best:
            assert item.best.memory <= max(memory * advice.SHARE, gpu)
            assert item.best.size <= disk
            assert more.best is not None
            assert order.index(more.best) >= order.index(item.best)


def test_this_machine_is_measured() -> None:
    found = machine.look()
    assert found.memory > GB
    assert found.disk > 0
    assert found.gpu_memory >= 0


def test_the_command_line_names_the_exact_command(checkout: Checkout) -> None:
    checkout.manifest(LISTED.read_text())
    rows = {row["role"]: row for row in checkout.models("recommend").json["roles"]}
    llm = rows["llm"]
    assert llm["command"] == f"mirrordesk models pull {llm['model']}"
    assert "memory" in llm["why"]
    assert set(rows) == {"llm", "speech", "image", "text"}
