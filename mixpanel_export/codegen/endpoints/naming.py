"""Names in Python for the names in a spec.

`operation_rules` and `schema_rules` refuse the names that have none here.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection

from mixpanel_export.codegen.endpoints.adapter import ClassName, PythonIdentifier

__all__ = [
    "TAKEN_CLASSES",
    "TAKEN_METHODS",
    "TAKEN_TAGS",
    "argument_name",
    "attribute_name",
    "builder_name",
    "class_name",
    "field_argument",
    "module_name",
    "resource_classes",
]

# Names that the modules of models and operations import, and those of Python's own classes.
TAKEN_CLASSES = {
    "Any", "AsyncCaller", "AsyncResources", "Caller", "ClassVar", "CsvText", "Expression", "Listing", "Literal",
    "Map", "Mapping", "Model", "ModelMap", "Operation", "Records", "Resources", "T", "Table", "UNSET", "Unset",
    *dir(builtins),
}  # fmt: skip
# Names that the body of a class of resources uses; a method with one would hide it.
TAKEN_METHODS = {
    "bool", "builtins", "bytes", "datetime", "deprecated", "dict", "float", "int", "object", "overload", "str",
}  # fmt: skip
TAKEN_TAGS = {"cached_property", "call_operation"}
# Names that a method uses beside its arguments.
_METHOD = {"self", "warnings"}
# Names that a function which builds a request uses beside its arguments.
_BUILDER = re.compile(r"body|cast|cookies|headers|json|params|quote|json_.*|.*_(item|data)")
# Methods of models that an attribute must not hide.
_MODEL = {
    "additional_properties", "from_dict", "get", "items", "keys", "layout", "to_arrow", "to_dict", "to_pandas",
    "to_polars", "to_rows",
}  # fmt: skip


def argument_name(wire: str) -> str:
    """Return the keyword argument for a parameter or a field of the body.

    The generator appends an underscore to names of built-ins (`type_`); as keyword arguments only words of Python
    need one, and the names that a method uses.
    """
    name = _identifier(wire)
    bare = name.removesuffix("_")
    return f"{bare}_" if keyword.iskeyword(bare) or bare in _METHOD else bare


def field_argument(wire: str, parameters: Collection[str]) -> str:
    """Return the keyword argument for a field of the body, beside the arguments for parameters."""
    name = argument_name(wire)
    return f"body_{name}" if name in parameters else name


def builder_name(name: str) -> str:
    """Return the argument of the function that builds the request, for a parameter with this name in Python."""
    name = unicodedata.normalize("NFKC", name)
    return f"own_{name}" if _BUILDER.fullmatch(name) else name


def attribute_name(wire: str) -> str:
    """Return the attribute of a model for a property."""
    name = _identifier(wire)
    return f"{name}_" if name in _MODEL else name


def _identifier(wire: str) -> str:
    # Python itself reads names so: the micro sign is the Greek letter.
    return unicodedata.normalize("NFKC", str(PythonIdentifier(wire, "field_")))


def class_name(name: str) -> str:
    """Return the class of a schema or a tag."""
    return str(ClassName(name, "field_"))


def module_name(name: str) -> str:
    """Return the module of a schema's class."""
    return str(PythonIdentifier(class_name(name), "field_"))


def resource_classes(tag: str) -> set[str]:
    """Return the classes of a tag."""
    name = class_name(tag)
    return {f"{name}Resource", f"Async{name}Resource"}
