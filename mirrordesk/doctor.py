"""Says what was chosen on this machine and why, what is missing, and the command that mends it.

It looks and does not load: no model is opened, nothing is captured. A sound device is opened for a
moment, for that alone tells whether it answers.
"""

from __future__ import annotations

import contextlib
import importlib.util
import shlex
import shutil
import stat
from collections.abc import Callable, Iterator

from mirrordesk import weights
from mirrordesk.capture import audio, backends, soundserver
from mirrordesk.config import Settings
from mirrordesk.errors import CaptureUnavailable, WeightsError, WeightsMissing
from mirrordesk.paths import Profile
from mirrordesk.perception import devices
from mirrordesk.records import Check
from mirrordesk.weights import Weights

OK, MISSING, PROBLEM = "ok", "missing", "problem"
LEAST_FREE_BYTES = 2 * 10**9  # about a week of recording
INSTALL = "make run"  # installs every package there is
MODELS = "mirrordesk models recommend"


def checks(profile: Profile, settings: Settings) -> list[Check]:
    """Every part, in the order in which data flows through them."""
    return [
        _profile(profile),
        _disk(profile),
        *_display(),
        *_sound(settings),
        _weights(
            "OCR", lambda: f"PP-OCRv6 small on the processor, {weights.ocr().folder}", INSTALL
        ),
        _package("speech detection", "silero_vad", "Silero VAD through onnxruntime"),
        _weights("text", lambda: _described(weights.text(settings.text)), MODELS),
        _weights("speech", lambda: _described(weights.speech(settings.speech)), MODELS, "whisper"),
        _weights(
            "pictures", lambda: _described(weights.image(settings.image)), MODELS, "open_clip"
        ),
        _device(),
        _language_model(settings),
        _package("window", "PySide6", "Qt through PySide6"),
        _package("notebook", "anywidget", "anywidget"),
    ]


def _profile(profile: Profile) -> Check:
    if profile.root.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        words = f"{profile.root} may be entered by others"
        return Check("profile", PROBLEM, words, f"chmod 700 {shlex.quote(str(profile.root))}")
    return Check("profile", OK, f"{profile.root}, readable by its owner alone")


def _disk(profile: Profile) -> Check:
    free = shutil.disk_usage(profile.root).free
    words = f"{free / 1e9:.1f} GB free for {profile.root}"
    if free >= LEAST_FREE_BYTES:
        return Check("disk", OK, words)
    return Check("disk", PROBLEM, words, "mirrordesk forget --from 2000-01-01 --to DATE")


def _display() -> list[Check]:
    try:
        with contextlib.closing(backends.choose()) as chosen:
            screen, probe = chosen.screen, chosen.probe
            count = len(screen.monitors())
            monitors = f"{count} monitor{'s' if count != 1 else ''}"
            return [
                Check("screen", OK, f"{screen.name}, {monitors}: {screen.why}"),
                Check("windows", OK, f"{probe.name}: {probe.why}"),
            ]
    except CaptureUnavailable as error:
        return [Check("screen", PROBLEM, str(error), "log in to a desktop session, or: make run")]


def _sound(settings: Settings) -> Iterator[Check]:
    wanted = {"microphone": settings.capture.microphone, "loopback": settings.capture.loopback}
    sources = {"microphone": audio.microphone, "loopback": audio.loopback}
    for label, source in sources.items():
        if not wanted[label]:
            yield Check(label, OK, "switched off", f"mirrordesk config capture.{label} true")
            continue
        try:
            soundserver.require_server()
            with source().open():
                yield Check(label, OK, source().why)
        except CaptureUnavailable as error:
            yield Check(label, MISSING, str(error), "start PulseAudio or PipeWire")


def _package(part: str, package: str, detail: str) -> Check:
    if importlib.util.find_spec(package) is None:
        return Check(part, PROBLEM, f"the package {package} is not installed", INSTALL)
    return Check(part, OK, detail)


def _weights(part: str, describe: Callable[[], str], remedy: str, package: str = "") -> Check:
    """`package` is what runs these weights, where it is not what they came with."""
    try:
        found = describe()
    except WeightsMissing as error:
        sentence = str(error).partition(";")[0]
        return Check(part, MISSING, f"{sentence}; its work stays pending", remedy)
    except WeightsError as error:
        return Check(part, PROBLEM, str(error), remedy)
    return _package(part, package, found) if package else Check(part, OK, found)


def _described(found: Weights) -> str:
    return f"{found.name}, {found.path}"


def _device() -> Check:
    """What speech and pictures run on."""
    device = devices.foresee()
    return Check("device", OK, f"{device.name} for speech and pictures: {device.why}")


def _language_model(settings: Settings) -> Check:
    model = settings.llm.model
    if not model:
        return Check("answers", MISSING, "no language model is set; answers quote", MODELS)
    if importlib.util.find_spec("llama_cpp") is None:
        return Check("answers", PROBLEM, "the package llama_cpp is not installed", INSTALL)
    try:
        kv = f"KV cache {settings.llm.type_k}/{settings.llm.type_v}"
        found = _described(weights.llm(settings.llm))
        return Check("answers", OK, f"{found}, {kv}; {_llama_device(settings)}")
    except WeightsMissing as error:
        return Check("answers", MISSING, f"{str(error).partition(';')[0]}; answers quote", MODELS)
    except WeightsError as error:
        return Check("answers", PROBLEM, str(error), MODELS)


def _llama_device(settings: Settings) -> str:
    """What llama.cpp runs on, told by the libraries it was built with."""
    if settings.llm.gpu_layers == 0:
        return "on the processor, as the setting llm.gpu_layers says"
    package = weights.package_folder("llama_cpp")
    names = {file.name for file in (package / "lib").iterdir()} if package else set()
    kinds = ("cuda", "metal", "vulkan", "hip")
    built = [kind for kind in kinds if any(f"ggml-{kind}" in name for name in names)]
    return f"through {built[0]}" if built else "on the processor: llama.cpp is built without a GPU"
