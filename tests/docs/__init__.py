"""The documentation: its blocks run, its site builds, its references leave nothing out; the examples run."""
