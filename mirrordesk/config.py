"""Settings, each declared once: type, default, help, and whether a restart is needed.

The settings page, `mirrordesk config` and `docs/settings.md` are generated from this. The file
`config.toml` holds only what the person changed.
"""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from mirrordesk import durable
from mirrordesk.errors import UsageError
from mirrordesk.paths import Profile
from mirrordesk.rules import book, hours, rule, shipped


def _setting(
    default: Any,
    text: str,
    *,
    restart: bool = True,
    check: Callable[[Any], object] = lambda _value: None,
) -> Any:
    """A field with its help. `restart`: takes effect when the process that reads it starts anew.

    `check` raises UsageError for a value of the right type that means nothing.
    """
    return field(default=default, metadata={"help": text, "restart": restart, "check": check})


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    interval_s: float = _setting(
        1.0,
        "Seconds between two looks at the screen: half as many while somebody types, up to five "
        "times as many while nothing happens.",
    )
    slower_on_battery: bool = _setting(True, "Look half as often on battery.")
    microphone: bool = _setting(True, "Record what the microphone hears.")
    loopback: bool = _setting(True, "Record what the computer plays.")
    idle_after_s: float = _setting(
        300.0, "Seconds without keyboard or mouse after which the screen counts as idle."
    )
    schedule: tuple[str, ...] = _setting(
        (),
        "Hours of the week in which to record, such as `mon-fri 08:00-18:00`. Empty: at any time.",
        check=hours.parse,
    )
    pause_key: str = _setting(
        "ctrl+alt+p", "Keys that pause and resume recording, in whatever program. Empty: none."
    )
    forget_key: str = _setting(
        "ctrl+alt+shift+f", "Keys that forget the last minutes for good. Empty: none."
    )
    forget_minutes: int = _setting(10, "How many minutes these keys forget.")


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    rules: tuple[str, ...] = _setting(
        (),
        "What is never recorded, such as `app=firefox title=salary`; see `mirrordesk rules`.",
        restart=False,
        check=rule.parse_all,
    )
    excluded_apps: tuple[str, ...] = _setting(
        (),
        "Programs whose windows are never recorded (names in any case; part of a name suffices).",
        restart=False,
    )
    excluded_titles: tuple[str, ...] = _setting(
        (),
        "Windows whose title contains one of these are never recorded (any case).",
        restart=False,
    )
    shipped_rules: tuple[str, ...] = _setting(
        tuple(shipped.LISTS),
        "Which lists of rules that come with MirrorDesk are in force.",
        restart=False,
        check=book.check_lists,
    )
    trusted_browsers: tuple[str, ...] = _setting(
        (),
        "Browsers to record although it cannot be told which windows are private (chromium, …).",
        restart=False,
    )
    ask_browsers: bool = _setting(
        True,
        "Switch the desktop's accessibility service on, by which browsers that start afterwards "
        "tell addresses and private windows.",
    )
    redact_secrets: bool = _setting(
        True,
        "Paint passwords, keys, card numbers and codes over, and keep marks such as [key] instead.",
        restart=False,
    )
    redact_names: tuple[str, ...] = _setting(
        (), "Names, or other words, that are kept out in the same way.", restart=False
    )
    redact_mails: bool = _setting(False, "Keep mail addresses out in the same way.", restart=False)


def _at_least_zero(value: float) -> None:
    if value < 0:
        raise UsageError(f"A share of the processor is 0 or more, not {value}.")


@dataclass(frozen=True, slots=True)
class PerceptionSettings:
    cpu_budget: float = _setting(
        0.15,
        "Share of one processor core that reading may take on average while somebody is at the "
        "computer; what is beyond it waits. 0: no limit.",
        restart=False,
        check=_at_least_zero,
    )
    cpu_budget_battery: float = _setting(
        0.05, "The same on battery.", restart=False, check=_at_least_zero
    )
    catch_up_when_idle: bool = _setting(
        True,
        "Read what waits without a limit while nobody is at the computer and it is on mains.",
        restart=False,
    )


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    model: str = _setting(
        "whisper-micro",
        "Name of a speech model, or path of a Whisper checkpoint. Empty: speech stays pending.",
    )
    language: str = _setting("", "Language code for Whisper, for example en. Empty: it listens.")


@dataclass(frozen=True, slots=True)
class ImageSettings:
    model: str = _setting(
        "clip-micro",
        "Name of an image model, or path of an open_clip checkpoint with its JSON configuration "
        "beside it. Empty: image search stays pending.",
    )


