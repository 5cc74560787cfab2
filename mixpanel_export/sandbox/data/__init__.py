"""The events and profiles a sandbox serves: the generated sample, or files that the user exported."""
