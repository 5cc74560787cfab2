"""Changes of the Python surface ask for the right version, also those of types, values and constructors."""

from __future__ import annotations

from pathlib import Path

from spec.watch.changes import Level, level_of
from spec.watch.surface import surface_changes

BEFORE = '''
"""A package."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import ClassVar, Generic, Literal, Protocol, TypedDict, TypeVar, Unpack, final, overload

import msgspec
from attrs import define, field, frozen

from mixpanel_export._renamed import renamed_attributes

__all__ = [
    "BUDGETS", "KINDS", "LIMIT", "LIMITS", "AnyDay", "Base", "Client", "Color", "Event", "Failure", "Listener",
    "Options", "Pages", "Policy", "Point", "Report", "Store", "Unit", "count", "measure",
]

T = TypeVar("T")
_PRIVATE = str | bytes
_DEFAULT = 30
AnyDay = datetime.date | str
Unit = Literal["day", "hour"]
Report = int | str
Listener = Callable[[int], object]
LIMIT = 100
KINDS = ("one", "two")
BUDGETS = {"data": 60}
LIMITS = Limits(hourly=60)

def count(first: int, last: int | None = None) -> int:
    """Count."""

def measure(unit: Unit, name: _PRIVATE, *, days: Sequence[AnyDay] = (), size: int = _DEFAULT) -> Report: ...

class Color(Enum):
    RED = "red"

class Options(TypedDict, total=False):
    step: int

class _Hidden:
    def inherited(self) -> None: ...

class Base(_Hidden): ...

class Store(Protocol):
    def take(self, name: str) -> int: ...

class Failure(Base, ValueError):
    def __init__(self, status: int) -> None:
        self.status: int = status

@renamed_attributes(initial="first")
@frozen(kw_only=True)
class Policy:
    first: float = 0.5
    last: float = field(default=1.0)
    _inner: list[int] = field(factory=list)
    made: int = field(init=False)

@dataclass
class Point:
    x: int
    y: int = 0

class Event(msgspec.Struct, gc=False):
    name: str
    sent: dict[str, int] = msgspec.field(default_factory=dict)

class Pages(Generic[T], Sequence[T]): ...

class Client:
    """A client."""

    name: str
    ROOT = "/api"

    @classmethod
    def from_env(cls, *, name: str = "") -> Client: ...

    @property
    def days(self) -> int: ...

    @overload
    def read(self, key: int) -> int: ...
    @overload
    def read(self, key: str) -> str: ...
    def read(self, key: int | str) -> int | str: ...

    def __and__(self, other: Client | str) -> Client: ...

    def made(self) -> Base: ...

    def pages(self) -> Sequence[int]: ...

    def send(self, *, what: str) -> str | None:
        """Send."""

    def options(self, **options: Unpack[Options]) -> None: ...

    def _inner(self) -> None: ...
'''

