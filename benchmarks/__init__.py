"""Measure exports against other ways to get the same events: `python -m benchmarks.run`."""
