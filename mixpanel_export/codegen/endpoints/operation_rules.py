"""What an operation of a spec must keep to: ids, credentials, parameters, bodies and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from mixpanel_export.codegen.endpoints.name_rules import arguments_of
from mixpanel_export.codegen.endpoints.places import (
    Mistake,
    Place,
    names_of,
    object_of,
    operations_of,
    parameters_at,
    parts_of,
    resolved,
    suggestion,
)
from mixpanel_export.codegen.endpoints.values import misfit

__all__ = ["BUDGETS", "operation_mistakes"]

BUDGETS = {"export": "data", "query": "query", "schemas": "schemas", "none": "app"}
"""Families of calls by the value of `x-budget`."""

_SCHEMES = (
    "oauthToken", "projectSecret", "serviceAccount", "signature", "signatureApiKey", "signatureExpire",
)  # fmt: skip
_CREDENTIALS: list[set[str]] = [
    {"serviceAccount"}, {"oauthToken"}, {"projectSecret"}, {"signature", "signatureApiKey", "signatureExpire"},
]  # fmt: skip
_CREDENTIALS_TEXT = (
    "serviceAccount, oauthToken, projectSecret, or signature with signatureApiKey and signatureExpire"
)
_PATH = re.compile(r"([^{}]|\{[^{}]+\})*")
_STATUS = re.compile(r"[1-5](\d\d|XX)|default")
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_ANSWERS = (_JSON, "text/csv", "text/plain")


def operation_mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the operations of a document."""
    for path in object_of(document["paths"]):
        yield from _path_mistakes(path)
    yield from _tag_mistakes(document)
    for place, operation, item in operations_of(document):
        yield from _identity(place, operation, document)
        budget = operation.get("x-budget", "none")
        if str(budget) not in BUDGETS:
            yield (*place, "x-budget"), f"x-budget: expected one of {', '.join(BUDGETS)}, got {budget!r}"
        if "x-instead" in operation and not operation.get("deprecated"):
            yield (*place, "x-instead"), "x-instead: expected `deprecated: true` beside it"
        yield from _parameter_mistakes(place, operation, item, document)
        yield from _body_mistakes(place, operation, document)
        yield from _answer_mistakes(place, operation, item, document)
        yield from _refusals(place, operation, item, document)
        yield from _example_mistakes(place, operation, item, document)


def _path_mistakes(path: str) -> Iterator[Mistake]:
    sent, here = path.partition("#")[0], ("paths", path)
    if not sent.startswith("/"):
        yield here, f"{path}: expected a path from the host, such as /api/app/audits"
    elif "?" in sent:
        yield here, f"{path}: expected no ?; describe what follows it as parameters with `in: query`"
    elif not _PATH.fullmatch(sent):
        yield here, f"{path}: expected parameters in braces, such as {{project_id}}"


def _tag_mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    used = {
        str(tag) for _, operation, _ in operations_of(document) for tag in parts_of(operation.get("tags"))
    }
    seen: set[str] = set()
    for index, tag in enumerate(parts_of(document.get("tags"))):
        here, name = ("tags", index, "name"), tag["name"]
        if name not in used:
            yield here, f"tags: no operation has the tag {name}{suggestion(name, used)}"
        elif name in seen:
            yield here, f"tags: {name} is described twice"
        seen.add(name)


def _identity(place: Place, operation: dict[str, Any], document: dict[str, Any]) -> Iterator[Mistake]:
    _, path, method = place
    inherited = {"security": document.get("security")}
    for key in ("operationId", "summary", "security", "responses"):
        if not operation.get(key, inherited.get(key)):
            yield place, f"{method} {path}: {key} is required"
    security = operation.get("security", document.get("security"))
    for index, option in enumerate(parts_of(security)):
        here = (*(place if "security" in operation else ()), "security", index)
        unknown = [name for name in object_of(option) if name not in _SCHEMES]
        for name in unknown:
            yield (*here, name), f"security: {name}: unknown credentials{suggestion(name, _SCHEMES)}"
        if not unknown and {*option} not in _CREDENTIALS:
            yield here, f"security: expected {_CREDENTIALS_TEXT}, got {option!r}"


def _parameter_mistakes(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Mistake]:
    _, path, _ = place
    named: set[str] = set()
    for here, parameter in parameters_at(place, operation, item, document):
        name, location = str(parameter.get("name")), parameter.get("in")
        named.add(name)
        if location == "path" and f"{{{name}}}" not in path:
            yield here, f"{name}: there is no {{{name}}} in the path {path}"
        if location not in ("path", "query"):
            yield here, f"{name}: in: expected query or path, got {location!r}"
        content = object_of(parameter.get("content"))
        for problem in _form_problems(parameter):
            yield here, f"{name}: {problem}"
        sent_as_json = object_of(content.get(_JSON)).get("schema")
        if "array" in names_of(resolved(document, parameter.get("schema"))):
            yield here, f"{name}: lists travel as JSON text: put the schema under content, {_JSON}"
        if "object" in names_of(resolved(document, parameter.get("schema", sent_as_json))):
            yield here, f"{name}: objects are not supported here; use text, or a field of the request body"
    for name in re.findall(r"\{([^}]*)\}", path.partition("#")[0]):
        if name not in named:
            yield place, f"{name}: a parameter with `in: path` is missing for {{{name}}} in {path}"


