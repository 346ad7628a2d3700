"""Says what was chosen on this machine and why, what is missing, and the command that mends it.

It looks and does not load: no model is opened, nothing is captured; of a language model the header
is read, in a process of its own. A sound device is opened for a moment, for that alone tells
whether it answers.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import os
import platform
import re
import shlex
import shutil
import stat
from collections.abc import Iterator

from mirrordesk import weights
from mirrordesk.capture import accessibility, audio, backends, soundserver
from mirrordesk.config import Settings
from mirrordesk.errors import (
    CaptureUnavailable,
    KeyTrouble,
    UsageError,
    WeightsError,
    WeightsMissing,
    WorkerError,
)
from mirrordesk.llm import endpoint, foresee
from mirrordesk.paths import Profile
from mirrordesk.perception import devices
from mirrordesk.records import Check
from mirrordesk.seal import holding, resealing
from mirrordesk.seal.ring import FILE, KEYRING
from mirrordesk.weights import Role
from mirrordesk.words import leaving

OK, MISSING, PROBLEM = "ok", "missing", "problem"
LEAST_FREE_BYTES = 2 * 10**9  # about a week of recording
INSTALL = "make run"  # installs every package there is
RECOMMEND = "mirrordesk models recommend"
_UNTOLD = (
    "Chromium and its kin are not recorded, as nobody tells which of their windows are private, "
    "and under a rule about an address no browser is"
)
_TOLD = (
    "browsers that start once it is on tell private windows and addresses; a Chromium that ran "
    "before is not recorded until it starts anew"
)


def checks(profile: Profile, settings: Settings) -> list[Check]:
    """Every part, in the order in which data flows through them."""
    return [
        _profile(profile),
        _disk(profile),
        _sealing(profile),
        *_display(),
        *_browsers(settings),
        *_sound(settings),
        _ocr(),
        _package("speech detection", "silero_vad", "Silero VAD through onnxruntime"),
        _text(settings),
        _model("speech", Role.SPEECH, settings, "whisper", "its work stays pending"),
        _model("pictures", Role.IMAGE, settings, "open_clip", "its work stays pending"),
        _device(),
        *_language_model(profile, settings),
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


def _sealing(profile: Profile) -> Check:
    """Where the key lies, and what that does not protect from."""
    try:
        found = holding.told(profile)
    except KeyTrouble as error:
        return Check("sealing", PROBLEM, str(error))
    if found.locked:
        return Check("sealing", MISSING, "the memory is locked", "mirrordesk key unlock")
    if found.settled is False:
        left = sum(1 for _ in resealing.unsealed(profile))
        words = f"{left} files of before are still to be sealed, which happens while reading rests"
        return Check("sealing", MISSING, words, "mirrordesk key renew")
    if found.place == FILE:
        words = "sealed by a key in the profile itself: who copies the whole folder can read it"
        better = "keyring" if found.keyring else "passphrase"
        return Check("sealing", OK, words, f"mirrordesk key {better}")
    words = f"the key lies in {found.keyring}" if found.place == KEYRING else "by a passphrase"
    return Check("sealing", OK, f"sealed; {words}")


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


def _browsers(settings: Settings) -> Iterator[Check]:
    """Whether browsers tell which of their windows are private, and what address they show."""
    if platform.system() != "Linux":
        return
    service = "the accessibility service (AT-SPI)"
    if not settings.privacy.ask_browsers:
        words = f"{service} is not asked; {_UNTOLD}"
        yield Check("browsers", OK, words, "mirrordesk config privacy.ask_browsers true")
        return
    try:
        is_on = accessibility.is_on(accessibility.session_address(os.environ))
    except accessibility.Silent:
        words = f"{service} does not answer; {_UNTOLD}"
        yield Check("browsers", MISSING, words, "install at-spi2-core")
        return
    told = "is on" if is_on else "answers, and recording switches it on"
    yield Check("browsers", OK, f"{service} {told}: {_TOLD}")


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


def _ocr() -> Check:
    try:
        return Check("OCR", OK, f"PP-OCRv6 small on the processor, {weights.ocr().folder}")
    except WeightsMissing as error:
        return Check("OCR", MISSING, f"{_cause(error)}; its work stays pending", INSTALL)
    except WeightsError as error:
        return Check("OCR", PROBLEM, str(error), _command(error))


def _model(
    part: str, role: Role, settings: Settings, package: str, without: str, runs: str = ""
) -> Check:
    """The model of a role: which, where and why. `package` is what runs it, `runs` says where,
    and `without` what becomes of the work when it is missing."""
    chosen = getattr(settings, role.value)
    try:
        found = weights.of(role, chosen.model)
    except WeightsMissing as error:
        return Check(part, MISSING, f"{_cause(error)}; {without}", _command(error))
    except WeightsError as error:
        return Check(part, PROBLEM, str(error), _command(error))
    is_default = chosen.model == getattr(Settings(), role.value).model
    why = "the default" if is_default else f"chosen in {role.setting}"
    micro = ", a micro model for trying things out" if found.micro else ""
    check = _package(part, package, f"{found.name}{micro}: {found.path} ({why}){runs}")
    # a micro model works, yet the person should hear what brings a real one
    return (
        dataclasses.replace(check, remedy=RECOMMEND) if found.micro and check.state == OK else check
    )


def _cause(error: WeightsError) -> str:
    """What is wrong, without the remedy that an error's sentence ends with."""
    return str(error).partition(";")[0]


def _command(error: WeightsError) -> str:
    """The command that the sentence of an error names."""
    named = re.search(r"`(mirrordesk|pip) [^`]+`", str(error))
    return named[0].strip("`") if named else RECOMMEND


def _text(settings: Settings) -> Check:
    is_gguf = settings.text.model != Settings().text.model
    package, runs = ("llama_cpp", "") if is_gguf else ("safetensors", "; on the processor")
    return _model("text", Role.TEXT, settings, package, "search goes by words alone", runs)


def _device() -> Check:
    """What speech and pictures run on."""
    device = devices.foresee()
    return Check("device", OK, f"{device.name} for speech and pictures: {device.why}")


def _server(settings: Settings) -> Check:
    """Who answers in place of a model here. Nobody is asked."""
    try:
        endpoint.parse(settings.llm.server)
    except UsageError as error:
        return Check("answers", PROBLEM, str(error), "mirrordesk config llm.server ADDRESS")
    told = leaving(settings.llm.server_host).rstrip(".")
    return Check("answers", OK, told, 'mirrordesk config llm.server ""')


def _language_model(profile: Profile, settings: Settings) -> Iterator[Check]:
    """Which model answers, and what it will take of the memory."""
    if settings.llm.server:
        yield _server(settings)
        return
    answers = _model("answers", Role.LLM, settings, "llama_cpp", "answers quote found text")
    yield answers
    if answers.state != OK:
        return
    path = weights.of(Role.LLM, settings.llm.model).path
    try:
        why = foresee.reasons(path, settings.llm, profile.logs / "planning.log")
        yield Check("answer memory", OK, " ".join(why))
    except (UsageError, WeightsError, WorkerError) as error:
        yield Check("answer memory", PROBLEM, str(error), RECOMMEND)
