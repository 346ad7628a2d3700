"""Doctor names what was chosen, what is missing and the command that mends it."""

from __future__ import annotations

import dataclasses
import functools
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mirrordesk import doctor, weights
from mirrordesk.capture import accessibility
from mirrordesk.config import (
    CaptureSettings,
    ImageSettings,
    LlmSettings,
    PrivacySettings,
    Settings,
    SpeechSettings,
)
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.llm import foresee
from mirrordesk.paths import Profile
from mirrordesk.perception import devices
from mirrordesk.records import Check
from mirrordesk.registry import places
from models.micro import pin
from tests.llm import made_up

QUIET = CaptureSettings(microphone=False, loopback=False)


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_session_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[str]]:
    """The true plans, each made once, since every one takes a process."""
    log = tmp_path_factory.mktemp("log") / "planning.log"
    plan = functools.cache(functools.partial(foresee.reasons, log=log))
    return lambda path, settings, _log: plan(path, settings)


@pytest.fixture(autouse=True)
def planned_once(monkeypatch: pytest.MonkeyPatch, planned: Callable[..., list[str]]) -> None:
    monkeypatch.setattr(foresee, "reasons", planned)


@pytest.fixture(autouse=True)
def nothing_pulled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(places.MODELS_VARIABLE, str(tmp_path / "pulled"))


def _checks(profile: Profile, **sections: object) -> dict[str, Check]:
    settings = dataclasses.replace(Settings(capture=QUIET), **sections)  # type: ignore[arg-type]
    return {check.part: check for check in doctor.checks(profile, settings)}


def test_what_is_there_names_what_was_chosen_and_why(profile: Profile) -> None:
    found = _checks(profile)
    assert found["OCR"].state == "ok"
    assert "PP-OCRv6" in found["OCR"].detail
    assert str(weights.text(Settings().text).path) in found["text"].detail
    assert "the default" in found["text"].detail
    assert "cpu" in found["device"].detail or "cuda" in found["device"].detail


def test_a_model_that_is_not_here_is_missing_and_names_its_command(profile: Profile) -> None:
    found = _checks(
        profile,
        speech=SpeechSettings(model="whisper-small"),
        image=ImageSettings(model="siglip2-b16"),
        llm=LlmSettings(model="qwen3-4b"),
    )
    for part, name in {
        "speech": "whisper-small",
        "pictures": "siglip2-b16",
        "answers": "qwen3-4b",
    }.items():
        assert found[part].state == "missing"
        assert name in found[part].detail
        assert found[part].remedy == f"mirrordesk models pull {name}"


def test_a_role_without_a_model_names_the_command_that_finds_one(profile: Profile) -> None:
    found = _checks(profile, speech=SpeechSettings(model=""), llm=LlmSettings(model=""))
    for part in ("speech", "answers"):
        assert found[part].state == "missing"
        assert found[part].remedy == "mirrordesk models recommend"


@pytest.mark.skipif(platform.system() != "Linux", reason="there is no AT-SPI elsewhere")
def test_without_the_accessibility_service_it_says_which_windows_are_not_recorded(
    profile: Profile,
) -> None:
    silent = _checks(profile)["browsers"]
    assert (silent.state, silent.remedy) == ("missing", "install at-spi2-core")
    assert "Chromium and its kin are not recorded" in silent.detail
    off = _checks(profile, privacy=PrivacySettings(ask_browsers=False))["browsers"]
    assert (off.state, off.remedy) == ("ok", "mirrordesk config privacy.ask_browsers true")
    assert "Chromium and its kin are not recorded" in off.detail


@pytest.mark.desktop
def test_with_the_accessibility_service_browsers_can_tell(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    with VirtualDesktop((640, 480), with_sound=False) as desktop:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env["DBUS_SESSION_BUS_ADDRESS"])
        before = _checks(profile)["browsers"]
        assert accessibility.switch_on(accessibility.session_address(desktop.env))
        after = _checks(profile)["browsers"]
    assert before.state == after.state == "ok"
    assert "recording switches it on" in before.detail
    assert "is on" in after.detail


def test_weights_that_are_gone_are_named(profile: Profile, tmp_path: Path) -> None:
    speech = _checks(profile, speech=SpeechSettings(model=str(tmp_path / "gone.pt")))["speech"]
    assert speech.state == "missing"
    assert "gone.pt" in speech.detail


