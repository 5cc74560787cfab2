"""Raw events as columns: Arrow, Parquet and CSV, without making Python objects on the way.

- `kinds`: what a property's values have in common, and the columns that follow from it (pure);
- `convert`: blocks of lines to Arrow tables, by DuckDB's JSON functions;
- `tables`: Arrow schemas, tables put into a wider schema, and tables back to JSON lines;
- `files`: Parquet, CSV and Arrow files, written and read a batch at a time;
- `batches`: `client.export.batches` and single files;
- `directory`: what a directory export calls.

Needs the extra `arrow`, which is imported where it is used.
"""
