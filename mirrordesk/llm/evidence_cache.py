"""The KV states of evidence: computed once, kept in memory first, then in sealed files.

A state belongs to the text it was computed of and to all that stood before that, so its key is a
hash over both, over the model's file and over the types of the cache. Nobody without the profile's
key can tell from a key what text it stands for.
"""

from __future__ import annotations

import hashlib
import threading
from array import array
from collections.abc import Collection, Sequence

from mirrordesk import kv_files
from mirrordesk.errors import KeyTrouble
from mirrordesk.kv_files import About, KvFiles, Source
from mirrordesk.llm.replacement import GreedyDual
from mirrordesk.paths import Profile
from mirrordesk.seal import keys
from mirrordesk.seal.seal import Seal

State = bytes | memoryview  # as llama.cpp wrote it; what came from a file is a view of its bytes


class EvidenceCache:
    """States by key, for one model: `identity` tells its file and the types of the cache.

    Budgets are in bytes. Without a profile nothing is written. Any thread may call. Raises
    KeyTrouble where the profile's key cannot be had.
    """

    def __init__(
        self, identity: str, *, memory: int, disk: int = 0, profile: Profile | None = None
    ) -> None:
        self._identity = identity
        self._profile = profile
        self._seal = keys.of(profile).newest if profile else Seal.fresh()
        self._files = KvFiles(profile) if profile and disk else None
        self._disk = disk
        self._held: dict[str, tuple[About, State]] = {}
        self._filed: dict[str, About] = {}  # what lies on the disk
        self._in_memory, self._on_disk = GreedyDual(memory), GreedyDual(disk)
        self._unsaved: set[str] = set()
        self._lock = threading.RLock()
        for about, size in self._files.listed() if self._files else ():
            self._shelve(about, size)

    def key(self, tokens: Sequence[int], parent: str = "") -> str:
        """The key of the state of `tokens` after what `parent` stands for; "": nothing."""
        told = f"{self._identity} {parent} ".encode() + array("i", tokens).tobytes()
        return self._seal.mark(hashlib.blake2b(told, digest_size=32).hexdigest())

    def __contains__(self, key: str) -> bool:
        return key in self._held or key in self._on_disk

    def get(self, key: str) -> State | None:
        """The state of that key, or None."""
        with self._lock:
            if key in self._on_disk:
                self._on_disk.use(key)
            if key not in self._held:
                return self._fetch(key)
            self._in_memory.use(key)
            return self._held[key][1]

    def put(
        self,
        key: str,
        state: State,
        *,
        cost_s: float,
        sources: Collection[Source],
        parent: str = "",
    ) -> None:
        """Hold a state that took `cost_s` to compute, unless a source of it was forgotten."""
        about = About(key, parent, cost_s, tuple(sources))
        if self._is_forgotten(about):
            return
        with self._lock:
            self._hold(about, state)
            if self._files and key in self._held and key not in self._on_disk:
                self._unsaved.add(key)

    def save(self) -> None:
        """Write what is not on the disk yet, where the profile's key is at hand."""
        if self._files is None:
            return
        wrote = False
        while unsaved := self._next_unsaved():
            about, state = unsaved
            try:
                size = self._files.write(about, state)
            except KeyTrouble:  # locked meanwhile; what is in memory serves all the same
                return
            if size:
                wrote = True
                with self._lock:
                    self._shelve(about, size)
        if wrote:
            self._files.keep_to(self._disk)

    def forget(self) -> None:
        """Let go of every state that tells of what the person has had forgotten."""
        with self._lock:
            for about, _state in list(self._held.values()):
                if self._is_forgotten(about):
                    self._drop(about.key)
        if self._files:
            self._files.forget()

    def _next_unsaved(self) -> tuple[About, State] | None:
        with self._lock:
            return self._held[self._unsaved.pop()] if self._unsaved else None

    def _is_forgotten(self, about: About) -> bool:
        return self._profile is not None and kv_files.is_forgotten(self._profile, about.sources)

    def _fetch(self, key: str) -> State | None:
        """Bring a state from the disk."""
        about = self._filed.get(key)
        if self._files is None or about is None:
            return None
        state = None if self._is_forgotten(about) else self._files.read(key)
        if state is None:
            self._remove(key)
            return None
        self._hold(about, state)
        return state

    def _hold(self, about: About, state: State) -> None:
        self._held[about.key] = about, state
        cost, parent = about.cost_s, about.parent
        for key in self._in_memory.add(about.key, size=len(state), cost=cost, parent=parent):
            self._drop(key)

    def _drop(self, key: str) -> None:
        self._in_memory.remove(key)
        self._unsaved.discard(key)
        self._held.pop(key, None)

    def _shelve(self, about: About, size: int) -> None:
        self._filed[about.key] = about
        cost, parent = about.cost_s, about.parent
        for key in self._on_disk.add(about.key, size=size, cost=cost, parent=parent):
            self._remove(key)

    def _remove(self, key: str) -> None:
        self._on_disk.remove(key)
        self._filed.pop(key, None)
        if self._files:
            self._files.remove(key)
