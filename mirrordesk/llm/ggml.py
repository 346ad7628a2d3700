"""The functions of ggml that llama-cpp-python does not hand through, bound once."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

_POINTER, _SIZE, _TEXT = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
_SIZES = ctypes.POINTER(ctypes.c_size_t)


class GgufParams(ctypes.Structure):
    """`gguf_init_params`: what to do besides reading the header."""

    _fields_ = (("no_alloc", ctypes.c_bool), ("ctx", _POINTER))


_DEVICES = {
    "ggml_backend_dev_count": (_SIZE,),
    "ggml_backend_dev_get": (_POINTER, _SIZE),
}
_BASE = {
    "ggml_backend_tensor_set": (None, _POINTER, _POINTER, _SIZE, _SIZE),
    "ggml_get_name": (_TEXT, _POINTER),
    "ggml_op_desc": (_TEXT, _POINTER),
    "ggml_nelements": (ctypes.c_int64, _POINTER),
    "ggml_nrows": (ctypes.c_int64, _POINTER),
    "ggml_nbytes": (_SIZE, _POINTER),
    "ggml_backend_tensor_get": (None, _POINTER, _POINTER, _SIZE, _SIZE),
    "ggml_backend_dev_name": (_TEXT, _POINTER),
    "ggml_backend_dev_description": (_TEXT, _POINTER),
    "ggml_backend_dev_type": (ctypes.c_int, _POINTER),
    "ggml_backend_dev_memory": (None, _POINTER, _SIZES, _SIZES),
    "gguf_init_from_file": (_POINTER, _TEXT, GgufParams),
    "gguf_init_empty": (_POINTER,),
    "gguf_set_val_str": (None, _POINTER, _TEXT, _TEXT),
    "gguf_set_val_u32": (None, _POINTER, _TEXT, ctypes.c_uint32),
    "gguf_set_val_f32": (None, _POINTER, _TEXT, ctypes.c_float),
    "gguf_free": (None, _POINTER),
    "gguf_find_key": (ctypes.c_int64, _POINTER, _TEXT),
    "gguf_get_kv_type": (ctypes.c_int, _POINTER, ctypes.c_int64),
    "gguf_get_arr_type": (ctypes.c_int, _POINTER, ctypes.c_int64),
    "gguf_get_arr_n": (_SIZE, _POINTER, ctypes.c_int64),
    "gguf_get_arr_data": (_POINTER, _POINTER, ctypes.c_int64),
    "gguf_get_n_tensors": (ctypes.c_int64, _POINTER),
    "gguf_get_tensor_name": (_TEXT, _POINTER, ctypes.c_int64),
    "gguf_get_tensor_size": (_SIZE, _POINTER, ctypes.c_int64),
}


@functools.cache
def function(name: str) -> Any:
    """The function `name` of ggml with its types set: the first of a row is what it returns."""
    is_device = name in _DEVICES
    returns, *takes = (_DEVICES if is_device else _BASE)[name]
    found = getattr(_library("ggml" if is_device else "ggml-base"), name)
    found.restype, found.argtypes = returns, takes
    return found


def model_from(header: Any, fill: Callable[[int, Any], None], params: Any) -> Any:
    """A model without a file: `fill` is called with each tensor that `header` asks for."""
    import llama_cpp

    kind = ctypes.CFUNCTYPE(None, _POINTER, _POINTER)
    make = llama_cpp.llama_cpp._lib.llama_model_init_from_user
    make.restype, make.argtypes = _POINTER, (_POINTER, kind, _POINTER, llama_cpp.llama_model_params)
    return make(header, kind(fill), None, params)


@functools.cache
def _library(name: str) -> ctypes.CDLL:
    import llama_cpp
    from llama_cpp import _ctypes_extensions

    folder = Path(llama_cpp.__file__).parent / "lib"
    return _ctypes_extensions.load_shared_library(name, folder)  # type: ignore[no-any-return]
