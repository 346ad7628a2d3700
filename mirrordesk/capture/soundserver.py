"""The connection to PulseAudio (or PipeWire in its place), made safe to lose and to find again.

The `soundcard` package keeps one connection in its module `pulseaudio`, made while it is imported.
It does not notice when the server goes away, and then makes libpulse abort the process. Whatever
reaches into that package's private names to cure it stands in this file.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import ctypes.util
import functools
import sys
import threading
from collections.abc import Iterator
from typing import Any

from mirrordesk.errors import CaptureUnavailable

ABSENT = "There is no sound server to record from."
LOST = "The sound server went away."

_READY, _FAILED, _TERMINATED = 4, 5, 6  # pa_context_state_t
_UNREADABLE = ctypes.c_size_t(-1).value  # what pa_stream_readable_size tells of a lost stream

# What soundcard lets through when the server or the device goes away under it: failed assertions,
# answers that stayed empty, data that is None.
_SOUNDCARD_ERRORS = (RuntimeError, AssertionError, LookupError, TypeError, ValueError)


@contextlib.contextmanager
def mapped(sentence: str) -> Iterator[None]:
    """Whatever soundcard raises within becomes CaptureUnavailable(`sentence`)."""
    try:
        yield
    except _SOUNDCARD_ERRORS as error:
        raise CaptureUnavailable(sentence) from error


def require_server() -> None:
    """Ask for a connection and let it go. Raises CaptureUnavailable where there is no server.

    Importing soundcard would tell as much, but leave a thread and a socket behind each time.
    """
    pulse = _libpulse()
    loop = pulse.pa_mainloop_new()
    context = pulse.pa_context_new(pulse.pa_mainloop_get_api(loop), b"mirrordesk")
    try:
        state = _FAILED if pulse.pa_context_connect(context, None, 0, None) < 0 else 0
        while state not in (_READY, _FAILED, _TERMINATED):
            pulse.pa_mainloop_iterate(loop, 1, None)
            state = pulse.pa_context_get_state(context)
    finally:
        pulse.pa_context_disconnect(context)
        pulse.pa_context_unref(context)
        pulse.pa_mainloop_free(loop)
    if state != _READY:
        raise CaptureUnavailable(ABSENT)


@functools.lru_cache(1)
def _libpulse() -> ctypes.CDLL:
    if sys.platform != "linux":
        raise CaptureUnavailable("MirrorDesk records sound on Linux only so far.")
    try:
        pulse = ctypes.CDLL("libpulse.so.0")
    except OSError as error:
        raise CaptureUnavailable("The library libpulse is not installed.") from error
    pointer = ctypes.c_void_p
    for name, arguments in {
        "pa_mainloop_new": [],
        "pa_mainloop_get_api": [pointer],
        "pa_context_new": [pointer, ctypes.c_char_p],
    }.items():
        function = getattr(pulse, name)
        function.argtypes, function.restype = arguments, pointer
    pulse.pa_context_connect.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int, pointer]
    pulse.pa_mainloop_iterate.argtypes = [pointer, ctypes.c_int, pointer]
    for name in ("get_state", "disconnect", "unref"):
        getattr(pulse, f"pa_context_{name}").argtypes = [pointer]
    pulse.pa_mainloop_free.argtypes = [pointer]
    return pulse


class SoundServer:
    """The connection that all sources of this process share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0

    @contextlib.contextmanager
    def connected(self) -> Iterator[Any]:
        """The module soundcard.pulseaudio with a living connection. Raises CaptureUnavailable."""
        with self._lock:
            soundcard = self._connect()
            self._users += 1
        try:
            yield soundcard
        finally:
            with self._lock:
                self._users -= 1

    def _connect(self) -> Any:
        require_server()
        with mapped(ABSENT):
            from soundcard import pulseaudio

        if not _alive(pulseaudio):
            if self._users:  # the other source has not noticed yet
                raise CaptureUnavailable(LOST)
            _reconnect(pulseaudio)
        _survive_loss(pulseaudio)
        return pulseaudio


def _alive(soundcard: Any) -> bool:
    pulse = soundcard._pulse
    return bool(pulse._pa_context_get_state(pulse.context) == _READY)


def _reconnect(soundcard: Any) -> None:
    """Replace soundcard's dead connection. No stream of the old one may be open."""
    former = soundcard._pulse
    with mapped(ABSENT):
        soundcard._pulse = soundcard._PulseAudio()
    atexit.register(soundcard._pulse._shutdown)
    atexit.unregister(former._shutdown)
    former._shutdown()


def _survive_loss(soundcard: Any) -> None:
    """Keep soundcard from releasing an operation that there is none of: libpulse aborts on that.

    With the server gone every question to it gives a null operation; soundcard then finds its
    answer empty and raises, which is what we want.
    """
    pulse = soundcard._pulse
    release = type(pulse)._pa_operation_unref
    null = soundcard._ffi.NULL
    pulse._pa_operation_unref = lambda operation: (
        None if operation == null else release(pulse, operation)
    )


def readable(soundcard: Any, recorder: Any) -> bool:
    """Whether `recorder` has samples waiting. Raises CaptureUnavailable where its stream is lost.

    soundcard itself can only wait for samples, without end where a device gives none.
    """
    size = soundcard._pulse._pa_stream_readable_size(recorder.stream)
    if size == _UNREADABLE:
        raise CaptureUnavailable("The sound device went away." if _alive(soundcard) else LOST)
    return bool(size)
