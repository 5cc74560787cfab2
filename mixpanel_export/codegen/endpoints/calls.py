"""Each operation as the templates see it: arguments with their JSON Schema, security, docstring.

openapi-python-client parses the spec but drops these; see `compile` for how they reach the templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from attrs import evolve, frozen

from mixpanel_export.codegen.endpoints.adapter import (
    BodyType,
    Endpoint,
    GeneratorData,
    ListProperty,
    ModelProperty,
    Property,
    PythonIdentifier,
)
from mixpanel_export.codegen.endpoints.call_answers import answer_of, contents_of, type_text
from mixpanel_export.codegen.endpoints.call_texts import call_docstring, deprecation
from mixpanel_export.codegen.endpoints.contract import Contract
from mixpanel_export.codegen.endpoints.models import described_as
from mixpanel_export.codegen.endpoints.naming import (
    argument_name,
    attribute_name,
    builder_name,
    field_argument,
)
from mixpanel_export.codegen.endpoints.texts import literal
from mixpanel_export.errors import GenerationError

BOUND = ("project_id", "workspace_id")
TYPES_BY_FORMAT = {
    "date": "datetime.date | str",
    "date-time": "datetime.datetime | str",
    "mixpanel-datetime": "datetime.datetime | datetime.date | str",
    "mixpanel-expression": "str | Expression",
}


@frozen
class Argument:
    """One keyword argument of a resource method."""

    name: str
    built_as: str
    type: str
    required: bool
    schema: dict[str, Any]
    description: str
    model: str | None
    in_body: bool

    @property
    def is_bound(self) -> bool:
        """True for a parameter that the client knows."""
        return self.name in BOUND and not self.in_body

    @property
    def is_format(self) -> bool:
        """True for the parameter that chooses the format of the answer."""
        return self.name == "format" and not self.in_body

    @property
    def declaration(self) -> str:
        return f"{self.name}: {self.type}" if self.required else f"{self.name}: {self.type} | None = None"


@frozen
class Call:
    """One operation, as a method of a resource class."""

    method_name: str
    module: str
    http_method: str
    path: str
    security: list[str]
    idempotent: bool
    writes: bool
    deprecated: str
    servers: dict[str, str]
    family: str
    bound: list[str]
    fixed: dict[str, Any]
    arguments: list[Argument]
    refused: list[dict[str, Any]]
    body: str | None
    answer: str
    reader: str
    docstring: str
    imports: set[str]
    needs_json: bool
    csv: bool

    def declarations(self, answer: str) -> list[str]:
        """Return the arguments of the method, or of its overload for an answer: "any", "json" or "csv"."""
        if answer == "any":
            return [argument.declaration for argument in self.arguments]
        others = [argument.declaration for argument in self.arguments if argument.name != "format"]
        if answer == "csv":
            return ['format: Literal["csv"]', *others]
        (format_,) = (argument for argument in self.arguments if argument.name == "format")
        formats = ", ".join(literal(value) for value in format_.schema["enum"] if value != "csv")
        if format_.required:
            return [*others, f"format: {f'Literal[{formats}]' if formats else 'None'}"]
        return [*others, f"format: {f'Literal[{formats}] | None' if formats else 'None'} = None"]


def calls_by_name(contract: Contract, data: GeneratorData, *, offer_bound: bool = False) -> dict[str, Call]:
    """Return every operation of the contract by its Python name.

    Args:
        offer_bound: make arguments of those that the client knows, to call another project than its own.
    """
    endpoints = {
        str(endpoint.name): (str(tag), endpoint)
        for tag, collection in data.endpoint_collections_by_tag.items()
        for endpoint in collection.endpoints
    }
    calls: dict[str, Call] = {}
    for path, method, operation, item in contract.operations():
        name = str(PythonIdentifier(operation["operationId"], prefix="field_"))
        if name not in endpoints:
            raise GenerationError(
                f"{contract.name}: {method} {path}: the generator cannot read it{_why(data)}"
            )
        tag, endpoint = endpoints[name]
        calls[name] = call_of(contract, endpoint, tag, path, method, operation, item, offer_bound)
    return calls


def _why(data: GeneratorData) -> str:
    """Return the generator's first complaint, as the end of a sentence."""
    found = [error for tag in data.endpoint_collections_by_tag.values() for error in tag.parse_errors]
    return f": {' '.join(str(found[0].detail).split())}" if found else ""


