"""A column's values, read."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import overload

from wit_world.imports import types

from .cells import encode
from .numbers import from_words, to_decimal
from .temporal import Calendar
from .value import CALENDARS, Value


class Column(Sequence[Value]):
    """A column's values in one image of the rows at hand: whole (`cells`), and row by row, as a sequence."""

    def __init__(self, kind: types.Kind, cells: types.Cells, rows: int):
        self.kind = kind
        self.cells = cells
        self._rows = rows
        self._read = _reader(kind, cells.values)

    def __len__(self) -> int:
        return self._rows

    @overload
    def __getitem__(self, row: int) -> Value: ...
    @overload
    def __getitem__(self, row: slice) -> list[Value]: ...
    def __getitem__(self, row):
        if isinstance(row, slice):
            return [self[index] for index in range(*row.indices(self._rows))]
        if row < 0:
            row += self._rows
        if not 0 <= row < self._rows:
            raise IndexError(f"row {row} of {self._rows}")
        return None if self.is_null(row) else self._read(row)

    def __iter__(self) -> Iterator[Value]:
        read = self._read
        if not self.cells.validity:
            return map(read, range(self._rows))
        return (None if self.is_null(row) else read(row) for row in range(self._rows))

    def is_null(self, row: int) -> bool:
        """Tells whether a row is NULL."""
        validity = self.cells.validity
        return bool(validity) and not validity[row >> 3] >> (row & 7) & 1

    def map(self, change: Callable[[Value], Value]) -> types.Cells:
        """Returns the column with every value changed that is not NULL, to hand it back."""
        return encode(self.kind, (None if value is None else change(value) for value in self))


def _reader(kind: types.Kind, values: types.Values) -> Callable[[int], Value]:
    """Returns the function that reads a row which is not NULL."""
    match values:
        case types.Values_Utf8(types.Spans(offsets, data)):
            return _texts(offsets, data)
        case types.Values_Spans(types.Spans(offsets, data)):
            return lambda row: data[offsets[row] : offsets[row + 1]]
        case types.Values_S256s(words):
            scale = kind.value.scale
            return lambda row: to_decimal(from_words(words[4 * row : 4 * row + 4]), scale)
    numbers = values.value
    if isinstance(kind, CALENDARS):
        return lambda row: Calendar.unpack(numbers[row])
    if isinstance(kind, types.Kind_Time):
        return lambda row: datetime.timedelta(microseconds=numbers[row])
    if isinstance(kind, types.Kind_Decimal):
        scale = kind.value.scale
        return lambda row: to_decimal(numbers[row], scale)
    return numbers.__getitem__


def _texts(offsets: list[int], data: bytes) -> Callable[[int], str]:
    if data.isascii():
        # Offsets of bytes are those of characters: the whole column is decoded at once.
        text = data.decode("ascii")
        return lambda row: text[offsets[row] : offsets[row + 1]]
    return lambda row: data[offsets[row] : offsets[row + 1]].decode()
