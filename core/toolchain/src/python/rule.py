"""Drops the rows of test accounts: those whose name begins with a prefix."""

from tidegate_sdk import Answer, Filter, Plan, Rows, Table


class Rule(Filter):
    name = "{{name}}"
    version = "0.1.0"
    summary = "drops the rows of test accounts"
    settings = {
        "type": "object",
        "properties": {
            "column": {
                "description": "The column that names the account, in every table that has it.",
                "type": "string",
            },
            "prefix": {"description": "What the names of test accounts begin with.", "type": "string"},
        },
        "required": ["column", "prefix"],
        "additionalProperties": False,
    }

    def __init__(self, settings: dict):
        self.column: str = settings["column"]
        self.prefix: str = settings["prefix"]

    def decide(self, table: Table) -> Plan:
        column = table.index(self.column)
        return Plan.keep() if column is None else Plan.per_row().needing(column)

    def rows(self, rows: Rows) -> Answer:
        return rows.per_image(lambda row: not (row[self.column] or "").startswith(self.prefix))
