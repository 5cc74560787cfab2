"""Flows: the events that users do after one they start from, step by step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

from mixpanel_export.sandbox.reports.identity import user_of

__all__ = ["flow_steps"]

_ENDED: Final = "$end"


def flow_steps(events: Iterable[Mapping[str, Any]], anchor: str, count: int) -> list[dict[str, Any]]:
    """Return the steps of a Flows report: the anchor, and `count` steps after each user's first one.

    Args:
        events: the events without duplicates, in order of time.
    """
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        user, name = user_of(event), event["event"]
        if user is None or (user not in paths and name != anchor) or len(paths[user]) > count:
            continue
        paths[user].append(name)
    ways: Counter[tuple[int, str, str]] = Counter()
    nodes: Counter[tuple[int, str]] = Counter()
    for path in paths.values():
        steps = [*path, _ENDED] if len(path) <= count else path
        nodes.update(enumerate(steps))
        ways.update((step, before, after) for step, (before, after) in enumerate(pairwise(steps)))
    return [_step(step, anchor, nodes, ways) for step in range(count + 1)]


def _step(
    step: int, anchor: str, nodes: Counter[tuple[int, str]], ways: Counter[tuple[int, str, str]]
) -> dict[str, Any]:
    names = sorted((name for at, name in nodes if at == step), key=lambda name: (-nodes[step, name], name))
    return {"nodes": [_node(step, name, step == 0 and name == anchor, nodes, ways) for name in names]}


def _node(
    step: int,
    name: str,
    is_anchor: bool,
    nodes: Counter[tuple[int, str]],
    ways: Counter[tuple[int, str, str]],
) -> dict[str, Any]:
    edges = [
        {"event": after, "step": step + 1, "totalCount": number}
        for (at, before, after), number in ways.most_common()
        if (at, before) == (step, name)
    ]
    kind = "ANCHOR" if is_anchor else "DROPOFF" if name == _ENDED else "NORMAL"
    return {"event": name, "type": kind, "step": step, "totalCount": nodes[step, name], "edges": edges}
