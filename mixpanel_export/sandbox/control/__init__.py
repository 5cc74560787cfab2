"""Changing and watching a running sandbox: its controls, the gate that applies them, and the HTTP API."""
