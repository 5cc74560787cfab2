"""The types of events and properties: from events, and from Lexicon's descriptions. Pure.

- `kinds`: the kinds of values, and the column each property gets;
- `observed`: the properties of a sample of events;
- `lexicon`: the properties that Lexicon describes;
- `project`: both combined, for `client.export.schema()` and for fixed columns;
- `ddl`: the table of a warehouse that holds the events.
"""