def call_of(
    contract: Contract,
    endpoint: Endpoint,
    tag: str,
    path: str,
    method: str,
    operation: dict[str, Any],
    item: dict[str, Any],
    offer_bound: bool,
) -> Call:
    described = contract.parameters(operation, item)
    fixed = contract.fixed(described.values())
    # The generator appends an underscore to a tag that is a built-in's name.
    method_name = endpoint.name.removeprefix(f"{operation['tags'][0]}_")
    deprecated = deprecation(operation, f"{tag}.{method_name}")
    for properties in (endpoint.path_parameters, endpoint.query_parameters):
        properties[:] = map(_for_builder, properties)
    every = [
        argument_of(contract, prop, described[wire], contract.schema_of(described[wire]))
        for prop in [*endpoint.path_parameters, *endpoint.query_parameters]
        for wire in [prop.name.get_untrusted_value()]
    ]
    body: ModelProperty | None = None
    if endpoint.bodies:
        (only,) = endpoint.bodies
        assert isinstance(only.prop, ModelProperty)
        body = only.prop
        every += body_arguments(contract, body, operation, {argument.name for argument in every})
    needs_json = any(isinstance(prop, ListProperty) for prop in endpoint.query_parameters)
    if needs_json or (endpoint.bodies and endpoint.bodies[0].body_type == BodyType.DATA):
        endpoint.relative_imports.add("import json")
    media_types = {name for content in contents_of(contract, operation) for name in content}
    csv = {"text/csv", "application/json"} <= media_types and any(map(_chooses_csv, every))
    bound = [argument.name for argument in every if argument.is_bound]
    if offer_bound:
        every = [_by_default_the_clients(argument) if argument.is_bound else argument for argument in every]
    # Among the client's own calls, a format is an argument only if there is a choice.
    offered = [
        argument
        for argument in every
        if offer_bound or not (argument.is_bound or (argument.is_format and not csv))
    ]
    offered.sort(key=lambda argument: not argument.required)
    found = answer_of(contract, endpoint, operation)
    props = [*endpoint.path_parameters, *endpoint.query_parameters, *([found.prop] if found.prop else [])]
    if body:
        props += [body, *(body.required_properties or []), *(body.optional_properties or [])]
    return Call(
        method_name=method_name,
        module=str(endpoint.name),
        http_method=method.upper(),
        path=path_of(endpoint, path),
        security=sorted({scheme for option in operation["security"] for scheme in option}),
        idempotent=operation.get("x-idempotent", True),
        writes=operation.get("x-writes", False),
        deprecated=deprecated,
        servers=contract.servers(operation, item),
        family=contract.family(operation, item),
        bound=bound,
        fixed=fixed,
        arguments=offered,
        refused=operation.get("x-refused", []),
        body=str(body.class_info.name) if body else None,
        answer=found.text,
        reader=found.reader,
        docstring=call_docstring(
            operation,
            deprecated,
            [(argument.name, argument.description) for argument in offered],
            found.text,
            [contract.resolve(r) for r in operation["responses"].values()],
            f"{tag}.{method_name}",
        ),
        imports={
            line
            for prop in props
            for line in prop.get_imports(prefix="...") | prop.get_lazy_imports(prefix="...")
        },
        needs_json=needs_json,
        csv=csv,
    )


def path_of(endpoint: Endpoint, path: str) -> str:
    """Return the template of a path, with the names that its parameters have in Python."""
    path = path.partition("#")[0]
    for prop in endpoint.path_parameters:
        path = path.replace(f"{{{prop.name.get_untrusted_value()}}}", f"{{{prop.python_name}}}")
    return path


def _by_default_the_clients(argument: Argument) -> Argument:
    described = f"{argument.description} By default the client's.".strip()
    return evolve(argument, required=False, description=described)


def _for_builder(prop: Property) -> Property:
    """Return a parameter whose name in Python is no local name of the function that builds the request."""
    name = builder_name(str(prop.python_name))
    return prop if name == prop.python_name else evolve(prop, python_name=PythonIdentifier(name, "field_"))


def _chooses_csv(argument: Argument) -> bool:
    return argument.is_format and "csv" in argument.schema.get("enum", [])


def body_arguments(
    contract: Contract, body: ModelProperty, operation: dict[str, Any], parameters: set[str]
) -> Iterator[Argument]:
    (content,) = contract.resolve(operation["requestBody"])["content"].values()
    fields = contract.resolve(content["schema"]).get("properties", {})
    for prop in [*(body.required_properties or []), *(body.optional_properties or [])]:
        wire = prop.name.get_untrusted_value()
        argument = argument_of(contract, prop, fields[wire], contract.resolve(fields[wire]))
        name = field_argument(wire, parameters)
        yield evolve(argument, name=name, built_as=attribute_name(wire), in_body=True)


def argument_of(
    contract: Contract,
    prop: Property,
    described: dict[str, Any],
    schema: dict[str, Any],
) -> Argument:
    inner = prop.inner_property if isinstance(prop, ListProperty) else prop
    model = str(inner.class_info.name) if isinstance(inner, ModelProperty) else None
    text = TYPES_BY_FORMAT.get(schema.get("format", ""), type_text(prop))
    if model:
        text = re.sub(rf"\b{model}\b", f"{model} | Mapping[str, Any]", text)
    return Argument(
        name=argument_name(prop.name.get_untrusted_value()),
        built_as=str(prop.python_name),
        type=text,
        required=prop.required,
        schema=contract.narrowed(schema),
        description=described_as(
            described.get("description") or schema.get("description", ""), described, schema
        ),
        model=model,
        in_body=False,
    )
