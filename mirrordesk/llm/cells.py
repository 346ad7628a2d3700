"""The KV cells of one llama.cpp context, and what is known to lie in them.

Sequence 0 is the conversation: its tokens stand at the positions 0, 1, 2, … without a gap. Spans of
it can be saved and come back, or be taken out; llama.cpp then turns the keys of what moved up to
their new positions (RoPE is a rotation) when it decodes next.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mirrordesk.errors import WorkerError
from mirrordesk.llm import gguf
from mirrordesk.llm.native import BATCH, Model

Logits = npt.NDArray[np.float32]  # (words of the vocabulary,)

_TALK, _AID = 0, 1  # sequences: the conversation, and the one by which spans come and go
_NO_ROOM, _ABORTED = 1, 2  # what llama_decode returns


class Cells:
    """The cells of `context`, which it owns. Calls must not overlap.

    `moves`: llama.cpp can turn keys of this type, see `CacheShape.turns`. `tokens` is what the
    conversation holds, in order of position.
    """

    def __init__(self, model: Model, context: Any, *, moves: bool = True) -> None:
        import llama_cpp

        self.tokens: list[int] = []
        self.divides = not model.is_recurrent
        self._model, self._context = model, context
        self._memory = llama_cpp.llama_get_memory(context)
        self._shifts = moves and bool(llama_cpp.llama_memory_can_shift(self._memory))
        self._turning = False  # keys wait to be turned to their new positions
        self._cancelled = threading.Event()
        # llama.cpp asks between two operations (on the CPU and on Metal) whether to go on
        self._ask = llama_cpp.ggml_abort_callback(lambda _data: self._cancelled.is_set())
        llama_cpp.llama_set_abort_callback(context, self._ask, None)

    @property
    def size(self) -> int:
        """How many tokens there is room for."""
        import llama_cpp

        return int(llama_cpp.llama_n_ctx(self._context))

    @property
    def extent(self) -> tuple[int, int]:
        """The first and the last position that llama.cpp holds; (-1, -1) where it holds none."""
        import llama_cpp

        first = llama_cpp.llama_memory_seq_pos_min(self._memory, _TALK)
        return int(first), int(llama_cpp.llama_memory_seq_pos_max(self._memory, _TALK))

    @property
    def can_move(self) -> bool:
        """Whether spans can be taken out of the middle, so that what follows moves up."""
        return self.divides and self._shifts

    @property
    def rewinds(self) -> bool:
        """Whether the last tokens can be taken back as if they had not been read.

        Where a layer sees but a window of the last tokens, older ones may be gone by then.
        """
        import llama_cpp

        return self.divides and llama_cpp.llama_model_n_swa(self._model.handle) == 0

    def close(self) -> None:
        """Let the cells go."""
        import llama_cpp

        if self._context:
            llama_cpp.llama_free(self._context)
            self._context = None

    def logits(self, back: int = 0) -> Logits:
        """What the last token that was read lets expect, as llama.cpp's own memory until the next.

        Only after a `read` of at least one token. `back`: the token so many before it, where that
        was read with the same `each`.
        """
        import llama_cpp

        found = llama_cpp.llama_get_logits_ith(self._context, -1 - back)
        return np.ctypeslib.as_array(found, shape=(self._model.words,))

    def read(
        self, tokens: Sequence[int], cancelled: threading.Event, *, each: bool = False
    ) -> bool:
        """Decode `tokens` at the end of the conversation; False: cancelled in between.

        What was decoded until then stays. `each`: the logits of every token are wanted, of which
        there are at most `SEQUENCES`. Raises WorkerError where llama.cpp fails; the cells then
        hold what `tokens` says.
        """
        self._cancelled = cancelled
        for start in range(0, len(tokens), BATCH):
            if cancelled.is_set() or not self._decode(tokens[start : start + BATCH], each):
                return False
        return True

    def _decode(self, batch: Sequence[int], each: bool) -> bool:
        import llama_cpp

        count = len(batch)
        array = (llama_cpp.llama_token * count)(*batch)
        asked = llama_cpp.llama_batch_get_one(array, count)
        if each:
            asked.logits = (ctypes.c_int8 * count)(*[1] * count)
        status = llama_cpp.llama_decode(self._context, asked)
        if status == 0:
            self.tokens.extend(batch)
            self._turning = False
            return True
        self.keep(len(self.tokens))  # parts of the batch may have stayed
        if status == _ABORTED:
            return False
        if status == _NO_ROOM:
            raise WorkerError(f"The {self.size} cells of the language model are full.")
        raise WorkerError(f"llama.cpp stopped: llama_decode returned {status}.")

    def keep(self, count: int) -> int:
        """Cut the conversation back to its first `count` tokens; how many could be kept."""
        import llama_cpp

        count = min(count, len(self.tokens))
        if not count or not llama_cpp.llama_memory_seq_rm(self._memory, _TALK, count, -1):
            llama_cpp.llama_memory_clear(self._memory, False)  # a recurrent model cannot go back
            count, self._turning = 0, False
        del self.tokens[count:]
        return count

    def drop(self, first: int, last: int) -> None:
        """Take out the positions from `first` up to `last`; what follows moves up.

        Only where it `can_move`.
        """
        import llama_cpp

        llama_cpp.llama_memory_seq_rm(self._memory, _TALK, first, last)
        if last < len(self.tokens):
            llama_cpp.llama_memory_seq_add(self._memory, _TALK, last, -1, first - last)
            self._turning = True
        del self.tokens[first:last]

    def save(self, first: int, last: int) -> bytes:
        """The state of the positions from `first` up to `last`, in llama.cpp's own format.

        Only where the cells can be divided, and only of tokens that are there.
        """
        import llama_cpp

        self._settle()
        llama_cpp.llama_memory_seq_cp(self._memory, _TALK, _AID, first, last)
        try:
            size = llama_cpp.llama_state_seq_get_size(self._context, _AID)
            buffer = (ctypes.c_uint8 * size)()
            wrote = llama_cpp.llama_state_seq_get_data(self._context, buffer, size, _AID)
            return bytes(memoryview(buffer)[:wrote])
        finally:
            self._clear_aid()

    def splice(self, state: bytes | memoryview, tokens: Sequence[int]) -> bool:
        """Append a saved span of these tokens; False, and nothing changed, where it does not fit.

        It comes from a context of the same model and types, and comes back to where it stood.
        """
        import llama_cpp

        buffer = _bytes_at(state)
        with gguf.complaints():
            took = llama_cpp.llama_state_seq_set_data(self._context, buffer, len(state), _AID)
        try:
            return bool(took == len(state) and self._join(tokens))
        finally:
            self._clear_aid()

    def _join(self, tokens: Sequence[int]) -> bool:
        """Put the aid's span at the end of the conversation, if it has as many tokens."""
        import llama_cpp

        first = llama_cpp.llama_memory_seq_pos_min(self._memory, _AID)
        last = llama_cpp.llama_memory_seq_pos_max(self._memory, _AID)
        if first != len(self.tokens) or last - first + 1 != len(tokens):
            return False
        llama_cpp.llama_memory_seq_cp(self._memory, _AID, _TALK, -1, -1)
        self.tokens.extend(tokens)
        return True

    def _clear_aid(self) -> None:
        import llama_cpp

        llama_cpp.llama_memory_seq_rm(self._memory, _AID, -1, -1)

    def _settle(self) -> None:
        """Have keys that moved turned now: a state that is saved has new positions, old keys."""
        if self._turning:
            last = self.tokens[-1:]
            self.keep(len(self.tokens) - 1)
            self.read(last, threading.Event())


def _bytes_at(state: bytes | memoryview) -> Any:
    """Where the bytes lie, as llama.cpp takes them; it only reads, so nothing is copied."""
    at = np.frombuffer(state, np.uint8)
    return at.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
