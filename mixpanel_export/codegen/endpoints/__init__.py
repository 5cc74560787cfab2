"""Compile an OpenAPI file into typed resources for a client: endpoints of your own, or a part of Mixpanel's.

Needs the extra `codegen`. Mixpanel's contract is compiled by the same code; see `compile` for how.
"""

from __future__ import annotations

from mixpanel_export.codegen.endpoints.package import compile_endpoints, find_stale

__all__ = ["compile_endpoints", "find_stale"]
