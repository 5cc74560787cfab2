"""Mixpanel's Data Export API, typed, with an exact raw export.

>>> from mixpanel_export import MixpanelClient, ServiceAccountAuth
>>> with MixpanelClient(ServiceAccountAuth("name", "secret"), project_id=1234567) as client:
...     for event in client.export.events("2024-01-01", "2024-01-31"):
...         print(event.time, event.name, event.distinct_id)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixpanel_export._public import *  # noqa: F403
    from mixpanel_export._public import __all__ as __all__

# Old names, importable for one more release.
_RENAMED = {"Allowance": "Quota"}


def __getattr__(name: str) -> Any:
    """Load the public names on first use, so that `mixpanel-export --help` starts quickly."""
    from importlib.util import find_spec

    if name in _RENAMED:
        from mixpanel_export._deprecated import warn_renamed

        warn_renamed(f"mixpanel_export.{name}", _RENAMED[name])
        return __getattr__(_RENAMED[name])
    # Submodules, and attributes that Python itself looks for, are not public names.
    if name == "__all__" or not (name.startswith("_") or find_spec(f"{__name__}.{name}")):
        from mixpanel_export import _public

        loaded = {
            public: value for public in _public.__all__ if (value := vars(_public).get(public)) is not None
        }
        # Without the extra `arrow`, `import *` leaves out what needs it.
        names = _public.__all__ if find_spec("pyarrow") else list(loaded)
        globals().update(loaded, __all__=names)
        if name == "__all__" or name in loaded:
            return globals()[name]
        if name in _public.__all__:
            return getattr(_public, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
