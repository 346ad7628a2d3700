"""The model's chat template, rendered so that its own marks and the messages stay apart.

A message may hold anything, the model's control words too: it comes from a screen. So the template
is rendered around stand-ins, and the pieces between them are the template's own. Only these are
tokenised with control words; messages are tokenised as plain text.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

PLAIN = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}Answer:\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the prompt; `control` where the template wrote it."""

    text: str
    control: bool


class ChatTemplate:
    """Lays out a system and a user message as the model was trained to see them."""

    def __init__(self, template: str | None, *, bos: str, eos: str) -> None:
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._formatters = [
            Jinja2ChatFormatter(template=source, bos_token=bos, eos_token=eos)
            for source in (template, PLAIN)
            if source
        ]

    def lay_out(self, system: str, user: str) -> list[Piece]:
        """The prompt in pieces. A template without a system role gets both in the user message."""
        contents = {f"x{secrets.token_hex(8)}x": text for text in (system, user)}
        first, second = contents
        roles = (
            [{"role": "system", "content": first}, {"role": "user", "content": second}],
            [{"role": "user", "content": f"{first}\n\n{second}"}],
        )
        for formatter in self._formatters:
            for messages in roles:
                prompt = _render(formatter, messages)
                if prompt.count(first) == prompt.count(second) == 1:
                    return _cut(prompt, contents)
        raise AssertionError("the plain format lays out every message")


def _render(formatter: object, messages: list[dict[str, str]]) -> str:
    """The rendered prompt; empty where the template refuses these roles."""
    from jinja2 import TemplateError

    try:
        return str(formatter(messages=messages).prompt)  # type: ignore[operator]
    except (TemplateError, ValueError, TypeError):  # templates refuse by raising what they like
        return ""


def _cut(prompt: str, contents: dict[str, str]) -> list[Piece]:
    pieces = []
    for mark in sorted(contents, key=prompt.index):
        before, _, prompt = prompt.partition(mark)
        pieces += [Piece(before, True), Piece(contents[mark], False)]
    return [piece for piece in [*pieces, Piece(prompt, True)] if piece.text]
