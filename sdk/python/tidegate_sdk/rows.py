"""Rows at hand."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from wit_world.exports.filter import Answer, Verdicts_Changes, Verdicts_Images, Verdicts_Selection
from wit_world.imports import types
from wit_world.imports.types import Image, Operation

from .column import Column, Value
from .filter import Table

DROP = 0xFFFF_FFFF
"""The verdict that drops a row or an image."""
KEEP = 0
"""The verdict that lets a row or an image pass to the first route. The route with index *n* is *n*."""
ROUTES_END = 0x8000_0000

TEXTS = (types.Kind_Char, types.Kind_Varchar, types.Kind_Text, types.Kind_Json)


@dataclass(frozen=True)
class Refuse:
    """The verdict that refuses a row, for a reason."""

    reason: str


Verdict = bool | int | Refuse
"""True: it passes to the first route. False: it is dropped. A number: KEEP, DROP, or the index of a route. Refuse."""


class Supply(Protocol):
    """Where values come from: the host, or a test."""

    def read(self, image: Image, column: int) -> types.Cells | None: ...
    def text(self, image: Image, column: int) -> types.Cells | None: ...
    def commit_times(self) -> list[int]: ...
    def server_ids(self) -> list[int]: ...
    def transactions(self) -> list[int]: ...
    def gtids(self) -> list[str]: ...


class _Columns:
    """The columns of one image, as far as somebody asked for them."""

    def __init__(self, table: Table, supply: Supply, image: Image, rows: int):
        self._table = table
        self._supply = supply
        self._image = image
        self._rows = rows
        self._by_name: dict[str, Column | None] = {}

    def read(self, column: int) -> Column | None:
        return self._made(column, self._supply.read(self._image, column))

    def text(self, column: int) -> Column | None:
        return self._made(column, self._supply.text(self._image, column))

    def _made(self, column: int, cells: types.Cells | None) -> Column | None:
        return None if cells is None else Column(self._table.columns[column].kind, cells, self._rows)

    def named(self, name: str) -> Column | None:
        if name not in self._by_name:
            column = self._table.need(name)
            is_text = isinstance(self._table.columns[column].kind, TEXTS)
            self._by_name[name] = self.text(column) if is_text else self.read(column)
        return self._by_name[name]


class Row:
    """One row of an image: values by their columns' names. Text and JSON are str; of the rest, see `Value`.

    The plan must say that the column is needed.
    """

    def __init__(self, columns: _Columns, index: int):
        self._columns = columns
        self._index = index

    def __getitem__(self, name: str) -> Value:
        column = self._columns.named(name)
        if column is None:
            raise LookupError(f"column `{name}` is not in this image of the rows")
        return column[self._index]

    def __contains__(self, name: str) -> bool:
        """Tells whether the image has the column."""
        return self._columns.named(name) is not None


class Rows:
    """Rows of one table and one operation."""

    def __init__(self, table: Table, operation: Operation, rows: int, memo: Any, supply: Supply):
        self.table = table
        self.operation = operation
        self.memo = memo
        """What the plan remembers of the table."""
        self._rows = rows
        self._supply = supply
        self._images = {image: _Columns(table, supply, image, rows) for image in self.images}

    def __len__(self) -> int:
        return self._rows

    @property
    def images(self) -> tuple[Image, ...]:
        """The images that the rows have."""
        match self.operation:
            case Operation.INSERT:
                return (Image.AFTER,)
            case Operation.DELETE:
                return (Image.BEFORE,)
        return (Image.BEFORE, Image.AFTER)

    def column(self, image: Image, column: int) -> Column:
        """Returns a column's values, without loss. The plan must say that it is needed."""
        return self._there(column, self._columns(image).read(column))

    def text(self, image: Image, column: int) -> Column:
        """Returns a column's values as text; raises an error if its character set is not known."""
        return self._there(column, self._columns(image).text(column))

    def _columns(self, image: Image) -> _Columns:
        if image not in self._images:
            raise LookupError(f"rows of the operation {self.operation.name} have no image {image.name}")
        return self._images[image]

    def _there(self, column: int, found: Column | None) -> Column:
        if found is None:
            raise LookupError(f"column {column} is not in this image of the rows")
        return found

    def commit_times(self) -> list[int]:
        """Returns when the source committed each row, in microseconds since 1970 UTC. The plan must want facts."""
        return self._supply.commit_times()

    def server_ids(self) -> list[int]:
        """Returns the id of the server on which each row was first committed. The plan must want facts."""
        return self._supply.server_ids()

    def transactions(self) -> list[int]:
        """Returns each row's transaction, as an index into `gtids`. The plan must want facts."""
        return self._supply.transactions()

    def gtids(self) -> list[str]:
        """Returns the transactions' GTIDs; empty where there is none. The plan must want facts."""
        return self._supply.gtids()

    def verdicts(self, judge: Callable[[Image], Iterable[Verdict]]) -> Answer:
        """Answers with one verdict for each image of each row: `judge` is asked for each image and gives one for each row.

        Of an update whose before image passes and whose after image does not, a DELETE is left, and so on.
        """
        reasons: list[str] = []
        if self.operation is not Operation.UPDATE:
            return Answer(_changes(self._all(judge(self.images[0])), reasons), reasons)
        before, after = (_numbers(self._all(judge(image)), reasons) for image in self.images)
        return Answer(Verdicts_Images((before, after)), reasons)

    def per_image(self, judge: Callable[[Row], Verdict]) -> Answer:
        """Answers with one verdict for each image of each row, row by row."""
        return self.verdicts(lambda image: map(judge, self._each(image)))

    def per_change(self, judge: Callable[[Row | None, Row | None], Verdict]) -> Answer:
        """Answers with one verdict for each change: `judge` gets the images before and after it, None where there is none."""
        images = (Image.BEFORE, Image.AFTER)
        nothing = [None] * self._rows
        before, after = (self._each(image) if image in self._images else nothing for image in images)
        reasons: list[str] = []
        return Answer(_changes(self._all(map(judge, before, after)), reasons), reasons)

    def _each(self, image: Image) -> Iterator[Row]:
        columns = self._images[image]
        return (Row(columns, index) for index in range(self._rows))

    def _all(self, verdicts: Iterable[Verdict]) -> list[Verdict]:
        verdicts = list(verdicts)
        if len(verdicts) != self._rows:
            raise ValueError(f"{len(verdicts)} verdicts for {self._rows} rows")
        return verdicts


