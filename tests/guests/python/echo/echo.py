"""Maps every column to itself, for tests: value by value, or as it crossed."""

from tidegate_sdk import Cells, Filter, MapRows, Plan, Table, encode


class Echo(Filter):
    name = "echo"
    version = "0.1.0"
    summary = "maps every column to itself"
    settings = {
        "type": "object",
        "properties": {"through": {"enum": ["rows", "columns"]}},
        "required": ["through"],
        "additionalProperties": False,
    }

    def __init__(self, settings: dict):
        self.by_rows = settings["through"] == "rows"

    def decide(self, table: Table) -> Plan:
        return Plan.keep().mapping(table, range(len(table.columns)))

    def map_columns(self, rows: MapRows) -> list[Cells | None]:
        columns = map(rows.column, range(len(rows.table.columns)))
        if self.by_rows:
            return [None if column is None else encode(column.kind, list(column)) for column in columns]
        return [None if column is None else column.cells for column in columns]
