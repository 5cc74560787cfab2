"""The contract, `spec/openapi.yaml`, read once for a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

__all__ = ["CONTRACT", "SPEC"]

CONTRACT = Path(__file__).parents[1] / "spec" / "openapi.yaml"

# The loader in C, where PyYAML has it, is ten times as fast.
SPEC: Mapping[str, Any] = yaml.load(
    CONTRACT.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
)
