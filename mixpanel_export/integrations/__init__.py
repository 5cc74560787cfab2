"""Adapters to other engines: each thin, each behind an extra."""
