"""Everything that the compiler uses of openapi-python-client and of the packages that come with it.

The version is pinned in pyproject.toml. A name that has moved in another version is mended here, and only here; see
docs/how-to/regenerate.md.
"""

from __future__ import annotations

from importlib.metadata import version

from mixpanel_export.errors import GenerationError

try:
    from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
    from openapi_python_client import Project
    from openapi_python_client.config import Config, ConfigFile, MetaType
    from openapi_python_client.parser import GeneratorData
    from openapi_python_client.parser.bodies import BodyType
    from openapi_python_client.parser.errors import GeneratorError
    from openapi_python_client.parser.openapi import Endpoint
    from openapi_python_client.parser.properties import ModelProperty, Property
    from openapi_python_client.parser.properties.list_property import ListProperty
    from openapi_python_client.strings import ClassName, PythonIdentifier
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import MappingNode, SequenceNode
except ImportError as _error:
    raise GenerationError(
        f"openapi-python-client {version('openapi-python-client')} is too different: {_error}. Install the version "
        "of the extra: pip install 'mixpanel-export-sdk[codegen]'"
    ) from _error

__all__ = [
    "UPSTREAM_TEMPLATES",
    "YAML",
    "BodyType",
    "ChoiceLoader",
    "ClassName",
    "Config",
    "ConfigFile",
    "Endpoint",
    "GeneratorData",
    "GeneratorError",
    "ListProperty",
    "MappingNode",
    "MetaType",
    "ModelProperty",
    "OpenAPIV30SpecValidator",
    "OpenAPIV31SpecValidator",
    "PrefixLoader",
    "Project",
    "Property",
    "PythonIdentifier",
    "SafeConstructor",
    "SequenceNode",
    "YAMLError",
]

UPSTREAM_TEMPLATES = PackageLoader("openapi_python_client")
"""The generator's own templates, which ours extend under the prefix `upstream`."""