EDITED = {
    "count(first: int, last: int | None = None)": [
        (Level.MINOR, "count(first: int, last: int | None = None, step: int = 1)"),
        (Level.MAJOR, "count(first: int, step: int, last: int | None = None)"),
        (Level.MAJOR, "count(first: int)"),
        (Level.MAJOR, "count(first: int, last: int)"),
        (Level.MAJOR, "count(begin: int, last: int | None = None)"),
        (Level.MAJOR, "count(first: int, last: str | None = None)"),
        (Level.MINOR, "count(first: int, last: int | str | None = None)"),
        (Level.MINOR, "count(first: int, last: int | None = 5)"),
        (Level.MINOR, "count(first: float, last: int | None = None)"),
        (Level.MINOR, "count(first: int = 1, last: int | None = None)"),
        (Level.MAJOR, "count(first: int, *, last: int | None = None)"),
        (Level.MAJOR, "count(first: int, /, last: int | None = None)"),
        (Level.MAJOR, "count(last: int | None, first: int)"),
        (Level.PATCH, "count(first: int, last: None | int = None)"),
    ],
    "def count(": [(Level.MAJOR, "async def count("), (Level.MINOR, "@deprecated('')\ndef count(")],
    ") -> int:": [(Level.MAJOR, ") -> int | None:")],
    ") -> str | None:": [(Level.MINOR, ") -> str:"), (Level.MAJOR, ") -> bytes | None:")],
    '"""Count."""': [(Level.PATCH, '"""Count all."""')],
    "    def send(self, *, what: str)": [
        (Level.MAJOR, "    def post(self, *, what: str)"),
        (Level.MAJOR, "    async def send(self, *, what: str)"),
        (Level.MAJOR, "    @property\n    def send(self)"),
        (Level.MINOR, "    @classmethod\n    def send(cls, *, what: str)"),
        (Level.MINOR, "    def send(self, what: str)"),
    ],
    "-> Base": [(Level.MINOR, "-> Failure"), (Level.MAJOR, "-> Policy")],
    "-> Sequence[int]": [
        (Level.MINOR, "-> Pages[int]"),
        (Level.MINOR, "-> list[int]"),
        (Level.MINOR, "-> tuple[int, ...]"),
        (Level.MAJOR, "-> tuple[str, ...]"),
        (Level.MAJOR, "-> Pages[str]"),
        (Level.MAJOR, "-> Iterable[int]"),
    ],
    "    def _inner(self)": [(Level.PATCH, "    def _other(self)")],
    "    name: str\n    ROOT": [
        (Level.MAJOR, "    ROOT"),
        (Level.MINOR, "    name: str\n    age: int\n    ROOT"),
    ],
    '"AnyDay", ': [(Level.MAJOR, "")],
    # Types and values behind a name.
    "datetime.date | str\n": [
        (Level.MAJOR, "datetime.date\n"),
        (Level.MINOR, "datetime.date | str | int\n"),
        (Level.PATCH, "str | datetime.date\n"),
    ],
    'Literal["day", "hour"]': [
        (Level.MAJOR, 'Literal["day"]'),
        (Level.MINOR, 'Literal["day", "hour", "week"]'),
    ],
    "Report = int | str": [(Level.MAJOR, "Report = int"), (Level.MAJOR, "Report = int | str | None")],
    "Callable[[int], object]": [(Level.MAJOR, "Callable[[int, int], object]")],
    "_PRIVATE = str | bytes": [
        (Level.MAJOR, "_PRIVATE = str"),
        (Level.MINOR, "_PRIVATE = str | bytes | int"),
    ],
    "_DEFAULT = 30": [(Level.MINOR, "_DEFAULT = 31")],
    "Sequence[AnyDay]": [
        (Level.MAJOR, "Sequence[str]"),
        (Level.MAJOR, "list[AnyDay]"),
        (Level.MINOR, "Sequence[AnyDay | int]"),
    ],
    "LIMIT = 100": [(Level.MAJOR, "LIMIT = 50")],
    '("one", "two")': [(Level.MAJOR, '("one",)'), (Level.MINOR, '("one", "two", "three")')],
    '{"data": 60}': [
        (Level.MAJOR, '{"data": 61}'),
        (Level.MAJOR, "{}"),
        (Level.MINOR, '{"data": 60, "query": 60}'),
    ],
    "Limits(hourly=60)": [(Level.MINOR, "Limits(hourly=50)"), (Level.MAJOR, "None")],
    'RED = "red"': [
        (Level.MAJOR, 'RED = "rot"'),
        (Level.MINOR, 'RED = "red"\n    BLUE = "blue"'),
        (Level.MAJOR, "pass"),
    ],
    'ROOT = "/api"': [(Level.MAJOR, 'ROOT = "/"'), (Level.MAJOR, "@property\n    def ROOT(self): ...")],
    # Methods and classes.
    "    @classmethod\n    def from_env(cls, *": [
        (Level.MAJOR, "    def from_env(self, *"),
        (Level.PATCH, "    @staticmethod\n    def from_env(*"),
    ],
    "    @property\n    def days": [
        (Level.MAJOR, "    def days"),
        (Level.PATCH, "    @cached_property\n    def days"),
    ],
    "read(self, key: int) ->": [
        (Level.MAJOR, "read(self, key: bytes) ->"),
        (Level.MINOR, "read(self, key: float) ->"),
    ],
    "other: Client | str)": [(Level.MAJOR, "other: Client)"), (Level.PATCH, "one: Client | str)")],
    "class Base(_Hidden): ...": [
        (Level.MINOR, "class Base(_Hidden, Exception): ..."),
        (Level.MAJOR, "class Base: ..."),
        (Level.PATCH, "class Base:\n    def inherited(self) -> None: ..."),
        (Level.MAJOR, "@final\nclass Base(_Hidden): ..."),
    ],
    "Failure(Base, ValueError)": [
        (Level.MAJOR, "Failure(Base)"),
        (Level.MAJOR, "Failure(ValueError)"),
        (Level.MINOR, "Failure(Base, ValueError, RuntimeError)"),
    ],
    "self.status: int": [(Level.MAJOR, "self.code: int"), (Level.MAJOR, "self.status: int | None")],
    "    def take(": [(Level.MAJOR, "    def give(self) -> None: ...\n    def take(")],
    "    step: int": [
        (Level.MAJOR, "    pass"),
        (Level.MAJOR, "    step: bool"),
        (Level.MINOR, "    step: int | None"),
        (Level.MINOR, "    step: int\n    jump: int"),
        (Level.MAJOR, "    step: int\n    jump: Required[int]"),
    ],
    # Constructors that are not written out.
    "    first: float = 0.5": [
        (Level.MAJOR, "    first: float"),
        (Level.MINOR, "    first: float = 0.6"),
        (Level.MAJOR, "    first: float = 0.5\n    more: int"),
        (Level.MINOR, "    first: float = 0.5\n    more: int = 1"),
        (Level.MAJOR, "    start: float = 0.5"),
        (Level.PATCH, "    first: float = field(default=0.5)"),
        (Level.PATCH, "    first: float = 0.5\n    _kind: ClassVar[str] = 'policy'"),
    ],
    "field(default=1.0)": [
        (Level.MAJOR, "field()"),
        (Level.PATCH, "1.0"),
        (Level.MAJOR, "field(default=1.0, init=False)"),
    ],
    "    _inner: ": [(Level.MAJOR, "    _outer: ")],
    "@frozen(kw_only=True)": [(Level.MINOR, "@frozen"), (Level.MINOR, "@define(kw_only=True)")],
    '(initial="first")': [(Level.MAJOR, "()"), (Level.MINOR, '(initial="first", start="first")')],
    "    y: int = 0": [
        (Level.MAJOR, "    y: int"),
        (Level.MINOR, "    y: int = 0\n    z: int = 0"),
        (Level.MAJOR, ""),
    ],
    "    name: str\n    sent": [
        (Level.MAJOR, "    name: str\n    more: int\n    sent"),
        (Level.MINOR, "    name: str = ''\n    sent"),
    ],
    "msgspec.field(default_factory=dict)": [(Level.MAJOR, "msgspec.field()")],
}


