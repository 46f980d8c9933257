"""Who may have programs told of meetings."""

from meetings.protocol.codes import Refusal


def keep_webhooks(*, has_account: bool) -> Refusal | None:
    """Have webhooks, which are an account's."""
    return None if has_account else Refusal("NOT_AUTHENTICATED", "Sign in: webhooks are an account's.")


def hear_of_all(*, runs_organisation: bool) -> Refusal | None:
    """Have a webhook told of all meetings of one's organisation."""
    return None if runs_organisation else Refusal("NOT_ALLOWED", "Only administrators of an organisation may do that.")
