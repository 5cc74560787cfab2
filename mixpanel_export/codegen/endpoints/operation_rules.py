"""What an operation of a spec must keep to: ids, credentials, parameters, bodies, answers and servers."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any, cast, get_args

from mixpanel_export.codegen.endpoints.adapter import PythonIdentifier
from mixpanel_export.codegen.endpoints.places import (
    Mistake,
    Place,
    names_of,
    object_of,
    operations_of,
    parts_of,
    resolved,
    suggestion,
)
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.servers import Region, Servers

__all__ = ["BUDGETS", "argument_name", "is_mixpanels", "operation_mistakes"]

BUDGETS = {"export": "data", "query": "query", "schemas": "schemas", "none": "app"}
"""Families of calls by the value of `x-budget`."""

_SCHEMES = (
    "oauthToken", "projectSecret", "serviceAccount", "signature", "signatureApiKey", "signatureExpire",
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_ANSWERS = (_JSON, "text/csv", "text/plain")
# Local names of the functions that build requests, and the object of a method.
_TAKEN = {"body", "client", "cookies", "headers", "params", "self", "_kwargs"}


def operation_mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the operations of a document."""
    yield from _server_mistakes(document, ())
    paths = {path: object_of(item) for path, item in object_of(document["paths"]).items()}
    for path, item in paths.items():
        yield from _server_mistakes(item, ("paths", path))
    seen: dict[str, str] = {}
    for place, operation, item in operations_of(document):
        yield from _identity(place, operation, document)
        operation_id = str(operation.get("operationId"))
        if operation_id in seen:
            yield (*place, "operationId"), f"operationId: {operation_id} is the id of another operation"
        seen[operation_id] = operation_id
        yield from _server_mistakes(operation, place)
        budget = operation.get("x-budget", "none")
        if str(budget) not in BUDGETS:
            yield (*place, "x-budget"), f"x-budget: expected one of {', '.join(BUDGETS)}, got {budget!r}"
        yield from _parameter_mistakes(place, operation, item, document)
        yield from _body_mistakes(place, operation, document)
        yield from _answer_mistakes(place, operation, document)
        yield from _refusals(place, operation, item, document)
        yield from _example_mistakes(place, operation, item, document)


def argument_name(built_as: str) -> str:
    """Return the name of a keyword argument.

    The generator appends an underscore to names of built-ins (`type_`); as keyword arguments only words of Python
    need one.
    """
    bare = built_as.removesuffix("_")
    return built_as if keyword.iskeyword(bare) else bare


def is_mixpanels(url: str) -> bool:
    """Return True for a server of Mixpanel's own, or a relative one."""
    host = re.sub(r"^https?://([^/:]*).*", r"\1", url)
    return url.startswith("/") or host == "mixpanel.com" or host.endswith(".mixpanel.com")


def _identity(place: Place, operation: dict[str, Any], document: dict[str, Any]) -> Iterator[Mistake]:
    _, path, method = place
    inherited = {"security": document.get("security")}
    for key in ("operationId", "summary", "security", "responses"):
        if not operation.get(key, inherited.get(key)):
            yield place, f"{method} {path}: {key} is required"
    operation_id, tags = operation.get("operationId"), parts_of(operation.get("tags"))
    if len(tags) != 1:
        yield (
            (*place, "tags"),
            f"{method} {path}: tags: expected exactly one tag, got {operation.get('tags')!r}",
        )
    elif not _is_name(tags[0]):
        yield (*place, "tags"), f"tags: expected a lower-case name such as audit_logs, got {tags[0]!r}"
    elif operation_id:
        prefix, _, name = str(operation_id).partition(f"{tags[0]}_")
        if prefix or not _is_name(name):
            yield (*place, "operationId"), f"operationId: expected {tags[0]}_<method>, got {operation_id!r}"
    security = operation.get("security", document.get("security"))
    for index, option in enumerate(parts_of(security)):
        for name in object_of(option):
            if name not in _SCHEMES:
                here = (*(place if "security" in operation else ()), "security", index, name)
                yield here, f"security: {name}: unknown credentials{suggestion(name, _SCHEMES)}"


def _is_name(text: object) -> bool:
    return isinstance(text, str) and bool(_NAME.fullmatch(text)) and not keyword.iskeyword(text)


def _server_mistakes(holder: dict[str, Any], place: Place) -> Iterator[Mistake]:
    urls: dict[str, str] = {}
    for index, server in enumerate(map(object_of, parts_of(holder.get("servers")))):
        here = (*place, "servers", index)
        url = str(server.get("url", ""))
        if not url or is_mixpanels(url):
            continue
        try:
            Servers.choose("us", url)
        except ConfigurationError as error:
            yield (*here, "url"), f"servers: {error.expected}, got {url!r}"
        region = str(server.get("x-region", ""))
        if region and region not in get_args(Region):
            yield (
                (*here, "x-region"),
                f"x-region: expected one of {', '.join(get_args(Region))}, got {region!r}",
            )
        elif region in urls or (urls and "" in {region, *urls}):
            yield here, "servers: expected one server, or one for each x-region (us, eu, in)"
        urls[region] = url