def test_weights_that_are_there_are_named_with_who_chose_them(
    profile: Profile, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "clip.pt"
    checkpoint.write_bytes(b"opened by no one here")
    checkpoint.with_suffix(".json").write_text("{}")
    pictures = _checks(profile, image=ImageSettings(model=str(checkpoint)))["pictures"]
    assert pictures == Check("pictures", "ok", f"clip: {checkpoint} (chosen in image.model)")


def test_a_micro_model_is_called_one_and_the_way_to_a_real_one_is_named(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    micro = shipped / "micro" / "whisper" / "whisper-micro.pt"
    micro.parent.mkdir(parents=True)
    micro.write_bytes(b"opened by no one here")
    shutil.copy(places.shipped() / places.MANIFEST, shipped)
    pin.pin(shipped)
    monkeypatch.setattr(places, "shipped", lambda: shipped)
    speech = _checks(profile)["speech"]
    assert speech.state == "ok"
    assert "a micro model for trying things out" in speech.detail
    assert speech.remedy == "mirrordesk models recommend"


def test_a_package_that_is_not_installed_is_a_problem(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = doctor.importlib.util.find_spec
    monkeypatch.setattr(
        doctor.importlib.util, "find_spec", lambda name: None if name == "whisper" else find(name)
    )
    checkpoint = tmp_path / "tiny.pt"
    checkpoint.touch()
    speech = _checks(profile, speech=SpeechSettings(model=str(checkpoint)))["speech"]
    assert speech.state == "problem"
    assert "whisper" in speech.detail


def test_a_model_file_that_is_none_is_a_problem(profile: Profile, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"nothing of the kind")
    answers = _checks(profile, llm=LlmSettings(model=str(wrong)))["answers"]
    assert answers.state == "problem"
    assert "wrong.gguf" in answers.detail


def test_the_memory_that_answers_take_is_planned_and_explained(profile: Profile) -> None:
    memory = _checks(profile, llm=LlmSettings(type_k="q8_0", type_v="q4_0"))["answer memory"]
    assert memory.state == "ok"
    assert re.search(r"KV cache \d+ MB.* of the [\d,]+ MB that are free", memory.detail)
    assert "2,560 tokens of context: the model was trained on no more" in memory.detail
    assert "Keys are kept as q8_0 and values as q4_0" in memory.detail
    assert "processor" in memory.detail or "GPU" in memory.detail


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (LlmSettings(type_v="q9_9"), "There is no KV cache type `q9_9`"),
        (LlmSettings(context=-1), "The setting `llm.context` is a number of tokens"),
    ],
)
def test_a_plan_that_cannot_be_made_is_a_problem(
    profile: Profile, settings: LlmSettings, sentence: str
) -> None:
    memory = _checks(profile, llm=settings)["answer memory"]
    assert memory.state == "problem"
    assert sentence in memory.detail


def test_a_file_that_llama_cpp_cannot_read_is_a_problem(profile: Profile, tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF and more")
    found = _checks(profile, llm=LlmSettings(model=str(model)))
    assert found["answers"].state == "ok"  # it begins like one
    assert found["answer memory"].state == "problem"
    assert "model.gguf" in found["answer memory"].detail


def test_a_file_that_takes_llama_cpp_down_takes_nobody_else(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGML_NO_BACKTRACE", "1")
    sizes = made_up.heads(key_length=96)  # 8 heads of 96 values in 256: its graph does not add up
    path = made_up.make(tmp_path / "odd.gguf", "phi3", sizes | {"rope.dimension_count": 96})
    memory = _checks(profile, llm=LlmSettings(model=str(path)))["answer memory"]
    assert memory.state == "problem"
    assert memory.detail == f"{path} could not be loaded: llama.cpp ended while reading it."


def test_a_profile_open_to_others_is_a_problem(profile: Profile) -> None:
    profile.root.chmod(0o755)
    assert _checks(profile)["profile"].remedy == f"chmod 700 {profile.root}"


def test_a_full_disk_is_a_problem(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 10**18)
    assert _checks(profile)["disk"].state == "problem"


def test_without_a_display_the_screen_is_a_problem_and_the_rest_is_still_told(
    profile: Profile,
) -> None:
    found = _checks(profile)
    assert found["screen"].state == "problem"
    assert "DISPLAY" in found["screen"].detail
    assert {"window", "notebook", "text"} <= set(found)


def test_sound_that_is_switched_off_is_told_with_the_command_that_brings_it(
    profile: Profile,
) -> None:
    microphone = _checks(profile)["microphone"]
    assert microphone.detail == "switched off"
    assert microphone.remedy == "mirrordesk config capture.microphone true"


@pytest.mark.desktop
def test_on_a_desktop_every_source_is_there_and_no_model_is_loaded(profile: Profile) -> None:
    code = (
        "import json, sys; from pathlib import Path\n"
        "from mirrordesk import config, doctor\n"
        "from mirrordesk.paths import Profile\n"
        "from mirrordesk.wire import to_json\n"
        "found = doctor.checks(Profile(Path(sys.argv[1])), config.Settings())\n"
        "heavy = {'torch', 'whisper', 'open_clip', 'rapidocr', 'onnxruntime', 'llama_cpp'}\n"
        "print(json.dumps([to_json(found), sorted(heavy & set(sys.modules))]))\n"
    )
    with VirtualDesktop((800, 600)) as desktop:
        done = subprocess.run(
            [sys.executable, "-c", code, str(profile.root)],
            env=desktop.env,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    found, heavy = json.loads(done.stdout)
    states = {check["part"]: check["state"] for check in found}
    for part in ("screen", "windows", "microphone", "loopback"):
        assert states[part] == "ok", found
    assert heavy == []


def test_the_device_is_foreseen_as_it_is_chosen() -> None:
    assert devices.foresee().name == devices.choose().name


def test_a_gpu_that_this_torch_cannot_use_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "nvidia0"
    node.touch()
    (tmp_path / "version.py").write_text("cuda = None\n")
    monkeypatch.setattr(devices, "NVIDIA", node)
    monkeypatch.setattr(weights, "package_folder", lambda _package: tmp_path)
    assert devices.foresee().name == "cpu"
    assert "built without CUDA" in devices.foresee().why
    (tmp_path / "version.py").write_text("cuda = '13.0'\n")
    assert devices.foresee().name == "cuda"
