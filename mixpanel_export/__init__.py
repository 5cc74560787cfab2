"""Mixpanel's Data Export API, typed, and a raw export that is exact.

>>> from mixpanel_export import MixpanelClient, ServiceAccountAuth
>>> with MixpanelClient(ServiceAccountAuth("name", "secret"), project_id=1234567) as client:
...     for event in client.export.events("2024-01-01", "2024-01-31"):
...         print(event.time, event.name, event.distinct_id)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixpanel_export._public import *  # noqa: F403
    from mixpanel_export._public import __all__ as __all__


def __getattr__(name: str) -> Any:
    """Load the public names when the first is asked for, so that the command can say what it does at once."""
    from importlib.util import find_spec

    # A module of the package, or an attribute of modules that Python looks for, is none of them.
    if name == "__all__" or not (name.startswith("_") or find_spec(f"{__name__}.{name}")):
        from mixpanel_export import _public

        globals().update({each: getattr(_public, each) for each in _public.__all__}, __all__=_public.__all__)
        if name in globals():
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