def test_each_change_of_the_python_surface_has_its_level(tmp_path: Path) -> None:
    old, new = write_package(tmp_path / "old", BEFORE), tmp_path / "new"
    assert [*surface_changes(old, write_package(new, BEFORE))] == []
    wrong: list[object] = []
    for before, edits in EDITED.items():
        assert before in BEFORE
        for level, after in edits:
            write_package(new, BEFORE.replace(before, after, 1))
            changes = [*surface_changes(old, new)]
            if level_of(changes) is not level:
                wrong.append((before, after, level, changes))
    assert wrong == []


def test_names_that_the_reference_lists_are_public(tmp_path: Path) -> None:
    def write(root: str, function: str, listed: str) -> Path:
        tree = write_package(tmp_path / root, "__all__ = []\n")
        (tree / "mixpanel_export" / "reader.py").write_text(f"def {function}(): ...\n")
        page = tree / "docs" / "reference" / "reader.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(
            f"# Reader\n\n::: mixpanel_export.reader.{listed}\n    options: {{heading_level: 3}}\n"
        )
        return tree

    old = write("old", "register", "register")
    assert level_of(surface_changes(old, write("renamed", "enroll", "enroll"))) is Level.MAJOR
    assert level_of(surface_changes(old, write("hidden", "register", "enroll"))) is Level.PATCH
    # `__all__` decides about the names of a module that has one in the table.
    old = write_package(tmp_path / "listed", BEFORE)
    page = old / "docs" / "reference" / "client.md"
    page.parent.mkdir(parents=True)
    page.write_text("::: mixpanel_export.Client\n")
    new = write_package(tmp_path / "unlisted", BEFORE.replace('"Client", ', ""))
    assert level_of(surface_changes(old, new)) is Level.MAJOR


def test_old_names_that_still_load_are_no_break(tmp_path: Path) -> None:
    old = write_package(tmp_path / "old", '__all__ = ["Allowance"]\nclass Allowance: ...\n')
    new = write_package(tmp_path / "new", '__all__ = ["Quota"]\nclass Quota: ...\n')
    assert level_of(surface_changes(old, new)) is Level.MAJOR
    (new / "mixpanel_export" / "__init__.py").write_text('_RENAMED = {"Allowance": "Quota"}\n')
    assert level_of(surface_changes(old, new)) is Level.MINOR


def write_package(root: Path, source: str) -> Path:
    package = root / "mixpanel_export"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    (package / "_public.py").write_text(source)
    return root
