"""What programs may do with a token of somebody's."""

from collections.abc import Collection
from typing import Final

from meetings.protocol.codes import Refusal

SCOPES: Final = (
    "meetings:read",
    "meetings:write",
    "meetings:join",
    "people:write",
    "chat:read",
    "chat:write",
    "webhooks:read",
    "webhooks:write",
)


def use_token(scopes: Collection[str], wanted: str | None) -> Refusal | None:
    """Do what asks for the scope `wanted`. What asks for none is not for programs: a token makes no other one."""
    if wanted is None:
        return Refusal("NOT_ALLOWED", "Nobody may do that with a token; sign in.")
    if wanted not in scopes:
        return Refusal("NOT_ALLOWED", f"The token is not for that: it does not have the scope {wanted}.")
    return None


def keep_tokens(*, has_account: bool) -> Refusal | None:
    """Have tokens, which are an account's."""
    return None if has_account else Refusal("NOT_AUTHENTICATED", "Sign in: tokens are an account's.")
