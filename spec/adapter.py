"""Everything of openapi-python-client that the compiler uses: its public names and its internals.

The version is pinned in pyproject.toml. A name that has moved in another version is mended here, and only here; see
docs/how-to/regenerate.md.
"""

from __future__ import annotations

from importlib.metadata import version

try:
    from jinja2 import PackageLoader
    from openapi_python_client import Project
    from openapi_python_client.config import Config, ConfigFile, MetaType
    from openapi_python_client.parser import GeneratorData
    from openapi_python_client.parser.bodies import BodyType
    from openapi_python_client.parser.errors import GeneratorError
    from openapi_python_client.parser.openapi import Endpoint
    from openapi_python_client.parser.properties import ModelProperty, Property
    from openapi_python_client.parser.properties.list_property import ListProperty
    from openapi_python_client.strings import ClassName, PythonIdentifier, safe_for_docstring, snake_case
except ImportError as error:
    raise ImportError(
        f"openapi-python-client {version('openapi-python-client')} differs from the pinned version: {error}. "
        "Install the pinned one, or follow docs/how-to/regenerate.md"
    ) from error

__all__ = [
    "UPSTREAM_TEMPLATES",
    "BodyType",
    "ClassName",
    "Config",
    "ConfigFile",
    "Endpoint",
    "GeneratorData",
    "GeneratorError",
    "ListProperty",
    "MetaType",
    "ModelProperty",
    "Project",
    "Property",
    "PythonIdentifier",
    "safe_for_docstring",
    "snake_case",
]

UPSTREAM_TEMPLATES = PackageLoader("openapi_python_client")
"""The generator's own templates, which ours extend under the prefix `upstream`."""
