"""Runs in places that lack something: networks, mounts, users, temporary directories."""
