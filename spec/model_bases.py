"""The base classes of generated models: which schemas are maps, and which are tables.

A schema that is nothing but a map becomes a `Map`, usable as a mapping. One with the extension `x-table` becomes a
`Table`, which knows how its nesting is to be flattened into rows:

    at      the properties that lead to the nesting
    keys    what its levels of keys are called, from the outside in; a further level is called `segment`
    list    the property of an innermost object that holds its list, where it has one
    index   what the place in an innermost list is called, counted from 0 (`times` from 1)
    value   what an innermost number is called; `value` where nothing is said
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from openapi_python_client.parser.properties import ModelProperty

# From here on, the generated class repeats what `Map` says.
_MAP_METHODS = "    @property\n    def additional_keys"
_IMPORTS = "from ..types import UNSET, Unset\n"


def rebase(schemas: Mapping[str, Any]) -> Callable[[str, ModelProperty], str]:
    """A template filter that gives a rendered model its base classes."""
    by_class = {name.replace("_", ""): schema for name, schema in schemas.items()}

    def filter_(rendered: str, model: ModelProperty) -> str:
        name = str(model.class_info.name)
        schema = by_class.get(name, {})
        is_map = (
            "additionalProperties" in schema
            and not schema.get("properties")
            and schema["additionalProperties"] is not True
        )
        bases = [f"Map[{_value_type(model)}]"] if is_map else []
        if "x-table" in schema:
            bases.append("Table")
        if not bases:
            return rendered
        declaration = f"class {name}:\n"
        if rendered.count(declaration) != 1 or _IMPORTS not in rendered:
            raise ValueError(f"the generator's template of a model has changed: {name}")
        if is_map:
            rendered = rendered.partition(_MAP_METHODS)[0]
        rendered = rendered.replace(
            _IMPORTS, f"from ..runtime.maps import Map\nfrom ..runtime.tables import Table\n{_IMPORTS}"
        )
        rendered = rendered.replace(declaration, f"class {name}({', '.join(bases)}):\n")
        if "x-table" in schema:
            rendered += f"\n{name}.layout = {schema['x-table']!r}\n"
        return rendered

    return filter_


def _value_type(model: ModelProperty) -> str:
    values = model.additional_properties
    assert values is not None
    return f'"{values.get_type_string().as_unembedded_code()}"'