def _parameters(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[tuple[Place, dict[str, Any]]]:
    for holder, where in ((item, place[:2]), (operation, place)):
        for index, parameter in enumerate(parts_of(holder.get("parameters"))):
            yield (*where, "parameters", index), resolved(document, parameter)


def _parameter_mistakes(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Mistake]:
    _, path, _ = place
    in_path: set[str] = set()
    seen: set[str] = set()
    for here, parameter in _parameters(place, operation, item, document):
        name, location = str(parameter.get("name")), parameter.get("in")
        if location == "path":
            in_path.add(name)
            if f"{{{name}}}" not in path:
                yield here, f"{name}: there is no {{{name}}} in the path {path}"
        elif location != "query":
            yield here, f"{name}: in: expected query or path, got {location!r}"
        argument = str(PythonIdentifier(name, "field_"))
        if argument.removesuffix("_") in _TAKEN or argument in seen:
            why = "is taken" if argument not in seen else "stands for two parameters"
            yield here, f"{name}: the argument {argument} {why}"
        seen.add(argument)
        content = object_of(parameter.get("content"))
        if content and [*content] != [_JSON]:
            yield here, f"{name}: content: expected {_JSON}, got {', '.join(content)}"
        if not content and "schema" not in parameter:
            yield here, f"{name}: schema: required"
        sent_as_json = object_of(content.get(_JSON)).get("schema")
        if "array" in names_of(resolved(document, parameter.get("schema"))):
            yield here, f"{name}: lists travel as JSON text: put the schema under content, {_JSON}"
        if "object" in names_of(resolved(document, parameter.get("schema", sent_as_json))):
            yield here, f"{name}: objects are not supported here; use text, or a field of the request body"
    for name in re.findall(r"\{([^}]*)\}", path.partition("#")[0]):
        if name not in {*in_path, *seen}:
            yield place, f"{name}: a parameter with `in: path` is missing for {{{name}}} in {path}"


def _body_mistakes(place: Place, operation: dict[str, Any], document: dict[str, Any]) -> Iterator[Mistake]:
    if "requestBody" not in operation:
        return
    here = (*place, "requestBody")
    content = object_of(resolved(document, operation["requestBody"]).get("content"))
    if len(content) != 1 or not {_JSON, _FORM} & content.keys():
        yield here, f"requestBody: content: expected one media type, {_JSON} or {_FORM}"
        return
    ((media_type, described),) = content.items()
    schema = object_of(object_of(described).get("schema"))
    body = resolved(document, schema)
    if "$ref" not in schema or names_of(body) != {"object"}:
        yield here, "requestBody: schema: expected a $ref to an object of components/schemas"
        return
    encodings = object_of(object_of(described).get("encoding"))
    for name, field in object_of(body.get("properties")).items():
        argument = str(PythonIdentifier(name, "field_"))
        if argument == "self_":
            yield here, f"{name}: the argument {argument} is taken"
        is_json = object_of(encodings.get(name)).get("contentType") == _JSON
        is_part = bool(names_of(resolved(document, field)) & {"array", "object"})
        if media_type == _FORM and is_part and not is_json:
            yield here, f"{name}: it travels as JSON text: say so under encoding, contentType: {_JSON}"


def _answer_mistakes(place: Place, operation: dict[str, Any], document: dict[str, Any]) -> Iterator[Mistake]:
    responses = object_of(operation.get("responses"))
    if responses and not any(status.startswith("2") for status in responses):
        yield (*place, "responses"), "responses: expected a successful one, such as 200"
    for status, response in responses.items():
        if not status.startswith("2"):
            continue
        here = (*place, "responses", status)
        for media_type, described in object_of(resolved(document, response).get("content")).items():
            types = names_of(resolved(document, object_of(described).get("schema")))
            if media_type not in _ANSWERS:
                yield here, f"{status}: {media_type}: expected {', '.join(_ANSWERS)}"
            elif media_type == _JSON and not types & {"object", "array"}:
                yield here, f"{status}: schema: expected an object of components/schemas, or an array"


def _refusals(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Mistake]:
    known = _arguments(place, operation, item, document)
    for index, rule in enumerate(map(object_of, parts_of(operation.get("x-refused")))):
        here = (*place, "x-refused", index)
        if not rule["when"]:
            yield here, "when: expected at least one condition"
        for name, condition in object_of(rule["when"]).items():
            if name not in known:
                yield (
                    (*here, "when", name),
                    f"x-refused: there is no argument {name}{suggestion(name, known)}",
                )
            limit = object_of(condition)
            is_limit = [*limit] == ["over"] and _is_number(limit["over"])
            if condition not in ("given", "missing") and not isinstance(condition, list) and not is_limit:
                yield (
                    (*here, "when", name),
                    f"x-refused: {name}: expected given, missing, a list or {{over: number}}, got {condition!r}",
                )


def _example_mistakes(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Mistake]:
    here, example = (*place, "x-example"), operation.get("x-example", {})
    if not isinstance(example, dict):
        yield here, f"x-example: expected a mapping of arguments to their values, got {example!r}"
        return
    known = _arguments(place, operation, item, document)
    for name in map(str, object_of(cast(object, example))):
        if name not in known:
            yield (*here, name), f"x-example: there is no argument {name}{suggestion(name, known)}"


def _arguments(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> list[str]:
    """Return the names of the arguments in Python."""
    wires = [
        *(str(parameter.get("name")) for _, parameter in _parameters(place, operation, item, document)),
        *_body_fields(operation, document),
    ]
    return [str(PythonIdentifier(wire, "field_")).removesuffix("_") for wire in wires]


def _body_fields(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    content = object_of(resolved(document, operation.get("requestBody")).get("content"))
    for described in content.values():
        schema = resolved(document, object_of(described).get("schema"))
        yield from object_of(schema.get("properties"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
