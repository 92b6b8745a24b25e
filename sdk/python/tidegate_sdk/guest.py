"""Between the contract and an author's filter; what `tidegate plugin build` makes a component of."""

import functools
import json
from collections.abc import Callable
from typing import Any

from componentize_py_types import Err
from wit_world.exports import filter as contract
from wit_world.imports import row_image, row_set, types

from . import log
from .filter import Filter, Plan, Table
from .rows import MapRows, Rows

TABLES_MAX = 10_000
"""More tables than this are not remembered."""


def _said(function: Callable[..., Any]) -> Callable[..., Any]:
    """Has an exception become the answer `err`: one that leaves a component is a trap without a message."""

    @functools.wraps(function)
    def wrapped(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Err:
            raise
        # `SystemExit` and its like are no `Exception`, and no less a trap.
        except BaseException as error:
            raise Err(_explained(error)) from None

    return wrapped


def _explained(error: BaseException) -> str:
    # The module `traceback` would look for the source text, and there are no files: a trap.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    return f"{type(error).__name__}: {error}{place}"


class _FromImage:
    """The image that is to be mapped."""

    def read(self, _image: types.Image, column: int) -> types.Cells | None:
        return row_image.read(column)

    def text(self, _image: types.Image, column: int) -> types.Cells | None:
        return row_image.text(column)


def export(filter_class: type[Filter]) -> type:
    """Returns the class that a component exports."""
    if not (isinstance(filter_class, type) and issubclass(filter_class, Filter)):
        raise TypeError(f"{filter_class!r} is no class derived from tidegate_sdk.Filter")
    missing = [name for name in ("name", "version", "summary") if not hasattr(filter_class, name)]
    if missing:
        raise TypeError(f"{filter_class.__name__} has no {', '.join(f'`{name}`' for name in missing)}")
    manifest = contract.Manifest(
        filter_class.name,
        filter_class.version,
        filter_class.summary,
        json.dumps(filter_class.settings),
        list(filter_class.tables),
        filter_class.operations,
        list(filter_class.columns),
    )
    running = Running(filter_class)

    class Exported:
        def describe(self) -> contract.Manifest:
            return manifest

    for name in ("configure", "routes", "decide", "rows", "map_columns", "judge"):
        method = _said(getattr(running, name))
        setattr(Exported, name, staticmethod(method))
    return Exported


class Running:
    """A filter with its settings, and what it made of the tables that it met."""

    def __init__(self, filter_class: type[Filter]):
        self._class = filter_class
        self._filter: Filter | None = None
        self._met: dict[int, tuple[Table, Any]] = {}

    def configure(self, settings: str) -> None:
        log._hosted = True
        self._filter = self._class(json.loads(settings))

    def routes(self, source: types.TableName, current: types.TableName) -> list[types.TableName] | None:
        routes = self._made().routes(source, current)
        return None if routes is None else [_checked("routes", name, types.TableName) for name in routes]

    def decide(self, table: types.Table) -> contract.Plan:
        return self._plan(_table(table)).to_contract()

    def rows(self, header: types.Header) -> contract.Answer:
        table, memo = self._at_hand(header.table_id)
        answer = self._made().rows(Rows(table, header.operation, header.rows, memo, row_set))
        return _checked("rows", answer, contract.Answer)

    def map_columns(self, header: types.Header) -> list[types.Cells | None]:
        table, memo = self._at_hand(header.table_id)
        mapped = self._made().map_columns(MapRows(table, header.rows, memo, _FromImage()))
        return [_checked("map_columns", cells, types.Cells | None) for cells in mapped]

    def judge(self, statement: contract.Statement) -> contract.StatementAnswer:
        answer = self._made().judge(statement)
        if isinstance(answer, str):
            return contract.StatementAnswer_Rewritten(answer)
        return contract.StatementAnswer_Elements([_checked("judge", passes, bool) for passes in answer])

    def _made(self) -> Filter:
        if self._filter is None:
            raise RuntimeError("`configure` was not called")
        return self._filter

    def _plan(self, table: Table) -> Plan:
        return _checked("decide", self._made().decide(table), Plan)

    def _at_hand(self, table_id: int) -> tuple[Table, Any]:
        """Returns what the filter made of the table at hand; a new instance has met none yet."""
        met = self._met.get(table_id)
        if met is None:
            table = _table(row_set.describe())
            met = (table, self._plan(table).memo)
            if len(self._met) >= TABLES_MAX:
                self._met.clear()
            self._met[table_id] = met
        return met


def _table(table: types.Table) -> Table:
    return Table(table.id, table.source, table.current, table.columns, table.primary_key)


def _checked(function: str, answer: Any, wanted: Any) -> Any:
    if not isinstance(answer, wanted):
        name = getattr(wanted, "__name__", str(wanted))
        raise TypeError(f"`{function}` answered with {type(answer).__name__}; {name} is wanted")
    return answer
