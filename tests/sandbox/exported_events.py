"""The raw export as a DuckDB table, for computing reports a second time, in SQL.

Uses nothing of the package except the bytes of the export.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

__all__ = ["load"]


def load(exported: bytes, folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a database with the table `events`: deduplicated, with `name`, `id`, `time` and `properties`."""
    lines = folder / "events.jsonl"
    lines.write_bytes(exported)
    connection = duckdb.connect()
    connection.execute(
        """
        create table events as
        select event as name, properties->>'$.distinct_id' as id,
               cast(properties->>'$.time' as bigint) as time, properties
        from read_json(?, format = 'newline_delimited', columns = {event: 'varchar', properties: 'json'})
        qualify row_number() over (
            partition by name, id, time, properties->>'$."$insert_id"'
            order by cast(properties->>'$.mp_processing_time_ms' as bigint) desc) = 1
        """,
        [str(lines)],
    )
    return connection
