"""The commands of the command line, one file each; see `app` for how they are put together."""
