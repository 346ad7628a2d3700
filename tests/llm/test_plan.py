"""What is chosen for the memory that is free: it fits, it explains itself, and more never hurts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError
from mirrordesk.llm import machine
from mirrordesk.llm.demand import room
from mirrordesk.llm.forecast import Forecast, Layout
from mirrordesk.llm.gguf import ModelFacts
from mirrordesk.llm.header import Weights
from mirrordesk.llm.kv import CacheShape, CacheType, cache_type
from mirrordesk.llm.machine import Gpu, Machine
from mirrordesk.llm.plan import Plan, choose

MEGABYTE = 10**6
GIGABYTE = 10**9
CHOOSE = LlmSettings(type_k="auto", type_v="auto", context=8192)
FACTS = ModelFacts(  # of the shape of a model with 8 billion weights of 4 bits
    path=Path("model.gguf"),
    name="Model",
    context=32_768,
    shape=CacheShape(layers=32, heads=8, key_length=128, value_length=128, queries=32),
    weights=Weights(
        (140 * MEGABYTE,) * 32, before=300 * MEGABYTE, behind=400 * MEGABYTE, tied=False
    ),
    template=None,
)
FINENESS = ["f16/f16", "q4_0/q4_0", "q5_1/q4_0", "q8_0/q4_0", "q8_0/q5_1", "q8_0/q8_0"]


def ask(layout: Layout) -> Forecast:
    """A forecast by plain arithmetic: the cache by its shape, scratch memory that grows slowly."""
    scratch = 60 * MEGABYTE + 2_000 * layout.context
    devices = {"CPU": scratch // 4 if layout.gpu_layers else scratch}
    if layout.gpu_layers:
        devices["CUDA0"] = scratch
    kv = FACTS.shape.bytes_for(layout.context, layout.keys, layout.values)
    return Forecast(kv, devices, flash_attention=True)


def anything(_keys: CacheType, _values: CacheType) -> bool:
    return True


def chosen(free: int, gpu: int = 0, settings: LlmSettings = CHOOSE, shared: bool = False) -> Plan:
    return choose(FACTS, settings, a_machine(free, gpu, shared), ask, anything)


def a_machine(free: int, gpu: int = 0, shared: bool = False) -> Machine:
    gpus = (Gpu("CUDA0", "a graphics card", gpu, gpu),) if gpu else ()
    return Machine(free_bytes=free, total_bytes=32 * GIGABYTE, gpus=gpus, shared=shared)


def types(plan: Plan) -> str:
    return f"{plan.type_k.name}/{plan.type_v.name}"


def worth(plan: Plan) -> tuple[int, int, int]:
    """A plan's place in the order of preference."""
    layers = FACTS.weights.all_layers if plan.gpu_layers < 0 else plan.gpu_layers
    return plan.context, FINENESS.index(types(plan)), layers


FREE = st.integers(0, 12 * GIGABYTE)
MORE = st.integers(0, 3 * GIGABYTE)


@given(free=FREE, gpu=st.just(0) | FREE, shared=st.booleans())
@runs(max_examples=60, deadline=None)
def test_a_plan_never_takes_more_than_is_free(free: int, gpu: int, shared: bool) -> None:
    try:
        plan = chosen(free, gpu, shared=shared)
    except UsageError:
        return
    assert plan.gpu_bytes <= gpu
    assert plan.total_bytes - (0 if shared else plan.gpu_bytes) <= free
    assert 0 < plan.context <= CHOOSE.context
    assert plan.type_k.bytes_per_value >= plan.type_v.bytes_per_value


@given(free=FREE, gpu=st.just(0) | FREE, more=MORE, more_gpu=MORE)
@runs(max_examples=60, deadline=None)
def test_more_free_memory_never_gives_a_worse_plan(
    free: int, gpu: int, more: int, more_gpu: int
) -> None:
    try:
        plan = chosen(free, gpu)
    except UsageError:
        return
    assert worth(chosen(free + more, gpu + (more_gpu if gpu else 0))) >= worth(plan)


