"""Each asynchronous class is the twin of a synchronous one: the same public names, with the same arguments.

What there is to compare is asked of the classes, so that whatever is added to one is looked for in the other.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from mixpanel_export import AsyncExport, AsyncMixpanelClient, Export, MixpanelClient
from mixpanel_export.export.batches import AsyncRecordBatches, RecordBatches
from mixpanel_export.profiles import AsyncProfiles, Profiles

TWINS: list[tuple[type[Any], type[Any]]] = [
    (MixpanelClient, AsyncMixpanelClient),
    (Export, AsyncExport),
    (Profiles, AsyncProfiles),
    (RecordBatches, AsyncRecordBatches),
]
# How Python calls what `with` and `for` do, and what `async with` and `async for` do.
PROTOCOL = {"__enter__": "__aenter__", "__exit__": "__aexit__", "__iter__": "__aiter__"}
# What a twin is not to have, and why.
ONE_SIDED = {
    "RecordBatches.cancel": "a task is cancelled instead",
    "RecordBatches.next_table": "what frames are made of; a twin's frames are awaited",
}
# What a twin does not have yet.
LACKING: set[str] = set()
# The one argument that only a twin has: exports are sent by threads, and everything else by tasks.
OWN_ARGUMENT = "export_transport"


def public(kind: type[Any], protocol: set[str]) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_") or name in protocol}


def name_in(twin: type[Any], name: str) -> str | None:
    """Return the twin's name for it: iterators are closed by `aclose`."""
    names = (PROTOCOL.get(name, name), f"a{name}")
    return next((each for each in names if hasattr(twin, each)), None)


def shape_of(kind: type[Any], name: str) -> list[str]:
    """Return the parameters, with their kinds, types and defaults, and the type returned."""
    function: Any = inspect.getattr_static(kind, name)
    for attribute in ("fget", "func", "__func__"):
        function = getattr(function, attribute, None) or function
    signature = inspect.signature(function)
    parameters = [
        f"{each.kind.description} {each.name}: {as_if_synchronous(each.annotation)} = {each.default!r}"
        for each in signature.parameters.values()
        if each.name != OWN_ARGUMENT
    ]
    return [*parameters, f"-> {as_if_synchronous(signature.return_annotation)}"]


def as_if_synchronous(annotation: Any) -> str:
    """Return an annotation without the parts that differ between twins."""
    text = re.sub(r"\bAsync(?=[A-Z])", "", str(annotation))
    return re.sub(r"\b(?:Coroutine\[Any, Any, |Awaitable\[)(\w+(?:\[\w+\])?)\]", r"\1", text)


def compared(sync: type[Any], twin: type[Any], name: str) -> Any:
    label = f"{sync.__name__}.{name}"
    marks = [pytest.mark.xfail(reason="lacking")] if label in LACKING else []
    return pytest.param(sync, twin, name, id=label, marks=marks)


NAMES = [compared(*twins, name) for twins in TWINS for name in sorted(public(twins[0], set(PROTOCOL)))]


@pytest.mark.parametrize(("sync", "twin", "name"), NAMES)
def test_a_twin_has_it_too_with_the_same_arguments(sync: type[Any], twin: type[Any], name: str) -> None:
    found = name_in(twin, name)
    if f"{sync.__name__}.{name}" in ONE_SIDED:
        assert found is None
        return
    assert found is not None, f"{twin.__name__} has no {name}"
    assert shape_of(twin, found) == shape_of(sync, name)


@pytest.mark.parametrize(("sync", "twin"), TWINS)
def test_a_twin_has_nothing_of_its_own(sync: type[Any], twin: type[Any]) -> None:
    known = {name_in(twin, name) for name in public(sync, set(PROTOCOL))}
    assert public(twin, set(PROTOCOL.values())) - known == set()


def test_the_clients_are_made_with_the_same_arguments() -> None:
    assert shape_of(AsyncMixpanelClient, "__init__") == shape_of(MixpanelClient, "__init__")
