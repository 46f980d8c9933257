"""Pages of other sites that have a meeting in a frame: which ones, and what a browser is told of it."""

import re
from typing import Final

from django.conf import settings
from django.http import HttpResponse

_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:[1-9][0-9]{0,4})?")


def is_origin(text: str) -> bool:
    """Whether this is an origin: nothing else may stand in a policy."""
    return _ORIGIN.fullmatch(text) is not None


def embedders() -> list[str]:
    """The origins of EMBED_ORIGINS."""
    return [one for one in settings.EMBED_ORIGINS if is_origin(one)]


def let_embed(response: HttpResponse) -> HttpResponse:
    """The response, which pages of these origins may show in a frame; without any, nobody may."""
    if origins := embedders():
        # X-Frame-Options knows no origins; browsers that know frame-ancestors do not look at it.
        response.xframe_options_exempt = True
        response._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
    return response