@given(
    cells=st.integers(1, 100_000),
    more=st.integers(0, 1000),
    finer=st.tuples(st.sampled_from(FINENESS[1:]), st.sampled_from(FINENESS[1:])),
)
def test_a_cache_of_more_cells_or_finer_types_takes_no_less(
    cells: int, more: int, finer: tuple[str, str]
) -> None:
    less, most = (
        [cache_type(name) for name in pair.split("/")] for pair in sorted(finer, key=FINENESS.index)
    )
    take = FACTS.shape.bytes_for
    assert take(cells, *less) <= take(cells, *most) <= take(cells + more, *most)


def test_room_enough_gives_the_whole_context_in_eight_bits() -> None:
    plan = chosen(12 * GIGABYTE)
    assert worth(plan) == (8192, FINENESS.index("q8_0/q8_0"), 0)
    assert plan.kv_bytes == 544 * 2**20
    assert plan.weights_bytes == 5_180 * MEGABYTE
    assert plan.gpu_bytes == 0


def test_types_become_coarser_before_the_context_shrinks() -> None:
    seen = [worth(chosen(free * MEGABYTE)) for free in range(8_000, 6_500, -20)]
    whole = [types for context, types, _layers in seen if context == 8192]
    assert whole == sorted(whole, reverse=True)
    assert set(whole) == {1, 2, 3, 4, 5}
    assert seen[-1][0] < 8192
    assert seen == sorted(seen, reverse=True)


def test_what_the_person_set_is_kept() -> None:
    tight = 6_700 * MEGABYTE
    assert types(chosen(tight)) != "q8_0/q8_0"
    fixed = dataclasses.replace(CHOOSE, type_k="q8_0", type_v="q8_0")
    plan = chosen(tight, settings=fixed)
    assert types(plan) == "q8_0/q8_0"
    assert plan.context < 8192
    assert "as the settings llm.type_k and llm.type_v say" in " ".join(plan.why)


@pytest.mark.parametrize(
    ("type_k", "type_v", "expected"),
    [
        ("auto", "q4_0", "q8_0/q4_0"),
        ("auto", "f16", "f16/f16"),
        ("f16", "auto", "f16/q8_0"),
        ("q5_0", "auto", "q5_0/q4_0"),
        ("q4_0", "q8_0", "q4_0/q8_0"),
        (" AUTO ", "Auto", "q8_0/q8_0"),
    ],
)
def test_the_other_side_is_chosen_so_that_keys_are_never_the_coarser(
    type_k: str, type_v: str, expected: str
) -> None:
    settings = dataclasses.replace(CHOOSE, type_k=type_k, type_v=type_v)
    assert types(chosen(12 * GIGABYTE, settings=settings)) == expected


def test_context_zero_takes_what_the_model_was_trained_on_or_what_fits() -> None:
    settings = dataclasses.replace(CHOOSE, context=0)
    assert chosen(30 * GIGABYTE, settings=settings).context == FACTS.context
    less = chosen(6_800 * MEGABYTE, settings=settings)
    assert 8192 < less.context < FACTS.context
    assert less.context % 256 == 0
    assert "more does not fit" in " ".join(less.why)


def test_a_gpu_takes_as_many_layers_as_it_has_room_for() -> None:
    assert chosen(12 * GIGABYTE, 8 * GIGABYTE).gpu_layers == -1
    part = chosen(12 * GIGABYTE, 4 * GIGABYTE)
    assert 0 < part.gpu_layers < 33
    assert f"{part.gpu_layers} of 33 layers on CUDA0" in " ".join(part.why)
    assert chosen(12 * GIGABYTE, 600 * MEGABYTE).gpu_layers == 0


def test_a_gpu_holds_what_memory_alone_does_not() -> None:
    with pytest.raises(UsageError):
        chosen(3 * GIGABYTE)
    assert chosen(3 * GIGABYTE, 8 * GIGABYTE).gpu_layers == -1
    with pytest.raises(UsageError):
        chosen(3 * GIGABYTE, 8 * GIGABYTE, shared=True)