@dataclass(frozen=True, slots=True)
class TextSettings:
    model: str = _setting(
        "all-minilm-l6-v2",
        "Name of a text model, or path of a GGUF embedding model. Empty: search by words alone.",
    )


LEARN_NEVER, LEARN_IDLE, LEARN_ALWAYS = "never", "idle", "always"


def _check_learn(value: str) -> None:
    if value not in (LEARN_NEVER, LEARN_IDLE, LEARN_ALWAYS):
        raise UsageError(f"The setting `llm.learn` is never, idle or always, not {value!r}.")


@dataclass(frozen=True, slots=True)
class LlmSettings:
    model: str = _setting(
        "reader-micro",
        "Name of a language model, or path of a GGUF file. Empty: answers quote found text.",
    )
    context: int = _setting(
        8192,
        "Most tokens that the model holds at a time, prompt and answer together; fewer where the "
        "memory has no room for them. 0: what the model was trained on.",
    )
    type_k: str = _setting(
        "auto",
        "Type of the keys in the KV cache: f16, q8_0, q5_1, q4_0 …, or auto for the finest of 8 "
        "bits and less that fits the memory.",
    )
    type_v: str = _setting("auto", "Type of the values in the KV cache, likewise.")
    gpu_layers: int = _setting(-1, "Layers kept on the GPU; -1: as many as fit there.")
    evidence_tokens: int = _setting(
        3000,
        "Most tokens of evidence that a question may carry. Where the context has no room for all, "
        "a model on this machine reads them in pieces and holds the sentences that matter most.",
    )
    answer_tokens: int = _setting(400, "Most tokens of an answer.")
    cache_memory_mb: int = _setting(
        256, "Megabytes of memory for evidence that was read before. 0: it is always read anew."
    )
    cache_disk_mb: int = _setting(
        1024, "Megabytes in the profile for the same, sealed, so that it outlives a restart."
    )
    learn: str = _setting(
        LEARN_IDLE,
        "Whether the model sums up what was done and finds facts while nobody is at the computer: "
        "never, idle, or always (micro models, too, which learn next to nothing).",
        restart=False,
        check=_check_learn,
    )
    server: str = _setting(
        "",
        "Address of an OpenAI-compatible server that writes the answers instead of llm.model, such "
        "as `https://nas.local/v1`: questions and their evidence then leave this machine. Empty: "
        "none. `mirrordesk key server` keeps its key.",
    )
    server_model: str = _setting("", "Name of the model there.")

    @property
    def server_host(self) -> str:
        """Whose machine evidence goes to; empty: it stays here."""
        if not self.server:
            return ""
        try:
            return urlsplit(self.server).hostname or self.server
        except ValueError:  # no address; asking tells
            return self.server


@dataclass(frozen=True, slots=True)
class StorageSettings:
    budget_gb: float = _setting(
        50.0,
        "Most gigabytes that the profile takes; near it the oldest pictures become small, then go.",
        restart=False,
    )


