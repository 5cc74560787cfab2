"""Know which process made an object, and tell objects when their process was forked.

A forked child has the parent's memory, but none of its threads, and it shares the parent's sockets: what depends on
either must start afresh in the child, or refuse.
"""

from __future__ import annotations

import os
import weakref
from typing import Any, Protocol, TypeVar

from mixpanel_export.errors import MixpanelError

__all__ = ["ForkAware", "HomeProcess", "Undelivered", "notify_after_fork"]

T = TypeVar("T")


class ForkAware(Protocol):
    """An object that does something when the process was forked."""

    def after_fork(self) -> None:
        """Run in the child, in its only thread; locks may be held by threads that are gone."""


_fork_aware: weakref.WeakSet[ForkAware] = weakref.WeakSet()


class _Forks:
    """A count of the forks between the first process and this one: exact, while process ids are used again."""

    count = 0


def notify_after_fork(subject: ForkAware) -> None:
    """Call `subject.after_fork()` in every child forked from now on, while the subject is alive there."""
    _fork_aware.add(subject)


class HomeProcess:
    """The process that made this object."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._forks = _Forks.count

    @property
    def is_current(self) -> bool:
        """False in a process forked from this one."""
        return self._forks == _Forks.count

    def check(self) -> None:
        """Raise MixpanelError in a process forked from this one."""
        if not self.is_current:
            raise MixpanelError(
                f"this iterator or export belongs to process {self._pid} and cannot be used in process "
                f"{os.getpid()}, which was forked from it; start a new one here"
            )


class Undelivered:
    """The items that an iterator has left to deliver; a forked child delivers none of them.

    Iterators check their process once for each list, and yield its items without further checks.
    """

    def __init__(self) -> None:
        self._home = HomeProcess()
        self._items: list[Any] = []
        notify_after_fork(self)

    @property
    def is_ours(self) -> bool:
        """False in a process forked from the one that started the iteration."""
        return self._home.is_current

    def hold(self, items: list[T]) -> list[T]:
        """Return the items to deliver next; a fork empties the child's copy of the list."""
        self._items = items
        return items

    def check(self) -> None:
        """Raise MixpanelError in a process forked from the one that started the iteration."""
        self._home.check()

    def after_fork(self) -> None:
        """Drop the items, so that the iterator comes to its next check."""
        self._items.clear()


def _after_fork() -> None:
    _Forks.count += 1
    for subject in list(_fork_aware):
        subject.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