def test_layers_that_the_person_set_are_kept_or_refused() -> None:
    def on_gpu(layers: int) -> Plan:
        settings = dataclasses.replace(CHOOSE, gpu_layers=layers)
        return chosen(12 * GIGABYTE, 4 * GIGABYTE, settings)

    assert on_gpu(10).gpu_layers == 10
    assert on_gpu(0).gpu_bytes == 0
    with pytest.raises(UsageError, match=r"on the GPU.*set llm\.gpu_layers to -1"):
        on_gpu(33)


def test_a_refusal_tells_the_numbers_and_what_to_change() -> None:
    with pytest.raises(UsageError) as told:
        chosen(4 * GIGABYTE)
    sentence = str(told.value)
    assert "4,000 MB are free" in sentence
    assert "weights 5,180 MB" in sentence
    assert "1,024 tokens of context" in sentence
    assert "mirrordesk models recommend" in sentence


def test_types_that_the_device_cannot_do_are_passed_over() -> None:
    def plain_only(keys: CacheType, values: CacheType) -> bool:
        return not (keys.quantised or values.quantised)

    machine = a_machine(12 * GIGABYTE)
    assert types(choose(FACTS, CHOOSE, machine, ask, plain_only)) == "f16/f16"
    fixed = dataclasses.replace(CHOOSE, type_k="q8_0", type_v="q4_0")
    with pytest.raises(UsageError, match=r"keys as q8_0 and values as q4_0.*to auto"):
        choose(FACTS, fixed, machine, ask, plain_only)


@pytest.mark.parametrize("wrong", [{"type_k": "q9_9"}, {"context": -1}])
def test_a_setting_that_means_nothing_is_told(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"q9_9|llm\.context"):
        chosen(12 * GIGABYTE, settings=dataclasses.replace(CHOOSE, **wrong))  # type: ignore[arg-type]


def test_something_is_left_to_the_other_programs() -> None:
    spare = room(a_machine(8 * GIGABYTE, 2 * GIGABYTE))
    assert spare.memory < 8 * GIGABYTE
    assert spare.gpu < 2 * GIGABYTE
    assert room(a_machine(0, 1)).memory == room(a_machine(0, 1)).gpu == 0


def test_this_machine_has_memory_to_plan_with() -> None:
    found = machine.look()
    assert 0 < found.free_bytes <= found.total_bytes
    assert found.device


V2 = {"memory.max": "2000000000\n", "memory.current": "700000000\n"}
V1 = {"memory.limit_in_bytes": "2000000000\n", "memory.usage_in_bytes": "700000000\n"}


@pytest.mark.parametrize(
    ("line", "folder", "files", "idle"),
    [
        ("0::/desk/shell", "desk", V2, "inactive_file"),
        ("0::/elsewhere", "", V2, "inactive_file"),  # a container sees its own group as the root
        ("7:cpu:/\n4:memory:/desk", "memory/desk", V1, "total_inactive_file"),
    ],
)
def test_the_limit_of_a_container_counts(
    tmp_path: Path, line: str, folder: str, files: dict[str, str], idle: str
) -> None:
    group = tmp_path / "cgroup" / folder
    group.mkdir(parents=True)
    counts = {"memory.stat": f"anon 600000000\n{idle} 100000000\n"}
    for name, text in {**files, **counts}.items():
        (group / name).write_text(text)
    own = tmp_path / "own"
    own.write_text(f"{line}\n")
    found = list(machine._limits(tmp_path / "cgroup", own))
    assert found == [(2_000_000_000, 1_400_000_000)]


def test_a_group_without_a_limit_limits_nothing(tmp_path: Path) -> None:
    for name, text in {"memory.max": "max\n", "memory.current": "5\n", "memory.stat": ""}.items():
        (tmp_path / name).write_text(text)
    own = tmp_path / "own"
    own.write_text("0::/\n")
    assert list(machine._limits(tmp_path, own)) == []
    assert list(machine._limits(tmp_path, tmp_path / "absent")) == []
