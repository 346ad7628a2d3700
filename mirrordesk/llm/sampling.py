"""The next token: the likeliest that a GBNF grammar allows."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt

from mirrordesk.errors import WorkerError
from mirrordesk.llm.cells import Logits
from mirrordesk.llm.native import Model

_DATA = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Rules:
    """A grammar as far as it was followed. Raises WorkerError where `grammar` is none."""

    def __init__(self, model: Model, grammar: str) -> None:
        import llama_cpp

        self._sampler = llama_cpp.llama_sampler_init_grammar(model.vocab, grammar.encode(), b"root")
        if not self._sampler:
            raise WorkerError("llama.cpp does not take the grammar of the answer.")

    def close(self) -> None:
        """Let the grammar go."""
        import llama_cpp

        llama_cpp.llama_sampler_free(self._sampler)

    def take(self, logits: Logits) -> int:
        """The likeliest token that may come next, which has then come."""
        import llama_cpp

        token = int(logits.argmax())
        if not self._allowed(logits, np.array([token])).size:  # the rest is asked about only now
            allowed = self._allowed(logits, np.arange(len(logits)))
            if not allowed.size:
                raise WorkerError("The grammar of the answer allows no token.")
            token = int(allowed[allowed["logit"].argmax()]["id"])
        llama_cpp.llama_sampler_accept(self._sampler, token)
        return token

    def _allowed(self, logits: Logits, tokens: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Those of `tokens` that may come next, as an array of `_DATA`."""
        import llama_cpp

        data = np.zeros(len(tokens), _DATA)
        data["id"], data["logit"] = tokens, logits[tokens]
        array = llama_cpp.llama_token_data_array(
            data=data.ctypes.data_as(llama_cpp.llama_token_data_p),
            size=len(data),
            selected=-1,
            sorted=False,
        )
        llama_cpp.llama_sampler_apply(self._sampler, ctypes.byref(array))
        allowed: npt.NDArray[Any] = data[np.isfinite(data["logit"])]
        return allowed
