"""Convert raw events to columns: Arrow tables, and Parquet, CSV and Arrow files.

Lines are converted in bulk, one block at a time, to the columns that `schema.kinds` chooses:

- `schemas`: Arrow schemas, and the metadata that maps a column back to its property;
- `wide`: read a block of usual lines by the types of its columns; `infer` reads any other events;
- `json_layout`: the layout `json`, which keeps the properties as text;
- `timestamps`: Mixpanel's `time` as Arrow timestamps;
- `convert`: blocks of lines to tables; `tables`: tables to a wider schema, and back to events;
- `profiles`: profiles to Parquet and CSV files;
- `writers`: Parquet, CSV and Arrow files; `slices`: a complete slice to one such file.

`export.batches` and `directory.columnar` build on it. Needs the extra `arrow`: importing anything of this package
without it raises MissingExtraError, so other packages import pyarrow only by way of this one.
"""

import importlib

from mixpanel_export._extras import needs_extra

with needs_extra("Exporting to columns", "arrow"):
    importlib.import_module("pyarrow")
