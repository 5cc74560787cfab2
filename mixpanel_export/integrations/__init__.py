"""Adapters to other engines, each thin and behind an extra of its own."""
