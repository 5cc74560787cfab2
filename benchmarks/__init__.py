"""How fast an export is, measured beside other ways to get the same events: `python -m benchmarks.run`."""
