"""Compile `openapi.yaml` into `generated/mixpanel_export_api`, or check that this has been done.

openapi-python-client does the work. It forgets three things that the contract says and the typed resource
classes need, so this driver hands them to the templates as `calls`, by operation: the arguments with their
JSON Schema, the security schemes, and whether the call may be repeated. Two things it cannot read are
lowered first: a query parameter and a form field that travel as JSON text, which OpenAPI says with
`content` and `encoding`.

    python -m spec.generate            writes generated/
    python -m spec.generate --check    fails where generated/ differs from what the spec compiles to
"""

from __future__ import annotations

import argparse
import copy
import filecmp
import keyword
import re
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.bodies import BodyType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty, Property
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.strings import PythonIdentifier, safe_for_docstring
from openapi_spec_validator import validate
from ruamel.yaml import YAML

from spec.model_bases import rebase

HERE = Path(__file__).parent
PACKAGE = "mixpanel_export_api"
SPEC = HERE / "openapi.yaml"
GENERATED = HERE.parent / "generated" / PACKAGE

METHODS = ("get", "put", "post", "delete", "patch")
SCHEMA_KEYS = (
    "type", "format", "enum", "items", "properties", "minimum", "maximum", "minItems", "minLength", "maxLength",
    "x-future",
)  # fmt: skip
BOUND = ("project_id", "workspace_id")
TYPES_BY_FORMAT = {
    "date": "datetime.date | str",
    "mixpanel-datetime": "datetime.datetime | str",
    "mixpanel-expression": "str | Expression",
}


class GenerationError(Exception):
    """The spec does not compile cleanly."""


@frozen
class Argument:
    """One keyword argument of a resource method.

    The generator appends an underscore to names of built-ins (`type_`); as keyword arguments these need none.
    """

    name: str
    built_as: str
    type: str
    required: bool
    schema: dict[str, Any]
    description: str
    model: str | None
    in_body: bool

    @property
    def declaration(self) -> str:
        return f"{self.name}: {self.type}" if self.required else f"{self.name}: {self.type} | None = None"


@frozen
class Call:
    """What a resource class says of one operation."""

    method_name: str
    module: str
    http_method: str
    path: str
    security: list[str]
    idempotent: bool
    writes: bool
    bound: list[str]
    arguments: list[Argument]
    refused: list[dict[str, Any]]
    body: str | None
    answer: str
    docstring: str
    imports: set[str]
    needs_json: bool
    csv: bool

    def declarations(self, answer: str) -> list[str]:
        """The arguments of the method, or of its overload for one of the answers: "any", "json", "csv"."""
        if answer == "any":
            return [argument.declaration for argument in self.arguments]
        others = [argument.declaration for argument in self.arguments if argument.name != "format"]
        if answer == "csv":
            return ['format: Literal["csv"]', *others]
        (format_,) = (argument for argument in self.arguments if argument.name == "format")
        json_format = 'Literal["json"] | None' if "json" in format_.schema["enum"] else "None"
        return [*others, f"format: {json_format} = None"]


