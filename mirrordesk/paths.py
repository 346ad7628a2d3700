"""Every folder and file name of a profile. No other module spells one.

<profile>/
  profile.json     format number and date of birth; without it the folder is no profile
  key.json         the keys that seal the profile, wrapped; key-<id>.bin: what unwraps them, where
                   that lies neither in a keyring nor in a person's head (mirrordesk/seal/)
  vault.json       secrets that the person chose to keep, sealed by a key of their own
  config.toml      settings the person changed
  spool/           acknowledged captures that wait for perception; quarantine/ beside them
  media/           frames and sound that moments refer to
  store/           the LanceDB tables
  kv/              what the language model computed of evidence (mirrordesk/kv_files.py)
  state/           heartbeats, locks, pause mark, forgotten spans, the ledger's place
  logs/            one log per process
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import platformdirs

from mirrordesk import clock, durable
from mirrordesk.errors import ProfileError

FORMAT = 2  # 1: from before profiles were sealed
HOME_VARIABLE = "MIRRORDESK_HOME"


def default_home() -> Path:
    """The profile's folder: `MIRRORDESK_HOME`, else the platform's place for user data."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named).expanduser() if named else platformdirs.user_data_path("mirrordesk", False)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile's folder and the names in it. `Profile.open` checks and creates; this does not."""

    root: Path

    @property
    def marker(self) -> Path:
        return self.root / "profile.json"

    @property
    def born_ns(self) -> int:
        """When the profile was created, UTC nanoseconds; 0 where its marker does not tell."""
        about = durable.read_json(self.marker)
        created = about.get("created") if isinstance(about, dict) else None
        return clock.to_ns(datetime.fromisoformat(created)) if isinstance(created, str) else 0

    @property
    def key_about(self) -> Path:
        """The wrapped keys, and where what unwraps them lies."""
        return self.root / "key.json"

    def key_file(self, wrap: str) -> Path:
        """What unwraps the keys, by its id, where it lies in the profile."""
        return self.root / f"key-{wrap}.bin"

    @property
    def key_lock(self) -> Path:
        """Held while the keys are made or changed."""
        return self.state / "key.lock"

    @property
    def vault(self) -> Path:
        """The secrets that the person chose to keep, sealed."""
        return self.root / "vault.json"

    @property
    def vault_lock(self) -> Path:
        """Held while the vault is changed."""
        return self.state / "vault.lock"

    @property
    def config(self) -> Path:
        return self.root / "config.toml"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def quarantine(self) -> Path:
        return self.spool / "quarantine"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def kv(self) -> Path:
        """What the language model computed of evidence; made when it is first needed."""
        return self.root / "kv"

    @property
    def kv_lock(self) -> Path:
        """Held while something is added there, or forgotten."""
        return self.state / "kv.lock"

    @property
    def heads(self) -> Path:
        """Which heads of a language model find what a question asks for; found out once a model."""
        return self.state / "heads.json"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def app_lock(self) -> Path:
        return self.state / "app.lock"

    @property
    def recorder_lock(self) -> Path:
        return self.state / "recorder.lock"

    @property
    def perception_lock(self) -> Path:
        return self.state / "perception.lock"

    @property
    def write_lock(self) -> Path:
        """Held around every change of the tables, so that forgetting and filling do not cross."""
        return self.state / "write.lock"

    @property
    def recorder_heartbeat(self) -> Path:
        return self.state / "recorder.json"

    @property
    def perception_heartbeat(self) -> Path:
        return self.state / "perception.json"

    @property
    def screen_grant(self) -> Path:
        """What lets the recorder see monitors again that a person chose in the desktop's dialog."""
        return self.state / "screen-grant.json"

    @property
    def ledger(self) -> Path:
        """Up to when the recorder's ledger has accounted for every moment."""
        return self.state / "ledger.json"

    @property
    def attempts(self) -> Path:
        """How often perception died over a capture."""
        return self.state / "attempts.json"

    @property
    def thinned(self) -> Path:
        """Up to when pictures were made smaller, or let go, to stay within the budget."""
        return self.state / "thinned.json"

    @property
    def pause_mark(self) -> Path:
        return self.state / "paused.json"

    @property
    def forgotten(self) -> Path:
        return self.state / "forgotten.jsonl"

    @classmethod
    def around(cls, path: Path) -> Profile:
        """The profile that a file lies in. Raises ProfileError where it lies in none."""
        for folder in path.parents:
            if (profile := cls(folder)).marker.exists():
                return profile
        raise ProfileError(f"{path} lies in no profile.")

    def has_content(self) -> bool:
        """Whether anything was recorded into it yet."""
        folders = (self.store, self.media, self.spool)
        return any(path.is_file() for folder in folders for path in folder.rglob("*"))

    @classmethod
    def open(cls, root: Path | None = None) -> Profile:
        """The profile at `root` (default: `default_home()`), created where there is none.

        Raises ProfileError where the folder is half a profile, of a newer format or unusable.
        """
        profile = cls((root or default_home()).expanduser().absolute())
        try:
            if profile._is_new():
                profile._create()
            profile._check()
        except OSError as error:
            raise ProfileError(
                f"The profile folder {profile.root} cannot be used: {error.strerror or error}."
            ) from error
        return profile

    def _is_new(self) -> bool:
        """Whether nothing is here yet, or only what an interrupted `_create` leaves behind."""
        if not self.root.exists():
            return True
        return all(
            (entry.name.startswith(".") and entry.name.endswith(".part"))
            or (entry in (self.media, self.store) and not any(entry.iterdir()))
            for entry in self.root.iterdir()
        )

    def _create(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)  # also where the folder was there before, empty
        for folder in (self.media, self.store):
            folder.mkdir(mode=0o700, exist_ok=True)
        durable.write_json(self.marker, {"format": FORMAT, "created": clock.iso(clock.now_ns())})

    def _check(self) -> None:
        about = durable.read_json(self.marker)
        if not isinstance(about, dict) or not isinstance(about.get("format"), int):
            raise ProfileError(
                f"{self.root} is not a complete MirrorDesk profile ({self.marker.name} is missing "
                "or damaged); restore the folder from a backup or name an empty one with --profile."
            )
        if about["format"] > FORMAT:
            raise ProfileError(
                f"The profile {self.root} was written by a newer MirrorDesk; update the program."
            )
        for folder in (self.store, self.media):
            if not folder.is_dir():
                raise ProfileError(
                    f"The profile {self.root} is half deleted ({folder.name}/ is missing); restore "
                    "it from a backup, or delete the whole folder to start anew."
                )
        for folder in (self.spool, self.quarantine, self.state, self.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
