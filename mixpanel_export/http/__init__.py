"""One call over HTTP: its context, arguments, transport, failures, retries, limits and servers."""
