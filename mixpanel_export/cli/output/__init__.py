"""Output of a command: tables, charts and summaries."""
