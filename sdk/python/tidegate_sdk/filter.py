"""What an author writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from wit_world.exports import filter as contract
from wit_world.exports.filter import Decision, Operations
from wit_world.imports import types
from wit_world.imports.types import TableName

if TYPE_CHECKING:
    from .rows import MapRows, Rows

EVERYTHING = Operations.INSERT | Operations.UPDATE | Operations.DELETE | Operations.SCHEMA_CHANGE


@dataclass
class Table(types.Table):
    """A table as the filter sees it: `source` and `current` name, `columns`, `primary_key`."""

    def index(self, name: str) -> int | None:
        """Returns the index of the column called `name`; MySQL compares names without regard to case."""
        wanted = name.lower()
        return next((index for index, column in enumerate(self.columns) if column.name.lower() == wanted), None)

    def need(self, name: str) -> int:
        """As `index`, of a column that must be there."""
        index = self.index(name)
        if index is None:
            raise LookupError(f"no column `{name}` in {self.source.schema}.{self.source.table}")
        return index


@dataclass
class Plan:
    """What is decided for all rows of a table."""

    insert: Decision
    update: Decision
    delete: Decision
    columns: list[contract.OutputColumn] | None = None
    """The columns behind the filter; None: unchanged."""
    needs: list[int] = field(default_factory=list)
    """The columns that `rows` and `map_columns` read, as indexes."""
    facts: bool = False
    """Whether `rows` asks for commit times, server ids, transactions or GTIDs."""
    reasons: list[str] = field(default_factory=list)
    memo: Any = None

    @classmethod
    def keep(cls) -> Self:
        """Returns the plan that lets everything pass."""
        return cls(Decision.KEEP, Decision.KEEP, Decision.KEEP)

    @classmethod
    def drop(cls) -> Self:
        """Returns the plan that lets nothing pass."""
        return cls(Decision.DROP, Decision.DROP, Decision.DROP)

    @classmethod
    def per_row(cls) -> Self:
        """Returns the plan that asks `rows`."""
        return cls(Decision.PER_ROW, Decision.PER_ROW, Decision.PER_ROW)

    def needing(self, *columns: int) -> Self:
        """Says which columns are read, by index."""
        self.needs.extend(columns)
        return self

    def mapping(self, table: Table, mapped: Iterable[int], kinds: dict[int, types.Kind] | None = None) -> Self:
        """Says which columns of `table` are mapped in place, by index: the first is `map_columns`' first, and so on.

        `kinds` gives the new kinds of those that get one. They are needed, too.
        """
        entries = {column: entry for entry, column in enumerate(mapped)}
        self.columns = []
        for index, column in enumerate(table.columns):
            entry = entries.get(index)
            produced = contract.Produced_Input(index) if entry is None else contract.Produced_Mapped(entry)
            kind = (kinds or {}).get(index, column.kind)
            column = types.Column(column.name, kind, column.nullable, column.generated)
            self.columns.append(contract.OutputColumn(column, produced))
        return self.needing(*entries)

    def adding(self, table: Table, *columns: types.Column) -> Self:
        """Says that the filter adds columns behind the others; they are `map_columns`' next entries."""
        if self.columns is None:
            self.mapping(table, [])
        mapped = sum(isinstance(column.produced, contract.Produced_Mapped) for column in self.columns)
        for entry, column in enumerate(columns, mapped):
            self.columns.append(contract.OutputColumn(column, contract.Produced_Mapped(entry)))
        return self

    def removing(self, table: Table, *removed: int) -> Self:
        """Says that columns of `table`, by index, are not there behind the filter."""
        if self.columns is None:
            self.mapping(table, [])
        gone = [contract.Produced_Input(column) for column in removed]
        self.columns = [column for column in self.columns if column.produced not in gone]
        return self

    def wanting_facts(self) -> Self:
        """Says that `rows` asks for commit times, server ids, transactions or GTIDs."""
        self.facts = True
        return self

    def because(self, reason: str) -> Self:
        """Says why, for `tidegate explain`."""
        self.reasons.append(reason)
        return self

    def remembering(self, memo: Any) -> Self:
        """Keeps what `rows` and `map_columns` get again as `rows.memo`: indexes of columns, prepared patterns."""
        self.memo = memo
        return self

    def to_contract(self) -> contract.Plan:
        """Returns the plan as the host gets it."""
        decisions = (self.insert, self.update, self.delete)
        return contract.Plan(*decisions, self.columns, self.needs, self.facts, self.reasons)


class Filter:
    """A filter: a pure function of its settings and its input."""

    name: ClassVar[str]
    """What it is called in messages."""
    version: ClassVar[str]
    """Its own version."""
    summary: ClassVar[str]
    """What it does, in a sentence."""
    settings: ClassVar[dict[str, Any]] = {"type": "object", "additionalProperties": False}
    """The JSON Schema (draft 2020-12) of what stands under `config` in the pipeline file. The host holds it against that
    before the filter is made."""
    tables: ClassVar[list[str]] = []
    """The source tables that it wants to see, as `schema.table` with `*` and `?`; empty: all."""
    columns: ClassVar[list[str]] = []
    """The columns that each such table must have, by name."""
    operations: ClassVar[Operations] = EVERYTHING
    """What it wants to see; the rest passes by unchanged."""

    def __init__(self, settings: Any):
        """Makes a filter of its settings. An exception says what is wrong with them."""

    def routes(self, source: TableName, current: TableName) -> list[TableName] | None:
        """Returns every name that rows of a table, and its statements, may get; asked by name alone, for schemas (with an
        empty `table`) too. None: nothing of the table passes, which may depend on `source` only. Empty: it keeps its name.
        """
        return []

    def decide(self, table: Table) -> Plan:
        """Decides what is decided for all rows of a table."""
        raise NotImplementedError(f"{type(self).__name__} has no `decide`")

    def rows(self, rows: "Rows") -> contract.Answer:
        """Gives the verdicts for rows of an operation for which the plan says `Decision.PER_ROW`."""
        raise NotImplementedError(f"{type(self).__name__} has no `rows`, and a plan of it asks per row")

    def map_columns(self, rows: "MapRows") -> list[types.Cells | None]:
        """Returns the columns that the plan calls mapped, by index, for one image of rows; an entry is None if the image
        lacks what it is made of."""
        raise NotImplementedError(f"{type(self).__name__} has no `map_columns`, and a plan of it maps columns")

    def judge(self, statement: contract.Statement) -> list[bool] | str:
        """Judges a schema change: whether each element passes, an empty list for all of them; or the statement's new text,
        whose names are the source's and stand in the first one.

        An exception stops the pipeline at the statement's position.
        """
        return []
