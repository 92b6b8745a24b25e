"""Unit tests without a host: rows that the test makes."""

from collections.abc import Iterable, Sequence
from typing import Any

from wit_world.imports import types
from wit_world.imports.types import Image, Operation, TableName

from .cells import encode
from .column import Value
from .filter import Filter, Table
from .rows import MapRows, Rows

Columns = dict[str, Sequence[Value]]
"""Values by their column's name, each as long as there are rows; text as str."""


def table(name: str, columns: dict[str, types.Kind]) -> Table:
    """Returns a table: `table("shop.orders", {"id": Kind_Int(IntKind(64, False))})`."""
    schema, _, own = name.partition(".")
    named = TableName(schema, own)
    described = [types.Column(column, kind, True, False) for column, kind in columns.items()]
    return Table(1, named, named, described, [0])


def rows(
    filter: Filter,
    table: Table,
    operation: Operation,
    before: Columns | None = None,
    after: Columns | None = None,
    commit_times: Sequence[int] = (),
    server_ids: Sequence[int] = (),
    gtids: Sequence[str] = (),
) -> Rows:
    """Returns rows, with the memo that the filter keeps of the table. Each of `gtids` is a row's own transaction."""
    supply = _Made(table, {Image.BEFORE: before or {}, Image.AFTER: after or {}}, (commit_times, server_ids, gtids))
    return Rows(table, operation, supply.rows, filter.decide(table).memo, supply)


def map_rows(filter: Filter, table: Table, columns: Columns) -> MapRows:
    """Returns an image to be mapped, with the memo that the filter keeps of the table."""
    supply = _Made(table, {Image.AFTER: columns}, ((), (), ()))
    return MapRows(table, supply.rows, filter.decide(table).memo, supply)


class _Made:
    """Columns that a test gives."""

    def __init__(self, table: Table, images: dict[Image, Columns], facts: tuple[Iterable[Any], ...]):
        lengths = {len(values) for columns in images.values() for values in columns.values()}
        if len(lengths) != 1:
            raise ValueError(f"columns of {sorted(lengths)} rows; all must have the same")
        (self.rows,) = lengths
        self._facts = [list(fact) for fact in facts]
        self._cells = {
            (image, table.need(name)): encode(table.columns[table.need(name)].kind, values)
            for image, columns in images.items()
            for name, values in columns.items()
        }

    def read(self, image: Image, column: int) -> types.Cells | None:
        return self._cells.get((image, column))

    def text(self, image: Image, column: int) -> types.Cells | None:
        return self._cells.get((image, column))

    def commit_times(self) -> list[int]:
        return self._facts[0]

    def server_ids(self) -> list[int]:
        return self._facts[1]

    def transactions(self) -> list[int]:
        return list(range(len(self._facts[2])))

    def gtids(self) -> list[str]:
        return self._facts[2]
