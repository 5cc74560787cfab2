"""The tables for warehouses: what they have, and that DuckDB takes them and an export with fixed columns."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from mixpanel_export import Event, InvalidArgumentError, MixpanelClient, ProjectSchema
from mixpanel_export._formats import DIALECTS
from mixpanel_export.schema.kinds import is_safe
from mixpanel_export.schema.lexicon import DescribedEvent, DescribedProperty
from mixpanel_export.schema.observed import observe
from mixpanel_export.schema.project import columns_of
from tests.codegen.odd_events import odd_project

PROPERTIES = {
    "time": 1,
    "$os": "x",
    "select": 1.5,
    "big": 2**60,
    "ok": True,
    "any": [1],
    "none": None,
    "Ok": "y",
}


def project(**descriptions: str) -> ProjectSchema:
    seen = observe([[Event(name="E", properties=PROPERTIES)]])
    described = {
        name: DescribedProperty(kind="string", description=text) for name, text in descriptions.items()
    }
    return ProjectSchema(seen, {"E": DescribedEvent(None, None, described)} if described else {})


def test_columns_have_the_types_of_the_dialect() -> None:
    lines = [
        "time",
        *("distinct_id", "insert_id", "null_properties", "os", "Ok", "any", "big", "none", "ok_2", "select"),
        "overflow",
    ]
    for dialect, types in {
        "postgres": [
            "timestamptz",
            "text",
            "text",
            "json",
            "text",
            "text",
            "json",
            "bigint",
            "json",
            "boolean",
        ],
        "bigquery": [
            "TIMESTAMP",
            "STRING",
            "STRING",
            "ARRAY<STRING>",
            "STRING",
            "STRING",
            "JSON",
            "INT64",
            "JSON",
        ],
    }.items():
        sql = project().to_sql(dialect)  # type: ignore[arg-type]
        found = [line.split('"' if dialect == "postgres" else "`", 2)[1:] for line in sql.splitlines()[2:]]
        names = [parts[0] for parts in found if parts][: len(lines)]
        assert names == lines
        for (_, rest), expected in zip(found, types, strict=False):
            assert rest.strip().startswith(expected)


def test_descriptions_become_comments() -> None:
    text = 'It\'s "odd" \\ \u2028 here\n'
    for dialect, expected in (
        ("postgres", """COMMENT ON COLUMN a.b."os" IS '$os: It''s "odd" \\ here';"""),
        ("duckdb", """COMMENT ON COLUMN a.b."os" IS '$os: It''s "odd" \\ here';"""),
        ("bigquery", """`os` STRING OPTIONS (description = "$os: It's \\"odd\\" \\\\ here"),"""),
        ("snowflake", """"OS" VARCHAR COMMENT '$os: It''s "odd" \\\\ here',"""),
    ):
        assert expected in project(**{"$os": text}).to_sql(dialect, table="a.b")  # type: ignore[arg-type]


def test_wrong_dialects_and_tables_are_refused() -> None:
    for arguments in (
        {"dialect": "oracle"},
        *({"dialect": "duckdb", "table": name} for name in ("", "a b", "a;b", "1a")),
    ):
        with pytest.raises(InvalidArgumentError, match=r"dialect|table"):
            project().to_sql(**arguments)  # type: ignore[arg-type]


def test_duckdb_creates_a_table_for_odd_events() -> None:
    schema, _ = odd_project(3)
    with duckdb.connect() as database:
        database.execute(schema.to_sql("duckdb"))
    for dialect in DIALECTS:
        lines = schema.to_sql(dialect).splitlines()
        names = [line.split()[0].strip('"`').casefold() for line in lines[1 : lines.index(");")]]
        assert len({*names}) == len(names)


def test_no_column_has_a_name_that_a_warehouse_reserves() -> None:
    system = {"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", "CTID"}
    system |= {"constraint", "Current_Date", "current_time", "localtimestamp"}
    hidden = {"_PARTITIONTIME", "_table_suffix", "_FILE_NAME", "_ROW_TIMESTAMP", "__root__x"}
    hidden |= {"_COLIDENTIFIER", "$_PARTITIONDATE", " partition"}
    usual = {"PARTITION", "table_", "ctid2", "my_oid", "current_dates", "_partly"}
    properties = dict.fromkeys(sorted(system | hidden | usual), 1)
    found = ProjectSchema(observe([[Event(name="E", properties=properties)]]), {})
    named = {column.property: column.name for column in columns_of(found, "safe").columns}
    for name in system:
        assert named[name].startswith("p_"), name
    for name in hidden:
        assert named[name].startswith("p__"), name
    assert {named[name] for name in usual} == usual
    assert len({name.casefold() for name in named.values()}) == len(named)
    assert all(map(is_safe, named.values()))
    assert not any(map(is_safe, ["ctid", "_PARTITIONTIME", "1a", "a b", ""]))


@pytest.mark.slow
def test_an_export_with_fixed_columns_fits_the_table(shop: MixpanelClient) -> None:
    days = ("2024-01-01", "2024-01-02")
    columns = shop.export.columns(*days, column_names="safe")
    exported: Any = shop.export.batches(*days, columns=columns).to_arrow()
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute(shop.export.schema(*days).to_sql("duckdb"))
        names = [row[0] for row in database.execute("DESCRIBE events").fetchall()]
        assert names == exported.column_names
        database.execute("INSERT INTO events SELECT * FROM exported")
        assert database.execute("SELECT count(*) FROM events").fetchone() == (exported.num_rows,)
