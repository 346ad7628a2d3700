"""How rows lie in a table: ciphertext, hashed terms, marks and turned vectors, by `schema.SEALED`.

The metadata of a table's schema names its key, so that rows and key change in one step. Cells name
theirs, too, and are bound to their place: moved to another row or column, they do not open.
"""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from mirrordesk.memory import schema
from mirrordesk.seal.seal import Find, Seal, Vectors, opened_by

_EFFORT = 6  # of zlib's 9
_KEY_OF_TABLE = b"sealed with"


def sealed_by(stored: pa.Schema) -> bytes | None:
    """The id of the key of a table; None: its rows are clear."""
    told = (stored.metadata or {}).get(_KEY_OF_TABLE)
    return None if told is None else bytes.fromhex(told.decode())


def is_to_be_sealed(table: str, columns: Iterable[str]) -> bool:
    """Whether anything in a table with these columns is not to lie there in the clear."""
    return not {*schema.SEALED.get(table, ()), schema.TERMS, schema.VECTOR}.isdisjoint(columns)


def stored_schema(table: str, clear: pa.Schema, seal: Seal) -> pa.Schema:
    """The columns as they are stored."""
    sealed = schema.SEALED.get(table, ())
    fields = [
        pa.field(field.name, pa.binary() if field.name in sealed else field.type, field.nullable)
        for field in clear
    ]
    fields += [pa.field(mark(name), pa.string()) for name in _marked(table, clear.names)]
    metadata = {_KEY_OF_TABLE: seal.id.hex()}
    return pa.schema(fields, metadata if is_to_be_sealed(table, clear.names) else None)


def clear_schema(table: str, stored: pa.Schema) -> pa.Schema:
    """The columns as they were before they were stored."""
    marks = {mark(name) for name in _marked(table, stored.names)}
    return pa.schema([_clear_field(table, field) for field in stored if field.name not in marks])


def _clear_field(table: str, field: pa.Field) -> pa.Field:
    if field.name not in schema.SEALED.get(table, ()) or field.type != pa.binary():
        return field
    return schema.SCHEMAS[table].field(field.name)


def mark(column: str) -> str:
    """The column that finds rows by a sealed column's value."""
    return f"{column}_mark"


def _marked(table: str, columns: Sequence[str]) -> list[str]:
    return [name for name in schema.MARKED.get(table, ()) if name in columns]


def stored_rows(table: str, rows: pa.Table, seal: Seal) -> pa.Table:
    """Clear rows as they are stored. Terms are taken as they come, in order and number."""
    keys = rows[schema.KEY].to_pylist()
    columns: list[Any] = []
    for name in rows.column_names:
        if name in schema.SEALED.get(table, ()):
            values = rows[name].to_pylist()
            columns.append(pa.array(_sealed(table, name, keys, values, seal), pa.binary()))
        elif name == schema.TERMS:
            texts = rows[name].to_pylist()
            columns.append(pa.array([hashed(text.split(), seal) for text in texts], pa.string()))
        elif name == schema.VECTOR:
            columns.append(_turned(rows[name], seal.turned))
        else:
            columns.append(rows[name])
    for name in _marked(table, rows.column_names):
        columns.append(pa.array(map(seal.mark, rows[name].to_pylist()), pa.string()))
    stored = stored_schema(table, rows.schema, seal)
    return pa.Table.from_arrays(columns, schema=stored.remove_metadata())


def hashed(terms: Iterable[str], seal: Seal) -> str:
    """Terms as full-text search knows them."""
    return " ".join(map(seal.term, terms))


def _sealed(
    table: str, column: str, keys: Sequence[str], values: Sequence[Any], seal: Seal
) -> list[bytes | None]:
    return [
        None if value is None else seal.seal(_bytes(value), _about(table, column, key))
        for key, value in zip(keys, values, strict=True)
    ]


def _bytes(value: Any) -> bytes:
    """A text as it is, read for every candidate; anything else as JSON, pressed: it repeats."""
    if isinstance(value, str):
        return value.encode()
    return zlib.compress(json.dumps(value).encode(), _EFFORT)


def _about(table: str, column: str, key: str) -> bytes:
    return f"{table}/{column}/{key}".encode()


def clear_rows(table: str, rows: pa.Table, find: Find, seal: Seal) -> pa.Table:
    """Stored rows of a table that `seal` sealed, their keys among them, as they were.

    Hashed terms stay what they are. Raises Broken where a cell is not what was sealed there.
    """
    clear = clear_schema(table, rows.schema)
    find = functools.cache(find)
    keys = rows[schema.KEY].to_pylist()
    columns: list[Any] = []
    for field in clear:
        column = rows[field.name]
        if column.type != field.type:
            columns.append(_opened(table, field, keys, column.to_pylist(), find))
        elif field.name == schema.VECTOR:
            columns.append(_turned(column, seal.turned_back))
        else:
            columns.append(column)
    return pa.Table.from_arrays(columns, schema=clear)


def clear_list(table: str, rows: pa.Table, find: Find) -> list[dict[str, Any]]:
    """As `clear_rows`, by name, of rows without vectors: for a few, without columns between."""
    find = functools.cache(find)
    keys = rows[schema.KEY].to_pylist()
    columns: dict[str, Sequence[Any]] = {}
    for field in clear_schema(table, rows.schema):
        values = rows[field.name].to_pylist()
        is_sealed = rows[field.name].type != field.type
        columns[field.name] = _values(table, field, keys, values, find) if is_sealed else values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _opened(
    table: str, field: pa.Field, keys: Sequence[str], cells: Sequence[bytes | None], find: Find
) -> pa.Array:
    return pa.array(_values(table, field, keys, cells, find), field.type)


def _values(
    table: str, field: pa.Field, keys: Sequence[str], cells: Sequence[bytes | None], find: Find
) -> list[Any]:
    opened = [
        None if cell is None else opened_by(find, cell, _about(table, field.name, key))
        for key, cell in zip(keys, cells, strict=True)
    ]
    if field.type == pa.string():
        return [None if one is None else one.decode() for one in opened]
    return [None if one is None else json.loads(zlib.decompress(one)) for one in opened]


def _turned(column: pa.ChunkedArray, turn: Callable[[Vectors], Vectors]) -> pa.Array:
    """A column of vectors, turned; those that are not there stay away."""
    numbers = column.type.list_size
    known = np.asarray(column.is_valid())
    turned = np.zeros((len(column), numbers), np.float32)
    flat = np.concatenate([np.zeros(0, np.float32), *(_numbers(c) for c in column.chunks)])
    turned[known] = turn(flat.reshape(-1, numbers))
    return pa.FixedSizeListArray.from_arrays(
        pa.array(turned.ravel()), type=column.type, mask=pa.array(~known)
    )


def _numbers(chunk: pa.Array) -> Vectors:
    numbers: Vectors = np.asarray(chunk.drop_null().flatten())
    return numbers
