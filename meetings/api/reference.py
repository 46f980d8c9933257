"""The OpenAPI document, and a page to read it on: made on the server, so that it needs no script."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from meetings.protocol.codes import MESSAGES
from meetings.statuses import STATUSES

Json = dict[str, Any]


class OpenApi(SpectacularAPIView):
    """`/api/schema/`: YAML, or JSON for those who ask for it (`?format=json`)."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that goes into an operation, or comes out of it."""

    name: str
    kind: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, for reading."""

    id: str
    method: str
    path: str
    summary: str
    parameters: tuple[Part, ...]
    body: str
    answers: tuple[Part, ...]


@require_safe
def reference_page(request: HttpRequest) -> HttpResponse:
    """All operations, all objects, and all codes with which the API refuses."""
    context = {"operations": _operations(), "objects": _objects(), "codes": _codes()}
    return render(request, "meetings/api.html", context)


@cache
def _document() -> Json:
    document: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


@cache
def _operations() -> tuple[Operation, ...]:
    return tuple(
        _operation(method, path, told)
        for path, methods in _document()["paths"].items()
        for method, told in methods.items()
    )


def _operation(method: str, path: str, told: Json) -> Operation:
    parameters = tuple(
        Part(f"{one['name']}{'' if one.get('required') else '?'} ({one['in']})", _kind(one["schema"]), _words(one))
        for one in told.get("parameters", ())
    )
    answers = tuple(Part(status, _content(answer), _words(answer)) for status, answer in told["responses"].items())
    body = _content(told.get("requestBody", {}))
    return Operation(told["operationId"], method.upper(), path, _words(told), parameters, body, answers)


def _content(told: Json) -> str:
    return ", ".join(_kind(content["schema"]) for content in told.get("content", {}).values())


@cache
def _objects() -> tuple[tuple[str, tuple[Part, ...]], ...]:
    return tuple(
        (name, tuple(_field(field, kind, schema) for field, kind in schema.get("properties", {}).items()))
        for name, schema in sorted(_document()["components"]["schemas"].items())
    )


def _field(name: str, kind: Json, schema: Json) -> Part:
    return Part(name if name in schema.get("required", ()) else f"{name}?", _kind(kind))


@cache
def _codes() -> tuple[tuple[str, int, str], ...]:
    return tuple((code, STATUSES.get(code, 403), message) for code, message in sorted(MESSAGES.items()))


def _words(told: Json) -> str:
    return str(told.get("description", ""))


def _kind(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"“{word}”" for word in schema["enum"])
    match schema.get("type"):
        case "array":
            return f"list of {_kind(schema['items'])}"
        case "object" if schema.get("properties"):
            return "{" + ", ".join(f"{name}: {_kind(kind)}" for name, kind in schema["properties"].items()) + "}"
        case "string" if "format" in schema:
            return str(schema["format"])
        case "string" if "maxLength" in schema:
            return f"string up to {schema['maxLength']}"
        case "integer" if "minimum" in schema:
            return f"{schema['minimum']}…{schema['maximum']}"
        case kind:
            return str(kind)
