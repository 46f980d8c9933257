"""The API as an OpenAPI document: made of the shapes by which bodies are judged, so that there is one truth."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from meetings.protocol.codes import MESSAGES
from meetings.protocol.fields import (
    UNLIMITED,
    Flag,
    Forms,
    Id,
    Kind,
    ListOf,
    Moment,
    Nullable,
    Number,
    OneOf,
    Shape,
    Text,
    Uuid,
    When,
    Whole,
    Written,
)
from meetings.statuses import STATUSES

Json = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Any])

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
# As `protocol.fields.UNPRINTABLE`; what is no character at all does not come this far.
PRINTABLE: Final = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$"
# The same, and not nothing but white space.
_SHOWN: Final = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f"
LEGIBLE: Final = f"^[^{_SHOWN}]*[^{_SHOWN}\\s][^{_SHOWN}]*$"
# What any request may be refused with.
ALWAYS: Final = ("BAD_REQUEST", "RATE_LIMITED", "SERVICE_UNAVAILABLE", "INTERNAL_ERROR")
PATH: Final = {
    "reference": "The meeting's id or code.",
    "participant": "The participant's id.",
    "poll": "The poll's id.",
    "question": "The question's id.",
    "message": "The message's id.",
    "occurrence": "The occurrence's id.",
    "invitee": "The invitee's id.",
    "token": "The token's id, not its text.",
    "webhook": "The webhook's id.",
    "attempt": "The attempt's id, made by whoever tries.",
}

_components: dict[str, Json] = {
    "Problem": {
        "type": "object",
        "description": "Why a request was refused (RFC 9457): a code, its message, and a sentence about this case.",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "enum": sorted(MESSAGES)},
            "message": {"type": "string"},
            "details": {"type": "string"},
            "retryAfter": {"type": "number"},
            "allowed": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["type", "title", "status", "detail", "code", "message", "details"],
    }
}


def operation(
    name: str,
    *,
    path: Iterable[str] = (),
    query: Shape | None = None,
    headers: Mapping[str, str] | None = None,
    body: Kind | None = None,
    form: Mapping[str, Json] | None = None,
    answers: Mapping[int, Kind | None] | None = None,
    other: Mapping[tuple[int, str], Json] | None = None,
    codes: Iterable[str] = (),
    scope: str | None = None,
) -> Callable[[Method], Method]:
    """Describe a method of a view; its docstring says what it does. `answers` are by status, `codes` those that it
    refuses with, `form` the fields of a body that is multipart/form-data, `other` answers that are not JSON, by status
    and media type. A token needs the `scope` for it; without one it is not for tokens.
    """
    parameters = [_parameter(one, "path", Text(), required=True, description=PATH[one]) for one in path]
    if query is not None:
        parameters += [
            _parameter(one, "query", kind, required=not optional) for one, (kind, optional) in query.fields.items()
        ]
    parameters += [
        _parameter(one, "header", Text(), required=False, description=words) for one, words in (headers or {}).items()
    ]
    responses: dict[Any, Any] = {
        (status, JSON): OpenApiResponse(response=schema_of(kind), description="Done.")
        if kind is not None
        else OpenApiResponse(description="Done.")
        for status, kind in (answers or {}).items()
    }
    for known, schema in (other or {}).items():
        responses[known] = OpenApiResponse(response=schema, description="Done.")
    describe: Callable[[Method], Method] = extend_schema(
        operation_id=name,
        parameters=parameters,
        request=_body(body, form),
        responses={**responses, **_refusals((*codes, *ALWAYS))},
        extensions={"x-scope": scope} if scope is not None else None,
    )

    def described(method: Method) -> Method:
        method.scope = scope  # type: ignore[attr-defined]
        return describe(method)

    return described


def schema_of(kind: Kind) -> Json:
    """A kind of the contract as JSON schema. Named shapes become components."""
    if isinstance(kind, Shape) and kind.name:
        if kind.name not in _components:
            # Before what is in it, for shapes may hold themselves.
            _components[kind.name] = {}
            _components[kind.name].update(_object(kind))
        return {"$ref": f"#/components/schemas/{kind.name}"}
    match kind:
        case Shape():
            return _object(kind)
        case Forms():
            return {"anyOf": [schema_of(shape) for shape in kind.shapes.values()]}
        case Nullable():
            return {"anyOf": [schema_of(kind.kind), {"type": "null"}]}
        case ListOf():
            return {
                "type": "array",
                "items": schema_of(kind.item),
                "minItems": kind.shortest,
                "maxItems": kind.longest,
                **({"uniqueItems": True} if kind.distinct else {}),
            }
        case _:
            return _simple(kind)


def _body(body: Kind | None, form: Mapping[str, Json] | None) -> Json | None:
    if form is not None:
        fields = {name.removesuffix("?"): schema for name, schema in form.items()}
        required = [name for name in form if not name.endswith("?")]
        schema = {"type": "object", "properties": fields, "required": required, "additionalProperties": False}
        return {"multipart/form-data": schema}
    return {JSON: schema_of(body)} if body is not None else None


def _simple(kind: Kind) -> Json:
    match kind:
        case Text():
            longest = {} if kind.longest == UNLIMITED else {"maxLength": kind.longest}
            pattern = PRINTABLE if kind.blank else LEGIBLE
            return {"type": "string", "minLength": kind.shortest, **longest, "pattern": pattern}
        case Id():
            return {"type": "string"}
        case Written():
            return {"type": "string", "maxLength": kind.longest, "pattern": kind.pattern}
        case Uuid():
            return {"type": "string", "format": "uuid"}
        case When():
            return {"type": "string", "format": "date-time"}
        case Whole():
            return {"type": "integer", "minimum": kind.least, "maximum": kind.most}
        case Moment():
            return {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e13}
        case Number():
            return {"type": "number"}
        case Flag():
            return {"type": "boolean"}
        case OneOf():
            return {"type": "string", "enum": list(kind.words)}
        case _:
            return {"type": "object", "additionalProperties": True}


def add_components(result: Json, **_: Any) -> Json:
    """drf-spectacular's hook: the named shapes."""
    result["components"].setdefault("schemas", {}).update(_components)
    for methods in result["paths"].values():
        for told in methods.values():
            _demand_body(told)
    return result


