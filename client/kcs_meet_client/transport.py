"""Requests to a site: its refusals as exceptions, asked again when it says so."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx

from kcs_meet_client.errors import Unreachable, refusal

Json = Mapping[str, Any]
T = TypeVar("T")

_ASK_AGAIN: Final = frozenset({429, 503})
_KEY: Final = "Idempotency-Key"


class Transport:
    """One site and one account. `patience` is how many seconds a request waits in all, where the site says that it is
    to be asked again; `sleep` waits.
    """

    def __init__(
        self, site: str, token: str, *, timeout: float, patience: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._patience = patience
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=f"{site.rstrip('/')}/api/",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=timeout,
        )

    def close(self) -> None:
        """Let go of its connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        query: Json | None = None,
        etag: str = "",
        once: bool = False,
    ) -> httpx.Response:
        """What the site answers, if it does what is asked. With `once` it is done once, however often it is sent.

        Raises Refused, or Unreachable.
        """
        headers = {**({"If-Match": etag} if etag else {}), **({_KEY: str(uuid4())} if once else {})}
        # Whether what was sent without an answer was done is known only of these.
        again = once or method == "GET"
        waited, tries = 0.0, 0
        while True:
            tries += 1
            try:
                answer = self._http.request(method, path, json=body, params=query, headers=headers)
            except httpx.TransportError as error:
                wait = 0.5 * 2**tries
                if not again or waited + wait > self._patience:
                    raise Unreachable(f"{method} {path}: {error}") from error
            else:
                if answer.status_code < 400:
                    return answer
                wait = _wanted(answer)
                if answer.status_code not in _ASK_AGAIN or waited + wait > self._patience:
                    raise _refused(answer)
            self._sleep(wait)
            waited += wait

    def pages(self, path: str, query: Json, read: Callable[[Json], T]) -> Iterator[T]:
        """All of a list, page by page."""
        answer = self.ask("GET", path, query=query).json()
        while True:
            yield from map(read, answer["results"])
            if answer["next"] is None:
                return
            answer = self.ask("GET", path, query=httpx.URL(answer["next"]).params).json()


def _wanted(answer: httpx.Response) -> float:
    """In how many seconds the site wants to be asked again."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 1.0


def _refused(answer: httpx.Response) -> Exception:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "code" not in problem:
        return Unreachable(f"{answer.status_code} of something that is no KCS Meet site.")
    return refusal(problem)
