"""From bytes to lines to verified events. Pure: nothing here does I/O."""
