"""Write filters for Tidegate in Python.

A filter is a class derived from `Filter`. It is a pure function of its settings and its input: it remembers nothing
between calls, and is asked by several instances and again after a crash.

    from tidegate_sdk import DROP, KEEP, Filter, Plan

    class NoTests(Filter):
        name = "no-tests"
        version = "1.0.0"
        summary = "drops the orders of test accounts"
        settings = {
            "type": "object",
            "properties": {"prefix": {"type": "string", "description": "What the accounts of tests begin with."}},
            "required": ["prefix"],
            "additionalProperties": False,
        }

        def __init__(self, settings):
            self.prefix = settings["prefix"]

        def decide(self, table):
            account = table.index("account")
            if account is None:
                return Plan.keep()
            return Plan.per_row().needing(account)

        def rows(self, rows):
            return rows.per_image(lambda row: not (row["account"] or "").startswith(self.prefix))

The project's `pyproject.toml` names the class, and `tidegate plugin build` makes a component of it:

    [project.entry-points.tidegate]
    filter = "no_tests:NoTests"
"""

from wit_world.exports.filter import (
    Answer,
    Decision,
    Element,
    Manifest,
    Operations,
    Statement,
    Verdicts_Changes,
    Verdicts_DropAll,
    Verdicts_Images,
    Verdicts_KeepAll,
    Verdicts_Selection,
)
from wit_world.imports.types import (
    Cells,
    DecimalKind,
    Image,
    IntKind,
    Kind,
    Kind_Binary,
    Kind_Bit,
    Kind_Blob,
    Kind_Char,
    Kind_Date,
    Kind_Datetime,
    Kind_Decimal,
    Kind_Double,
    Kind_Enumeration,
    Kind_Float,
    Kind_Geometry,
    Kind_Inet4,
    Kind_Inet6,
    Kind_Int,
    Kind_Json,
    Kind_Set,
    Kind_Text,
    Kind_Time,
    Kind_Timestamp,
    Kind_Uuid,
    Kind_Varbinary,
    Kind_Varchar,
    Kind_Vector,
    Kind_Year,
    LargeKind,
    MemberKind,
    Operation,
    SpatialKind,
    Spans,
    TableName,
    TextKind,
)
from wit_world.imports.types import Column as ColumnInfo

from .cells import encode
from .column import Column
from .filter import Filter, Plan, Table
from .log import debug, error, info, warn
from .rows import DROP, KEEP, MapRows, Refuse, Row, Rows
from .temporal import Calendar
from .value import Value

__all__ = [name for name in dir() if not name.startswith("_")]
