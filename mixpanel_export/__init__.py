"""Mixpanel's Data Export API, typed, with an exact raw export.

>>> from mixpanel_export import MixpanelClient, ServiceAccountAuth
>>> with MixpanelClient(ServiceAccountAuth("name", "secret"), project_id=1234567) as client:
...     for event in client.export.events("2024-01-01", "2024-01-31"):
...         print(event.time, event.name, event.distinct_id)
"""

from typing import TYPE_CHECKING, Any

from mixpanel_export import _light_httpx as _light_httpx
from mixpanel_export_api.runtime.extras import raise_as

if TYPE_CHECKING:
    from types import ModuleType

    from mixpanel_export._public import *  # noqa: F403
    from mixpanel_export._public import __all__ as __all__

# Old names, importable for one more release.
_RENAMED = {"Allowance": "Quota"}

_MISSING = f"module {__name__!r} has no attribute {{!r}}"

# The modules of public names. A program loads those of the names that it uses, and whatever they import. Exceptions
# are in `errors`; names that are not here are in `_public`, which loads everything.
_MODULES = {
    "_formats": "FileFormat Layout LinesFormat PartitionBy",
    "_redaction": "RedactingFilter",
    "_streams": "AsyncStream Stream",
    "auth": "MixpanelAuth OAuthTokenAuth SecretAuth ServiceAccountAuth SignatureAuth",
    "client": "AsyncMixpanelClient ClientOptions MixpanelClient",
    "client_spec": "ClientSpec",
    "dates": "DateLike",
    "directory.manifest": "Manifest ManifestSlice",
    "directory.results": "DirectoryExport",
    "download.plan": "Slice",
    "download.progress": "Progress ProgressListener",
    "export.plans": "PlanSummary SliceTasks",
    "export.resource": "AsyncExport Export",
    "export.tasks": "SliceTask",
    "export.typed": "AsyncTypedStream TypedStream",
    "expressions": "prop",
    "http.limits": "MIXPANEL_LIMITS BudgetWarning Limits Quota",
    "http.raw": "RawResponse",
    "http.retry": "RetryPolicy",
    "http.servers": "Region",
    "http.stores": "BudgetStore RedisBudgetStore Refused StoredLease",
    "profiles.file": "ProfilesProgress ProfilesProgressListener",
    "profiles.resource": "AsyncProfiles Profiles",
    "progress_bar": "ProgressBar",
    "records.event": "Event",
    "records.typed": "EventModule EventProperties TypedEvent",
    "records.typed_decode": "Misfit",
    "reports": "AsyncReports Report Reports",
    "schema.project": "EventSchema ProjectSchema PropertySchema",
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Load public names on first use, each with no more than it needs."""
    from importlib import import_module

    if name in _RENAMED:
        from mixpanel_export._deprecated import warn_renamed

        warn_renamed(f"mixpanel_export.{name}", _RENAMED[name])
        return __getattr__(_RENAMED[name])
    module = _MODULE_OF.get(name) or _module_of_others(name)
    loaded = import_module(f"{__name__}.{module}")
    value: Any = _available(loaded) if name == "__all__" else getattr(loaded, name, None)
    if value is None:
        raise AttributeError(_MISSING.format(name))
    globals()[name] = value
    return value


def _module_of_others(name: str) -> str:
    from importlib.util import find_spec

    if name.endswith("Error"):
        return "errors"
    # Submodules, and attributes that Python itself looks for, are not public names.
    if name != "__all__" and (name.startswith("_") or find_spec(f"{__name__}.{name}")):
        raise AttributeError(_MISSING.format(name))
    return "_public"


def _available(public: "ModuleType") -> list[str]:
    from importlib.util import find_spec

    # Without the extra `arrow`, `import *` leaves out what needs it.
    names: list[str] = public.__all__
    return names if find_spec("pyarrow") else [name for name in names if name in vars(public)]


def _missing_extra(what: str, extra: str) -> ImportError:
    from mixpanel_export.errors import MissingExtraError

    return MissingExtraError(what, extra)


# Models can be used without a client; their errors are ours as soon as this package is imported.
raise_as(_missing_extra)


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