class Contract:
    """The spec as written, resolved where the templates need it."""

    def __init__(self, path: Path) -> None:
        self.document: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        validate(self.document)

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method], item

    def parameters(self, operation: dict[str, Any], item: dict[str, Any]) -> dict[str, dict[str, Any]]:
        every = [*item.get("parameters", []), *operation.get("parameters", [])]
        return {parameter["name"]: parameter for parameter in map(self.resolve, every)}

    def schema_of(self, parameter: dict[str, Any]) -> dict[str, Any]:
        if "content" in parameter:
            return self.resolve(parameter["content"]["application/json"]["schema"])
        schema = self.resolve(parameter["schema"])
        if schema.get("type") in {"array", "object"}:
            raise GenerationError(
                f"{parameter['name']}: Mixpanel takes arrays as JSON; describe it by content"
            )
        return schema

    def lowered(self) -> dict[str, Any]:
        """A copy in which JSON parameters are plain schemas, as the generator wants them."""
        document = copy.deepcopy(self.document)
        holders = [document.get("components", {}).get("parameters", {}).values()]
        for item in document["paths"].values():
            holders.append(item.get("parameters", []))
            holders += [item[method].get("parameters", []) for method in METHODS if method in item]
        for parameter in (parameter for holder in holders for parameter in holder):
            if "content" in parameter:
                parameter["schema"] = parameter.pop("content")["application/json"]["schema"]
        return document

    def narrowed(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The part of a schema by which the facade checks a value before sending it."""
        schema = self.resolve(schema)
        kept = {key: schema[key] for key in SCHEMA_KEYS if key in schema}
        if "items" in kept:
            kept["items"] = self.narrowed(kept["items"])
        if "properties" in kept:
            kept["properties"] = {name: self.narrowed(each) for name, each in kept["properties"].items()}
        return kept


def compile_spec(spec: Path, output: Path) -> None:
    """Compile `spec` into the package folder `output`, which must not exist.

    Raises:
        GenerationError: for any error or warning of the generator.
    """
    contract = Contract(spec)
    config = Config.from_sources(
        ConfigFile.load_from_path(HERE / "generator.yaml"),
        MetaType.NONE,
        spec,
        "utf-8",
        overwrite=False,
        output_path=output,
    )
    data = GeneratorData.from_dict(contract.lowered(), config=config)
    if isinstance(data, GeneratorError):
        raise GenerationError(f"{data.header}\n{data.detail}")
    project = Project(openapi=data, config=config, custom_template_path=HERE / "templates")
    upstream = PackageLoader("openapi_python_client")
    assert project.env.loader is not None
    project.env.loader = ChoiceLoader([project.env.loader, PrefixLoader({"upstream": upstream})])
    project.env.globals["calls"] = calls_by_name(contract, data)
    project.env.filters["rebase"] = rebase(contract.document["components"]["schemas"])
    errors = project.build()
    if errors:
        raise GenerationError("\n".join(f"{e.level.value}: {e.header} {e.detail}" for e in errors))
    (output / "py.typed").touch()


def calls_by_name(contract: Contract, data: GeneratorData) -> dict[str, Call]:
    endpoints = {
        str(endpoint.name): (str(tag), endpoint)
        for tag, collection in data.endpoint_collections_by_tag.items()
        for endpoint in collection.endpoints
    }
    calls: dict[str, Call] = {}
    for path, method, operation, item in contract.operations():
        name = str(PythonIdentifier(operation["operationId"], prefix="field_"))
        if name not in endpoints:
            raise GenerationError(f"{operation['operationId']} was left out by the generator")
        tag, endpoint = endpoints[name]
        if not name.startswith(f"{tag}_"):
            raise GenerationError(f"{operation['operationId']}: operation ids are <tag>_<operation>")
        calls[name] = call_of(contract, endpoint, tag, path, method, operation, item)
    return calls


def call_of(
    contract: Contract,
    endpoint: Endpoint,
    tag: str,
    path: str,
    method: str,
    operation: dict[str, Any],
    item: dict[str, Any],
) -> Call:
    described = contract.parameters(operation, item)
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
        every += body_arguments(contract, body, operation)
    needs_json = any(isinstance(prop, ListProperty) for prop in endpoint.query_parameters)
    if needs_json or (endpoint.bodies and endpoint.bodies[0].body_type == BodyType.DATA):
        endpoint.relative_imports.add("import json")
    csv = any("text/csv" in contract.resolve(r).get("content", {}) for r in operation["responses"].values())
    # A format that leaves nothing to choose is not asked for.
    offered = [a for a in every if a.name not in BOUND and (a.name != "format" or csv)]
    offered.sort(key=lambda argument: not argument.required)
    answers = [
        r for r in endpoint.responses.patterns if r.status_code.range and r.status_code.range[0] // 100 == 2
    ]
    answer = " | ".join(sorted({type_text(r.prop) for r in answers}))
    props = [*endpoint.path_parameters, *endpoint.query_parameters, *(r.prop for r in answers)]
    if body:
        props += [body, *(body.required_properties or []), *(body.optional_properties or [])]
    return Call(
        method_name=endpoint.name.removeprefix(f"{tag}_"),
        module=str(endpoint.name),
        http_method=method.upper(),
        path=path,
        security=sorted({scheme for option in operation["security"] for scheme in option}),
        idempotent=operation.get("x-idempotent", True),
        writes=operation.get("x-writes", False),
        bound=[a.name for a in every if a.name in BOUND],
        arguments=offered,
        refused=refused(operation, offered),
        body=str(body.class_info.name) if body else None,
        answer=answer,
        docstring=docstring(
            operation, offered, answer, [contract.resolve(r) for r in operation["responses"].values()]
        ),
        imports={
            line
            for prop in props
            for line in prop.get_imports(prefix="...") | prop.get_lazy_imports(prefix="...")
        },
        needs_json=needs_json,
        csv=csv,
    )


def refused(operation: dict[str, Any], arguments: list[Argument]) -> list[dict[str, Any]]:
    """The combinations of arguments that the contract refuses."""
    rules = operation.get("x-refused", [])
    unknown = {name for rule in rules for name in rule["when"]} - {argument.name for argument in arguments}
    if unknown:
        raise GenerationError(f"{operation['operationId']}: x-refused names {', '.join(sorted(unknown))}")
    return [{"when": rule["when"], "says": rule["says"]} for rule in rules]


def body_arguments(contract: Contract, body: ModelProperty, operation: dict[str, Any]) -> Iterator[Argument]:
    ((media_type, content),) = contract.resolve(operation["requestBody"])["content"].items()
    fields = contract.resolve(content["schema"])["properties"]
    as_json = {
        name
        for name, encoding in content.get("encoding", {}).items()
        if encoding.get("contentType") == "application/json"
    }
    for prop in [*(body.required_properties or []), *(body.optional_properties or [])]:
        wire = prop.name.get_untrusted_value()
        schema = contract.resolve(fields[wire])
        is_form = media_type == "application/x-www-form-urlencoded"
        if is_form and schema.get("type") in {"array", "object"} and wire not in as_json:
            raise GenerationError(f"{body.class_info.name}.{wire}: describe its JSON by encoding")
        yield argument_of(contract, prop, fields[wire], schema, in_body=True)


def argument_of(
    contract: Contract,
    prop: Property,
    described: dict[str, Any],
    schema: dict[str, Any],
    *,
    in_body: bool = False,
) -> Argument:
    name = str(prop.python_name)
    inner = prop.inner_property if isinstance(prop, ListProperty) else prop
    model = str(inner.class_info.name) if isinstance(inner, ModelProperty) else None
    text = TYPES_BY_FORMAT.get(schema.get("format", ""), type_text(prop))
    if model:
        text = re.sub(rf"\b{model}\b", f"{model} | Mapping[str, Any]", text)
    return Argument(
        name=name if keyword.iskeyword(name) else name.removesuffix("_"),
        built_as=name,
        type=text,
        required=prop.required,
        schema=contract.narrowed(schema),
        description=described.get("description") or schema.get("description", ""),
        model=model,
        in_body=in_body,
    )


def type_text(prop: Property) -> str:
    text = prop.get_type_string(no_optional=True).as_unembedded_code()
    # `list` is also the name of a method, which would shadow the type for a checker.
    return re.sub(r"\blist\[", "builtins.list[", text)


def docstring(
    operation: dict[str, Any], arguments: list[Argument], answer: str, responses: list[dict[str, Any]]
) -> str:
    def paragraph(text: str, indent: str = "") -> str:
        return textwrap.fill(
            " ".join(text.split()),
            92,
            initial_indent=indent,
            subsequent_indent=indent + "    " * bool(indent),
        )

    blocks = [paragraph(operation["summary"])]
    blocks += [paragraph(block) for block in operation.get("description", "").strip().split("\n\n") if block]
    if arguments:
        lines = [paragraph(f"{a.name}: {a.description}", "    ") for a in arguments]
        blocks.append("\n".join(["Args:", *lines]))
    described = next((r["description"] for r in responses if r.get("content")), "")
    blocks.append("Returns:\n" + paragraph(f"{answer.replace('builtins.', '')}: {described}", "    "))
    blocks.append(
        "Raises:\n"
        "    mixpanel_export.InvalidArgumentError: an argument is not allowed; nothing is sent.\n"
        "    mixpanel_export.APIError: Mixpanel answers with a failure."
    )
    return str(safe_for_docstring("\n\n".join(blocks)))


def differences(left: Path, right: Path) -> list[str]:
    def files(root: Path) -> set[str]:
        return {
            str(path.relative_to(root))
            for path in root.rglob("*")
            if path.is_file() and path.suffix != ".pyc" and ".ruff_cache" not in path.parts
        }

    mine, theirs = files(left), files(right)
    changed = {name for name in mine & theirs if not filecmp.cmp(left / name, right / name, shallow=False)}
    return sorted((mine ^ theirs) | changed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on any difference")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / PACKAGE
        try:
            compile_spec(SPEC, fresh)
        except GenerationError as error:
            print(f"spec/openapi.yaml does not compile cleanly:\n{error}", file=sys.stderr)
            return 1
        shutil.rmtree(fresh / ".ruff_cache", ignore_errors=True)
        if not check:
            shutil.rmtree(GENERATED, ignore_errors=True)
            shutil.copytree(fresh, GENERATED)
            return 0
        changed = differences(fresh, GENERATED)
    for name in changed:
        print(f"differs from what the spec compiles to: generated/{PACKAGE}/{name}", file=sys.stderr)
    if changed:
        print("Run `nox -s generate` and commit the result.", file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
