"""Exports of every format with malformed lines, killed at random; damage anywhere. See `kills` for longer runs."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.directory.kills import KINDS, damage_often, kill_often


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_export_is_exact_and_damage_is_found(kind: str, tmp_path: Path) -> None:
    chance = random.Random()
    target = kill_often(kind, tmp_path, 3, chance)
    if kind != "profiles":
        damage_often(target, 20, chance)
