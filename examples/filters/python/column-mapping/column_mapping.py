"""Adds prefixes, suffixes and partition ids to a column of the tables that a rule matches, as TiDB DM's column mapping
does. A table has one rule: that with a table pattern, else that of its schema.
"""

import re
from dataclasses import dataclass

from tidegate_sdk import (
    Cells,
    Filter,
    IntKind,
    Kind,
    Kind_Char,
    Kind_Int,
    Kind_Text,
    Kind_Varchar,
    MapRows,
    Plan,
    Statement,
    Table,
    TableName,
    Value,
)

from pattern import Pattern

TEXTS = (Kind_Char, Kind_Varchar, Kind_Text)
INTEGER = re.compile("[+-]?[0-9]+")
ID_BITS = 44
BIGINT = Kind_Int(IntKind(64, False))


@dataclass
class Rule:
    """A rule, and the name by which messages call it."""

    number: int
    schema: Pattern
    table: Pattern | None
    column: str
    expression: str
    arguments: list[str]

    def matches(self, name: TableName) -> bool:
        return self.schema.matches(name.schema) and (self.table is None or self.table.matches(name.table))

    def refuse(self, message: str) -> ValueError:
        return ValueError(f"column mapping {self.number} {message}")


class ColumnMapping(Filter):
    name = "column-mapping"
    version = "0.1.0"
    summary = "adds prefixes, suffixes and partition ids to columns"
    settings = {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "properties": {
                "schema-pattern": {"type": "string", "description": "The schemas: a name with `*` at its end, `?` and `[a-z]`."},
                "table-pattern": {"type": "string", "description": "The tables; without it those that have no rule of their own."},
                "target-column": {"type": "string", "description": "The column that is changed."},
                "expression": {"enum": ["add prefix", "add suffix", "partition id"], "description": "What is done to it."},
                "arguments": {
                    "type": "array",
                    "items": {"type": "string"},
                    "minItems": 1,
                    "maxItems": 4,
                    "description": "For a prefix or suffix, the text; for a partition id, the instance's number, the prefix of "
                    "the schema, the prefix of the table and, if wanted, the separator between a prefix and a number. An "
                    "empty one leaves its field out.",
                },
            },
            "required": ["schema-pattern", "target-column", "expression", "arguments"],
            "additionalProperties": False,
        },
    }

    def __init__(self, settings: list[dict]):
        self.rules = [rule(number, given) for number, given in enumerate(settings)]

    def decide(self, table: Table) -> Plan:
        found = self.rule_of(table.source)
        if found is None:
            return Plan.keep().because("no mapping matches")
        index = table.index(found.column)
        if index is None:
            raise found.refuse(f"wants the column `{found.column}`, which is not there")
        kind = table.columns[index].kind
        kinds = {index: BIGINT} if isinstance(kind, Kind_Int) else {}
        plan = Plan.keep().mapping(table, [index], kinds).remembering((index, found, change(found, kind, table.source)))
        return plan.because(f"mapping {found.number} changes `{table.columns[index].name}`")

    def map_columns(self, rows: MapRows) -> list[Cells | None]:
        index, found, mapped = rows.memo
        is_text = isinstance(rows.table.columns[index].kind, TEXTS)
        column = rows.text(index) if is_text else rows.column(index)
        if column is None:
            return [None]
        if any(map(column.is_null, range(len(column)))):
            raise found.refuse("cannot map a NULL: exclude the table from it")
        column.kind = column.kind if is_text else BIGINT
        return [column.map(mapped)]

    def judge(self, statement: Statement) -> list[bool]:
        for element in statement.elements:
            for name in filter(None, [element.source, element.renamed_to]):
                found = self.rule_of(name)
                if found is not None:
                    raise found.refuse(
                        f"is about {name.schema}.{name.table}, which `{element.event}` changes: make the change at the target "
                        "by hand, and ignore this event with a binlog-event rule before this filter"
                    )
        return []

    def rule_of(self, name: TableName) -> Rule | None:
        """Returns the rule of a table, or of a schema."""
        matching = [rule for rule in self.rules if rule.matches(name)]
        own = [rule for rule in matching if rule.table is not None and name.table]
        found = own or [rule for rule in matching if rule.table is None]
        if len(found) > 1:
            numbers = " and ".join(str(rule.number) for rule in found)
            raise ValueError(f"column mappings {numbers} all match {name.schema}.{name.table}; a table has one")
        return found[0] if found else None


def rule(number: int, given: dict) -> Rule:
    pattern = given.get("table-pattern")
    made = Rule(
        number,
        Pattern(given["schema-pattern"]),
        Pattern(pattern) if pattern else None,
        given["target-column"],
        given["expression"],
        given["arguments"],
    )
    if made.expression != "partition id":
        if len(made.arguments) != 1:
            raise made.refuse(f"takes one argument for `{made.expression}`: the text")
    elif len(made.arguments) < 3:
        raise made.refuse("takes three or four arguments: instance, prefix of the schema, prefix of the table, separator")
    elif made.arguments[0] and not (re.fullmatch("[0-9]+", made.arguments[0]) and int(made.arguments[0]) < 16):
        raise made.refuse("takes an instance of 0 to 15")
    return made


def change(rule: Rule, kind: Kind, name: TableName):
    """Returns the function that changes a value."""
    if rule.expression != "partition id":
        if not isinstance(kind, TEXTS):
            raise rule.refuse(f"wants a text column; `{rule.column}` is none")
        (text,) = rule.arguments
        return (lambda value: text + value) if rule.expression == "add prefix" else (lambda value: value + text)
    bits = partition(rule, name)

    def packed(value: Value) -> Value:
        if isinstance(value, str) and not INTEGER.fullmatch(value):
            raise rule.refuse("found a text that is not an integer")
        number = int(value)
        if not 0 <= number < 1 << ID_BITS:
            raise rule.refuse(f"found an id outside of 0 to {(1 << ID_BITS) - 1}")
        return str(number | bits) if isinstance(value, str) else number | bits

    if isinstance(kind, (Kind_Int, *TEXTS)):
        return packed
    raise rule.refuse(f"wants an integer or text column; `{rule.column}` is neither")


def partition(rule: Rule, name: TableName) -> int:
    """Returns the bits above the id: 4 of the instance, 7 of the schema, 8 of the table, from high to low behind the sign. A
    field that is left out moves the next ones up."""
    instance, schema, table, separator = [*rule.arguments, ""][:4]
    shift = 63
    bits = 0
    if instance:
        shift -= 4
        bits |= int(instance) << shift
    for own, prefix, size in [(name.schema, schema, 7), (name.table, table, 8)]:
        if prefix:
            shift -= size
            bits |= number(rule, own.lower(), prefix, separator, 1 << size) << shift
    return bits


def number(rule: Rule, name: str, prefix: str, separator: str, end: int) -> int:
    """Returns the number behind `prefix` and `separator`, 0 if the name is the prefix."""
    if name == prefix:
        return 0
    digits = name.removeprefix(prefix + separator)
    if not (name.startswith(prefix + separator) and re.fullmatch("[0-9]+", digits) and int(digits) < end):
        raise rule.refuse(f"finds in `{name}` no `{prefix}{separator}` with a number below {end} behind it")
    return int(digits)
