"""Watch for changes: of our public surface since the last release, and of what Mixpanel publishes."""