def in_order(result: Json, **_: Any) -> Json:
    """drf-spectacular's hook, the last one: the paths by name."""
    result["paths"] = dict(sorted(result["paths"].items()))
    return result


def _demand_body(told: Json) -> None:
    """Say that there has to be a body where something has to be in it."""
    for content in told.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        forms = _named(schema).get("anyOf", [schema])
        if all(_named(one).get("required") for one in forms):
            told["requestBody"]["required"] = True


def _named(schema: Json) -> Json:
    return _components.get(schema.get("$ref", "").rpartition("/")[2], schema)


def problem() -> Json:
    """The schema of every refusal."""
    return {"$ref": "#/components/schemas/Problem"}


def _object(shape: Shape) -> Json:
    required = [name for name, (_, optional) in shape.fields.items() if not optional]
    return {
        "type": "object",
        "properties": {name: schema_of(kind) for name, (kind, _) in shape.fields.items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _refusals(codes: Iterable[str]) -> dict[Any, Any]:
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(STATUSES.get(code, 403), []).append(code)
    told: dict[tuple[int | str, str], OpenApiResponse] = {
        (status, PROBLEM_JSON): OpenApiResponse(response=problem(), description=", ".join(sorted(known)))
        for status, known in sorted(by_status.items())
    }
    return {**told, ("default", PROBLEM_JSON): OpenApiResponse(response=problem(), description="Refused.")}


def _parameter(name: str, where: Any, kind: Kind, *, required: bool, description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, schema_of(kind), where, required=required, description=description)
