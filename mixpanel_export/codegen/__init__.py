"""Code generated from a company's own endpoints and events. See `endpoints` and `events`."""
