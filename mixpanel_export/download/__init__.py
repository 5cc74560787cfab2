"""Plan an export, fetch its slices in parallel, and hand them over complete."""
