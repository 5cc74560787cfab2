"""Raw events as columns: Arrow, Parquet and CSV, read in bulk, a block of lines at a time.

- `kinds`: what a property's values have in common, and the columns that follow from it (pure);
- `values` and `texts`: the lines of a block as columns, of the layouts `wide` and `json`;
- `clock`: Mixpanel's `time` as timestamps;
- `convert`: blocks of lines to Arrow tables, and what is unusual in them;
- `tables`: Arrow schemas, tables put into a wider schema, and tables back to JSON lines;
- `files`: Parquet, CSV and Arrow files, written and read a batch at a time;
- `batches`: `client.export.batches` and single files;
- `directory`: what a directory export calls.

Needs the extra `arrow`, which is imported where it is used.
"""
