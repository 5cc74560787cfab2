"""The commands, one file each; see `app` for how they are put together."""
