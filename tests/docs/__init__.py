"""Documentation tests: code blocks and examples run, the site builds, and the reference is complete."""
