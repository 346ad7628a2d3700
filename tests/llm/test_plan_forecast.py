"""What is foretold of a model's memory, against what llama.cpp then really allocates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mirrordesk.config import LlmSettings
from mirrordesk.errors import WeightsError
from mirrordesk.llm import abilities, forecast, gguf, header, native
from mirrordesk.llm.forecast import Layout
from mirrordesk.llm.kv import CacheShape, cache_type
from mirrordesk.llm.machine import Machine
from mirrordesk.llm.plan import Plan, plan
from tests.llm import made_up, tiny_gguf

READER = Path(__file__).parents[2] / "models" / "micro" / "reader"
ROOMY = Machine(free_bytes=10**12, total_bytes=10**12)
BUFFER = re.compile(r"buffer size = +([\d.]+) MiB")
ARCHITECTURES = {
    "llama": made_up.heads(),
    "llama with wide heads": made_up.heads(head_count_kv=1, key_length=256, value_length=256),
    "llama without groups": made_up.heads(head_count_kv=8),
    "gemma3": made_up.heads(sliding_window=512) | {"block_count": 7},
    "phi3": made_up.heads(key_length=96, value_length=96)
    | {"rope.dimension_count": 96, "embedding_length": 768},
    "mamba": {
        "ssm.conv_kernel": 4,
        "ssm.inner_size": 512,
        "ssm.state_size": 16,
        "ssm.time_step_rank": 16,
    },
}


def allocated(path: Path, chosen: Plan) -> float:
    """Bytes that llama.cpp tells of when it really loads what was planned."""
    import llama_cpp

    with gguf.heard(gguf.INFO) as said:
        model = native.Model(path, chosen.gpu_layers)
        context = native.open_context(
            model,
            cells=chosen.context,
            type_k=chosen.type_k.number,
            type_v=chosen.type_v.number,
            flash_attention=chosen.flash_attention,
        )
    llama_cpp.llama_free(context)
    model.close()
    return sum(float(size) * 2**20 for line in said for size in BUFFER.findall(line))


@pytest.mark.parametrize("name", ["reader-micro", "reader-micro-q8_0"])
@pytest.mark.parametrize("context", [512, 2048])
@pytest.mark.parametrize(
    ("type_k", "type_v"), [("f16", "f16"), ("q8_0", "q8_0"), ("q8_0", "q4_0"), ("f32", "bf16")]
)
def test_the_bytes_of_the_reader_are_foretold(
    name: str, context: int, type_k: str, type_v: str
) -> None:
    path = READER / f"{name}.gguf"
    settings = LlmSettings(context=context, type_k=type_k, type_v=type_v)
    chosen = plan(gguf.read(path), settings, ROOMY)
    assert chosen.context == context
    assert chosen.total_bytes == pytest.approx(allocated(path, chosen), rel=0.05)


@pytest.mark.parametrize("sizes", ARCHITECTURES.values(), ids=ARCHITECTURES)
@pytest.mark.parametrize("types", ["auto", "f16"])
def test_the_bytes_of_any_architecture_are_foretold(
    tmp_path: Path, request: pytest.FixtureRequest, sizes: dict[str, int], types: str
) -> None:
    kind = request.node.callspec.id.partition("-")[2].partition(" ")[0]
    path = made_up.make(tmp_path / "model.gguf", kind, sizes)
    settings = LlmSettings(context=4096, type_k=types, type_v=types)
    chosen = plan(gguf.read(path), settings, ROOMY)
    assert chosen.total_bytes == pytest.approx(allocated(path, chosen), rel=0.05)


def test_weights_that_are_packed_anew_are_counted_once() -> None:
    path = READER / "reader-micro-q4_0.gguf"
    chosen = plan(gguf.read(path), LlmSettings(context=512), ROOMY)
    assert chosen.weights_bytes == header.weights(path).in_memory(0)
    assert 0.8 * allocated(path, chosen) < chosen.total_bytes < 1.05 * allocated(path, chosen)


def test_the_cells_of_all_layers_alike_take_what_their_shape_says(model: Path) -> None:
    facts = gguf.read(model)
    types = cache_type("q8_0"), cache_type("q4_0")
    with forecast.asking(model) as ask:
        told = ask(Layout(4096, *types, 0))
    assert told
    assert told.kv == pytest.approx(facts.shape.bytes_for(4096, *types), rel=0.01)


def test_a_cache_of_more_cells_takes_more() -> None:
    with forecast.asking(READER / "reader-micro-q4_0.gguf") as ask:
        told = [
            ask(Layout(n, cache_type("q8_0"), cache_type("q4_0"), 0)) for n in range(256, 2561, 256)
        ]
    taken = [found.kv for found in told if found]
    assert len(taken) == 10
    assert taken == sorted(taken)


def test_a_model_that_keeps_states_takes_the_same_for_any_context(tmp_path: Path) -> None:
    path = made_up.make(tmp_path / "model.gguf", "mamba", ARCHITECTURES["mamba"])
    with forecast.asking(path) as ask:
        told = [
            ask(Layout(cells, cache_type("f16"), cache_type("f16"), 0)) for cells in (512, 8192)
        ]
    assert told[0]
    assert told[1]
    assert told[0].kv == told[1].kv > 0


def test_what_is_on_the_gpu_and_what_is_not_make_up_the_file() -> None:
    for path in READER.glob("*.gguf"):
        found = header.weights(path)
        assert 0.95 * path.stat().st_size < found.in_memory(0) < path.stat().st_size
        assert found.on_gpu(0) == 0
        for layers in range(1, found.all_layers + 1):
            copied = found.before  # its words going in are its words coming out
            assert found.on_gpu(layers) + found.in_memory(layers) == found.in_memory(0) + copied
            assert found.on_gpu(layers) > found.on_gpu(layers - 1)
        assert found.on_gpu(found.all_layers) == found.on_gpu(found.all_layers + 7)


def test_a_split_model_is_the_sum_of_its_files(model: Path, tmp_path: Path) -> None:
    for part in (1, 2):
        (tmp_path / f"m-{part:05}-of-00002.gguf").write_bytes(model.read_bytes())
    whole = header.weights(tmp_path / "m-00001-of-00002.gguf")
    assert whole.in_memory(0) == 2 * header.weights(model).in_memory(0)


def test_what_is_no_model_is_told_by_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_bytes(b"GGUF and more")
    with pytest.raises(WeightsError, match=r"notes\.gguf"):
        header.weights(path)
    with forecast.asking(path) as ask, pytest.raises(WeightsError, match=r"notes\.gguf"):
        ask(Layout(512, cache_type("f16"), cache_type("f16"), 0))


@pytest.mark.parametrize("length", [32, 64, 96, 128, 256])
@pytest.mark.parametrize("types", ["f16", "f32", "bf16", "q8_0", "q4_0"])
def test_the_processor_can_do_every_type(length: int, types: str) -> None:
    shape = CacheShape(layers=4, heads=2, key_length=length, value_length=length, queries=8)
    assert abilities.able(shape, cache_type(types), cache_type(types), gpu=False)


def test_a_quantised_type_needs_heads_of_whole_blocks() -> None:
    shape = CacheShape(layers=4, heads=2, key_length=40, value_length=40, queries=8)
    assert abilities.able(shape, cache_type("f16"), cache_type("f16"), gpu=False)
    assert not abilities.able(shape, cache_type("q8_0"), cache_type("q8_0"), gpu=False)


def test_keys_that_llama_cpp_cannot_turn_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow, wide = (CacheShape(2, 2, length, length) for length in (96, 128))
    assert wide.turns(cache_type("q4_0"))
    assert narrow.turns(cache_type("f16"))
    assert not narrow.turns(cache_type("q8_0"))
    assert not wide.turns(cache_type("bf16"))
    monkeypatch.setenv("LLAMA_ATTN_ROT_DISABLE", "1")
    assert not wide.turns(cache_type("q4_0"))


def test_a_model_whose_heads_fit_no_block_is_planned_in_half_precision(tmp_path: Path) -> None:
    path = tiny_gguf.make(tmp_path / "odd.gguf", head_dim=40)
    chosen = plan(gguf.read(path), LlmSettings(type_k="auto", type_v="auto"), ROOMY)
    assert (chosen.type_k.name, chosen.type_v.name) == ("f16", "f16")