class MapRows:
    """One image of rows, to be mapped: before and after images alike."""

    def __init__(self, table: Table, rows: int, memo: Any, supply: Supply):
        self.table = table
        self.memo = memo
        """What the plan remembers of the table."""
        self._rows = rows
        self._columns = _Columns(table, supply, Image.AFTER, rows)

    def __len__(self) -> int:
        return self._rows

    def __iter__(self) -> Iterator[Row]:
        return (Row(self._columns, index) for index in range(self._rows))

    def column(self, column: int) -> Column | None:
        """Returns a column's values, without loss; None if the image does not have it."""
        return self._columns.read(column)

    def text(self, column: int) -> Column | None:
        """Returns a column's values as text; None if the image does not have it."""
        return self._columns.text(column)


def _changes(verdicts: list[Verdict], reasons: list[str]) -> Verdicts_Selection | Verdicts_Changes:
    if set(map(type, verdicts)) == {bool}:
        return Verdicts_Selection(_bits(verdicts))
    return Verdicts_Changes(_numbers(verdicts, reasons))


def _bits(passes: list[bool]) -> bytes:
    # The binary number whose digits they are, the first row's last.
    digits = "".join("1" if passed else "0" for passed in reversed(passes))
    return int(digits, 2).to_bytes((len(passes) + 7) // 8, "little")


def _numbers(verdicts: list[Verdict], reasons: list[str]) -> list[int]:
    numbers = []
    known: dict[str, int] = {reason: index for index, reason in enumerate(reasons)}
    for verdict in verdicts:
        if verdict is True:
            numbers.append(KEEP)
        elif verdict is False:
            numbers.append(DROP)
        elif isinstance(verdict, Refuse):
            if verdict.reason not in known:
                known[verdict.reason] = len(reasons)
                reasons.append(verdict.reason)
            numbers.append(ROUTES_END | known[verdict.reason])
        elif isinstance(verdict, int) and (0 <= verdict < ROUTES_END or verdict == DROP):
            numbers.append(verdict)
        else:
            raise TypeError(f"a verdict of the type {type(verdict).__name__} that is none of True, False, KEEP, DROP, a route's index and Refuse")
    return numbers
