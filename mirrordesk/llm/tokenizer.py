"""Messages in, tokens out: only the template's own words may become control tokens."""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Sequence

from mirrordesk.llm.chat import ChatTemplate, Piece
from mirrordesk.llm.native import Model


class Tokenizer:
    """The tokenizer of a model with its chat template (None: a plain layout)."""

    def __init__(self, model: Model, template: str | None) -> None:
        self._model = model
        self._vocab = model.vocab
        self._bos = model.bos
        # Each word is looked up once: asked for every word of a long prompt, llama.cpp takes longer
        # to spell evidence that was read before than to answer from it.
        self._piece = functools.cache(functools.partial(model.piece, control=False))
        self._spelled = functools.cache(self._spell)
        self._chat = ChatTemplate(template, bos=self._word(model.bos), eos=self._word(model.eos))

    def count(self, text: str) -> int:
        """Tokens of `text` as the content of a message."""
        return len(self.plain(text))

    def prompt(self, system: str, user: str) -> list[int]:
        """The prompt in tokens, up to where the model's answer begins."""
        return self.cut_prompt(system, user, ())[0]

    def cut_prompt(
        self, system: str, user: str, ends: Sequence[int]
    ) -> tuple[list[int], list[int]]:
        """The prompt, and how many of its tokens hold no more than `user` up to each of `ends`.

        `ends` are counted in bytes and ascend. Where the tokens do not spell the message as it is,
        they cannot be told apart, and there are none.
        """
        tokens: list[int] = []
        cuts: list[int] = []
        for piece in self._chat.lay_out(system, user):
            found = self._tokens(piece)
            if piece.text == user and not piece.control:
                cuts = [len(tokens) + cut for cut in self._cuts(found, user, ends)]
            tokens += found
        if self._adds_bos() and tokens[:1] != [self._bos]:
            tokens.insert(0, self._bos)
            cuts = [cut + 1 for cut in cuts]
        return tokens, cuts

    def _cuts(self, tokens: Sequence[int], text: str, ends: Sequence[int]) -> list[int]:
        pieces = [self.bytes_of(token) for token in tokens] if ends else []
        if b"".join(pieces) != text.encode(errors="replace"):
            return []
        reached = list(itertools.accumulate(map(len, pieces)))  # bytes after each token
        return [bisect.bisect_right(reached, end) for end in ends]

    def plain(self, text: str) -> list[int]:
        """`text` without any token that means more to the model than its letters.

        llama.cpp keeps control tokens out by itself, but not what a file calls user-defined, and
        some files call their role marks that. Such a token is spelled out letter by letter.
        """
        tokens = self._letters(text)
        return [t for token in tokens for t in self._spelled(token)]

    def is_special(self, token: int) -> bool:
        """Whether `token` is a control word or one that the file's makers added by hand."""
        import llama_cpp

        attributes = llama_cpp.llama_vocab_get_attr(self._vocab, token)
        marks = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED
        return bool(attributes & marks)

    def is_end(self, token: int) -> bool:
        """Whether the model ends its answer with `token`."""
        import llama_cpp

        return bool(llama_cpp.llama_vocab_is_eog(self._vocab, token))

    def bytes_of(self, token: int) -> bytes:
        """The UTF-8 bytes of a token, which may end within a character; none of a control token."""
        return self._piece(token)

    def spelled_out(self, tokens: Sequence[int]) -> str:
        """The text of `tokens`, control words too."""
        parts = [self._model.piece(token, control=True) for token in tokens]
        return b"".join(parts).decode(errors="replace")

    def _tokens(self, piece: Piece) -> list[int]:
        if not piece.control:
            return self.plain(piece.text)
        return self._model.tokens(piece.text.encode(), control=True)

    def _spell(self, token: int) -> tuple[int, ...]:
        """The token itself, or its letters where it means more than they do."""
        word = self._word(token) if self.is_special(token) else ""
        if len(word) < 2 or word.isspace():  # runs of blanks are harmless and common
            return (token,)
        return tuple(t for letter in word for t in self._letters(letter))

    def _letters(self, text: str) -> list[int]:
        data = text.encode(errors="replace")  # a lone surrogate is no text
        return self._model.tokens(data, control=False)

    def _word(self, token: int) -> str:
        if token < 0:
            return ""
        return self._model.piece(token, control=True).decode(errors="replace")

    def _adds_bos(self) -> bool:
        import llama_cpp

        return bool(llama_cpp.llama_vocab_get_add_bos(self._vocab))