@dataclass(frozen=True, slots=True)
class UiSettings:
    theme: str = _setting("system", "Colours of the window: system, light or dark.", restart=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a profile, by section."""

    capture: CaptureSettings = field(default_factory=CaptureSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    perception: PerceptionSettings = field(default_factory=PerceptionSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    image: ImageSettings = field(default_factory=ImageSettings)
    text: TextSettings = field(default_factory=TextSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    ui: UiSettings = field(default_factory=UiSettings)


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting; `key` is `section.name`."""

    key: str
    type: type
    default: Any
    help: str
    restart: bool
    check: Callable[[Any], object]


def declared() -> Iterator[Setting]:
    """Every setting there is, in the order of the sections."""
    for section, kind in get_type_hints(Settings).items():
        group = kind()
        for item in dataclasses.fields(group):
            default = getattr(group, item.name)
            yield Setting(
                f"{section}.{item.name}",
                type(default),
                default,
                item.metadata["help"],
                item.metadata["restart"],
                item.metadata["check"],
            )


def load(profile: Profile) -> Settings:
    """The settings of a profile. Raises UsageError for a wrong key or type.

    They are read again only when the file has changed, so that this may be asked at every step.
    """
    return _loaded(profile, durable.stamp(profile.config))


@functools.lru_cache(maxsize=4)
def _loaded(profile: Profile, _stamp: durable.Stamp | None) -> Settings:
    return _settings(_read(profile))


def _settings(values: dict[str, Any]) -> Settings:
    by_key = {setting.key: setting for setting in declared()}
    for key, value in values.items():
        _check(by_key, key, value)
    sections = {}
    for name, kind in get_type_hints(Settings).items():
        chosen = {k.partition(".")[2]: v for k, v in values.items() if k.startswith(f"{name}.")}
        sections[name] = kind(**{k: _cast(by_key[f"{name}.{k}"], v) for k, v in chosen.items()})
    return Settings(**sections)


def change(profile: Profile, key: str, text: str) -> Settings:
    """Set `key` from the words of a command line and write it to `config.toml`.

    Lists are written with commas between the items. Raises UsageError, leaving the file as it was.
    """
    by_key = {setting.key: setting for setting in declared()}
    if key not in by_key:
        raise UsageError(unknown(key))
    return _put(profile, key, _parse(by_key[key], text))


def change_list(profile: Profile, key: str, items: Sequence[str]) -> Settings:
    """Set a list whose items may hold commas; else as `change`."""
    return _put(profile, key, list(items))


def _put(profile: Profile, key: str, value: Any) -> Settings:
    values = {**_read(profile), key: value}
    settings = _settings(values)
    durable.write(profile.config, _toml(values).encode())
    return settings


def flat(settings: Settings) -> dict[str, Any]:
    """Every setting's value by its `section.name`."""
    return {
        f"{section.name}.{item.name}": getattr(getattr(settings, section.name), item.name)
        for section in dataclasses.fields(settings)
        for item in dataclasses.fields(getattr(settings, section.name))
    }


def with_model(settings: Settings, model: str) -> Settings:
    """The settings with another language model."""
    return dataclasses.replace(settings, llm=dataclasses.replace(settings.llm, model=model))


def _read(profile: Profile) -> dict[str, Any]:
    """`config.toml` as flat `section.name` keys."""
    if not profile.config.exists():
        return {}
    try:
        tree = tomllib.loads(profile.config.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{profile.config} is not valid TOML: {error}.") from error
    flat: dict[str, Any] = {}
    for section, items in tree.items():
        if not isinstance(items, dict):
            raise UsageError(f"{profile.config}: `{section}` stands outside any section.")
        flat.update({f"{section}.{name}": value for name, value in items.items()})
    return flat


def unknown(key: str) -> str:
    """The sentence for a setting that does not exist; it names those that do."""
    return f"There is no setting `{key}`; there are: {', '.join(s.key for s in declared())}."


def _check(by_key: dict[str, Setting], key: str, value: Any) -> None:
    if key not in by_key:
        raise UsageError(unknown(key))
    kind = by_key[key].type
    fits = {
        bool: isinstance(value, bool),
        int: isinstance(value, int) and not isinstance(value, bool),
        float: isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value),
        str: isinstance(value, str) and _is_text(value),
        tuple: isinstance(value, list) and all(isinstance(i, str) and _is_text(i) for i in value),
    }[kind]
    if not fits:
        raise UsageError(f"The setting `{key}` wants {_wanted(kind)}, not {value!r}.")
    by_key[key].check(value)


def _is_text(value: str) -> bool:
    """Bytes of a command line that are no UTF-8 arrive as lone surrogates: not text."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _wanted(kind: type) -> str:
    names = {bool: "true or false", int: "a whole number", float: "a number", tuple: "a list"}
    return names.get(kind, "a text")


def _cast(setting: Setting, value: Any) -> Any:
    return tuple(value) if setting.type is tuple else setting.type(value)


def _parse(setting: Setting, text: str) -> Any:
    words = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
    try:
        if setting.type is bool:
            return words[text.lower()]
        if setting.type is tuple:
            return [item.strip() for item in text.split(",") if item.strip()]
        return setting.type(text)
    except (KeyError, ValueError):
        raise UsageError(
            f"The setting `{setting.key}` wants {_wanted(setting.type)}, not {text!r}."
        ) from None


def _toml(values: dict[str, Any]) -> str:
    sections: dict[str, list[str]] = {}
    for key, value in values.items():
        section, _, name = key.partition(".")
        sections.setdefault(section, []).append(f"{name} = {_toml_value(value)}")
    return "\n".join(f"[{name}]\n" + "\n".join(lines) + "\n" for name, lines in sections.items())


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(_toml_character(c) for c in escaped) + '"'
    return repr(value)


def _toml_character(character: str) -> str:
    is_control = character < " " or character == "\x7f"
    return f"\\u{ord(character):04x}" if is_control else character
