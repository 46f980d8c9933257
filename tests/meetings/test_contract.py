"""The contract as data: complete, handled, and what its page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from meetings.handlers import HANDLERS
from meetings.protocol import reference
from meetings.protocol.codes import MESSAGES, OF_THE_API, PUSHED, Refusal
from meetings.protocol.pushes import PUSHES
from meetings.protocol.requests import COMMON_CODES, REQUESTS

HERE = Path(__file__).parent


def test_every_request_has_a_handler_and_no_other() -> None:
    assert set(HANDLERS) == set(REQUESTS)


def test_page_is_what_the_contract_says() -> None:
    call_command("signalling_reference", "--check")


def test_page_that_differs_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "signalling.md"
    monkeypatch.setattr("meetings.protocol.reference.page_path", lambda: page)
    with pytest.raises(CommandError):
        call_command("signalling_reference", "--check")
    call_command("signalling_reference")
    call_command("signalling_reference", "--check")
    page.write_text(page.read_text().replace("meeting-joined", "meeting-entered"))
    with pytest.raises(CommandError):
        call_command("signalling_reference", "--check")


def test_page_tells_of_everything() -> None:
    page = reference.reference_page()
    for name in (*REQUESTS, *PUSHES, *MESSAGES, *(request.reply for request in REQUESTS.values())):
        assert f"`{name}`" in page, name


@pytest.mark.parametrize("event", REQUESTS)
def test_names_in_a_request_exist(event: str) -> None:
    request = REQUESTS[event]
    assert set(request.codes) <= set(MESSAGES)
    assert set(request.pushes) <= set(PUSHES)


def test_no_code_is_without_a_use() -> None:
    listed = {code for request in REQUESTS.values() for code in (*request.codes, *COMMON_CODES)}
    assert set(MESSAGES) - listed == {"UNKNOWN_EVENT"} | PUSHED | OF_THE_API


@pytest.mark.parametrize("code", sorted(MESSAGES.keys() - PUSHED))
def test_every_code_is_produced_by_a_test(code: str) -> None:
    tests = [path.read_text() for path in HERE.glob("test_*.py") if path.name != Path(__file__).name]
    assert any(re.search(rf'"{code}"', text) for text in tests), f"no test meets {code}"


def test_refusals_need_a_code_of_the_contract() -> None:
    with pytest.raises(KeyError):
        Refusal("MADE_UP", "This is not in the contract.")
