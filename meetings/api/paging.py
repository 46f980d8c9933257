"""Pages of lists, with cursors: what comes or goes meanwhile shifts nothing."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from meetings.api.bodies import LARGEST_PAGE
from meetings.protocol.codes import Refusal

Row = TypeVar("Row", bound=Model)

USUAL_PAGE = 50


class _Pages(CursorPagination):
    page_size = USUAL_PAGE
    page_size_query_param = "pageSize"
    max_page_size = LARGEST_PAGE


def paged(
    request: Request, rows: QuerySet[Row], ordering: Sequence[str], entry: Callable[[Row], dict[str, Any]]
) -> Response:
    """A page as `{next, previous, results}`. `ordering` begins with what the cursor tells the place by. Raises Refusal
    BAD_REQUEST for a cursor that is not ours.
    """
    pages = _Pages()
    pages.ordering = tuple(ordering)
    try:
        page = pages.paginate_queryset(rows, request)
    except (NotFound, ValueError, ValidationError):
        raise Refusal("BAD_REQUEST", "cursor is not one of ours.") from None
    return pages.get_paginated_response([entry(row) for row in page or ()])
