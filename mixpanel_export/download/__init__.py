"""From a plan to complete slices, fetched in parallel."""
