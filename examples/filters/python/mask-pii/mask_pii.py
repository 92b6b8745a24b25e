"""Masks personal data: of each text in the named columns only the first and the last character stay."""

from tidegate_sdk import Cells, Filter, MapRows, Plan, Table


class MaskPii(Filter):
    name = "mask-pii"
    version = "0.1.0"
    summary = "masks texts in columns, but for the first and the last character"
    settings = {
        "type": "object",
        "properties": {
            "columns": {
                "description": "The columns to mask, by name, in every table that has them.",
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
            },
        },
        "required": ["columns"],
        "additionalProperties": False,
    }

    def __init__(self, settings: dict):
        self.masked: list[str] = settings["columns"]

    def decide(self, table: Table) -> Plan:
        found = [table.index(name) for name in self.masked]
        masked = [index for index in found if index is not None]
        if not masked:
            return Plan.keep()
        return Plan.keep().mapping(table, masked).because("columns are masked").remembering(masked)

    def map_columns(self, rows: MapRows) -> list[Cells | None]:
        columns = [rows.text(index) for index in rows.memo]
        return [None if column is None else column.map(mask) for column in columns]


def mask(text: str) -> str:
    return text if len(text) < 2 else text[0] + "*" * (len(text) - 2) + text[-1]
