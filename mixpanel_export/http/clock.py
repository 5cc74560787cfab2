"""The clock of budgets and waits: seconds since the machine started, which nobody can set.

Tests replace `uptime`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from mixpanel_export.errors import local_time

__all__ = ["boot_id", "clock_time", "in_words", "uptime"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def uptime() -> float:
    """Return the seconds since the machine started: the same in all its processes, never set back.

    Time asleep counts where the system says so: a laptop that slept for an hour has a free budget.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


def boot_id() -> str:
    """Return what tells one start of the machine from another; empty where the system does not say."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def clock_time(seconds: float) -> str:
    """Return the local time in this many seconds, `14:32:05`; with the date unless it is today."""
    then = local_time(seconds)
    return f"{then:%H:%M:%S}" if then.date() == local_time(0).date() else f"{then:%Y-%m-%d %H:%M:%S}"


def in_words(seconds: float) -> str:
    """Return a duration to read: `0.5 s`, `45 s`, `59 min`, `2 h 5 min`."""
    if 0 < seconds < 1:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part
    )
