"""Injected faults: describing them, scheduling them, and damaging responses and connections."""