def _form_problems(parameter: dict[str, Any]) -> Iterator[str]:
    """Yield the words about a parameter that is not described in one of the forms that the client can send."""
    content = object_of(parameter.get("content"))
    is_in_path = parameter.get("in") == "path"
    if is_in_path and parameter.get("required") is not True:
        yield "expected `required: true` for a part of the path"
    allowed = "simple" if is_in_path else "form"
    if (style := parameter.get("style", allowed)) != allowed:
        yield f"style: expected {allowed}, got {style!r}"
    if bool(content) == ("schema" in parameter):
        yield "expected either schema or content"
    elif content and [*content] != [_JSON]:
        yield f"content: expected {_JSON}, got {', '.join(content)}"
    elif content and "schema" not in content[_JSON]:
        yield f"content: schema is required in {_JSON}"


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
    if not object_of(body.get("properties")):
        yield here, "requestBody: schema: expected an object with properties, each of which is an argument"
    encodings = object_of(object_of(described).get("encoding"))
    for name, field in object_of(body.get("properties")).items():
        is_json = object_of(encodings.get(name)).get("contentType") == _JSON
        is_part = bool(names_of(resolved(document, field)) & {"array", "object"})
        if media_type == _FORM and is_part and not is_json:
            yield here, f"{name}: it travels as JSON text: say so under encoding, contentType: {_JSON}"


def _answer_mistakes(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Mistake]:
    responses = object_of(operation.get("responses"))
    wrong = [status for status in responses if not _STATUS.fullmatch(status)]
    for status in wrong:
        yield (
            (*place, "responses", status),
            f"responses: expected a status such as 200, 2XX or default, got {status!r}",
        )
    if responses and not wrong and not any(status.startswith("2") for status in responses):
        yield (*place, "responses"), "responses: expected a successful one, such as 200"
    first: dict[str, Any] = {}
    for status, response in responses.items():
        if not status.startswith("2"):
            continue
        here = (*place, "responses", status)
        content = object_of(resolved(document, response).get("content"))
        schemas = {
            media_type: object_of(described).get("schema") for media_type, described in content.items()
        }
        first = first or schemas
        if schemas not in ({}, first):
            yield (
                here,
                f"{status}: expected the content of another success, or none: a call has one type of answer",
            )
        if {"text/csv", _JSON} <= content.keys() and not _has_csv_format(place, operation, item, document):
            yield here, f"{status}: text/csv beside {_JSON}: expected a parameter `format` whose enum has csv"
        for media_type, described in content.items():
            types = names_of(resolved(document, object_of(described).get("schema")))
            if media_type not in _ANSWERS:
                yield here, f"{status}: {media_type}: expected {', '.join(_ANSWERS)}"
            elif media_type == _JSON and not types & {"object", "array"}:
                yield here, f"{status}: schema: expected an object of components/schemas, or an array"


def _has_csv_format(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> bool:
    return any(
        parameter.get("name") == "format"
        and "csv" in parts_of(resolved(document, parameter.get("schema")).get("enum"))
        for _, parameter in parameters_at(place, operation, item, document)
    )


def _refusals(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Mistake]:
    known = {a.name: a.schema for a in arguments_of(place, operation, item, document)}
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
                continue
            if problem := _condition_problem(condition, known[name], document):
                yield (*here, "when", name), f"x-refused: {name}: {problem}"


def _condition_problem(condition: object, schema: object, document: dict[str, Any]) -> str:
    """Return the words about a condition that an argument can never meet; empty if it can."""
    limit = object_of(condition)
    if [*limit] == ["over"] and _is_number(limit["over"]):
        is_number = bool(names_of(resolved(document, schema)) & {"integer", "number"})
        return "" if is_number else "expected a number for `over`"
    values = parts_of(condition)
    if condition not in ("given", "missing") and not values:
        return f"expected given, missing, a list or {{over: number}}, got {condition!r}"
    problems = [misfit(value, schema, document) for value in values if value is not None]
    # Rules are shared between operations, some of which take fewer values.
    return problems[0] if problems and len(problems) == len(values) and all(problems) else ""


def _example_mistakes(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Mistake]:
    here, example = (*place, "x-example"), operation.get("x-example", {})
    if not isinstance(example, dict):
        yield here, f"x-example: expected a mapping of arguments to their values, got {example!r}"
        return
    known = {a.name: a.schema for a in arguments_of(place, operation, item, document)}
    for name, value in object_of(cast(object, example)).items():
        if name not in known:
            yield (*here, name), f"x-example: there is no argument {name}{suggestion(name, known)}"
        elif problem := misfit(value, known[name], document):
            yield (*here, name), f"x-example: {name}: {problem}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
