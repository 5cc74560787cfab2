"""One call over HTTP: settings, arguments, request, connections, sending, retries, limits and answers."""
