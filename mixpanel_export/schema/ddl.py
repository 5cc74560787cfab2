"""The table that holds the events of a project in a warehouse, in the SQL of its dialect.

Its columns are those of `client.export.columns(column_names="safe")`, so that exported files can be loaded into it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from attrs import frozen

from mixpanel_export._formats import DIALECTS, Dialect
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.schema.kinds import NULLS, Columns

__all__ = ["create_table"]

# Qualified names are allowed; anything else would need quotes, or could end the statement.
_TABLE = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*){0,2}", re.ASCII)


@frozen
class _Syntax:
    """One dialect.

    Attributes:
        types: the type of a column of each kind, and of `time` and of a list of names.
        column: quotes the name of a column.
        text: quotes a text.
        inline: introduces a column's comment in its definition; empty if comments are separate statements.
        table: quotes the name of the table.
    """

    types: Mapping[str, str]
    column: Callable[[str], str]
    text: Callable[[str], str]
    inline: str = ""
    table: Callable[[str], str] = str


def _types(
    boolean: str, integer: str, double: str, text: str, json_type: str, time: str, names: str
) -> dict[str, str]:
    return {
        "boolean": boolean,
        "integer": integer,
        "long": integer,
        "double": double,
        "string": text,
        "json": json_type,
        "time": time,
        "names": names,
    }


def _single_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_SYNTAX: Mapping[Dialect, _Syntax] = {
    "bigquery": _Syntax(
        _types("BOOL", "INT64", "FLOAT64", "STRING", "JSON", "TIMESTAMP", "ARRAY<STRING>"),
        lambda name: f"`{name}`",
        lambda text: json.dumps(text, ensure_ascii=False),
        " OPTIONS (description = {})",
        lambda table: f"`{table}`",
    ),
    "duckdb": _Syntax(
        _types("BOOLEAN", "BIGINT", "DOUBLE", "VARCHAR", "JSON", "TIMESTAMPTZ", "VARCHAR[]"),
        lambda name: f'"{name}"',
        _single_quoted,
    ),
    # `json`, unlike `jsonb`, keeps the text; a CSV file has the names of nulls as JSON.
    "postgres": _Syntax(
        _types("boolean", "bigint", "double precision", "text", "json", "timestamptz", "json"),
        lambda name: f'"{name}"',
        _single_quoted,
    ),
    # Quoted in upper case, they are found without quotes in any case.
    "snowflake": _Syntax(
        _types("BOOLEAN", "NUMBER(38, 0)", "FLOAT", "VARCHAR", "VARIANT", "TIMESTAMP_TZ", "ARRAY"),
        lambda name: f'"{name.upper()}"',
        lambda text: _single_quoted(text.replace("\\", "\\\\")),
        " COMMENT {}",
    ),
}


def create_table(
    columns: Columns, descriptions: Mapping[str, str], dialect: Dialect, table: str = "events"
) -> str:
    """Return the statement that creates the table, and statements for comments where the dialect has such.

    Args:
        descriptions: the description of properties, by name.
        table: the name of the table, which may be qualified with dots.

    Raises:
        InvalidArgumentError: for an unknown dialect, or a name that would need quotes.
    """
    syntax = _SYNTAX.get(dialect)
    if syntax is None:
        raise InvalidArgumentError("dialect", dialect, f"expected one of {', '.join(DIALECTS)}")
    if not _TABLE.fullmatch(table):
        raise InvalidArgumentError(
            "table", table, "expected letters, digits and underscores, with dots between the parts"
        )
    definitions: list[str] = []
    comments: list[str] = []
    for name, kind, comment in _columns(columns, descriptions):
        definition = f"    {syntax.column(name)} {syntax.types[kind]}"
        if name == "event":
            definition += " NOT NULL"
        if comment and syntax.inline:
            definition += syntax.inline.format(syntax.text(comment))
        elif comment:
            target = f"{syntax.table(table)}.{syntax.column(name)}"
            comments.append(f"COMMENT ON COLUMN {target} IS {syntax.text(comment)};\n")
        definitions.append(definition)
    body = ",\n".join(definitions)
    return f"CREATE TABLE {syntax.table(table)} (\n{body}\n);\n{''.join(comments)}"


def _columns(columns: Columns, descriptions: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the key of its type and the comment of each column, in the order of exported tables."""
    properties = [
        (column.name, column.kind, _comment(column.name, column.property, descriptions))
        for column in columns.columns
    ]
    ids = [found for found in properties if found[0] in ("distinct_id", "insert_id")]
    yield "event", "string", "The name of the event."
    yield "time", "time", _clean(descriptions.get("time", ""))
    yield from ids
    yield NULLS, "names", "The properties that were sent as null."
    yield from (found for found in properties if found not in ids)
    yield columns.others, "json", "The properties without a column, and values that do not fit theirs."


def _comment(name: str, prop: str, descriptions: Mapping[str, str]) -> str:
    described = _clean(descriptions.get(prop, ""))
    return described if name == prop else f"{_clean(prop)}: {described}" if described else _clean(prop)


def _clean(text: str) -> str:
    """Return a text on one line, without characters that a database refuses."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
