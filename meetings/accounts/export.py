"""All that is kept about an account, for whom it belongs to."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from meetings.erasing.traces import Traces
from meetings.models import (
    Act,
    ChatMessage,
    Invitation,
    Invitee,
    JoinAttempt,
    Knock,
    Meeting,
    Membership,
    Participant,
    PollVote,
    Profile,
    Question,
)

Json = dict[str, Any]


def data_of(user: User) -> Json:
    """Profile, meetings, stays, messages, invitations, tries to come in, and what they did as hosts. What others wrote
    to everybody is theirs and is not in it; passwords, tokens and keys are in nothing that is handed out.
    """
    traces = Traces.of_account(user)
    addressed = Q(pk__in=())
    for email in traces.emails:
        addressed |= Q(email__iexact=email)
    return {
        "account": _account(user),
        "meetingsHosted": _values(
            Meeting.objects.filter(host_user=user),
            *("id", "code", "title", "description", "state", "created_at", "starts_at", "started_at", "ended_at"),
        ),
        "stays": _values(
            Participant.objects.filter(user=user),
            *("id", "meeting__code", "meeting__title", "display_name", "role", "joined_at", "left_at", "left_reason"),
            *("gone_at", "spoke_ms", "banned"),
        ),
        "messagesWritten": _messages(ChatMessage.objects.filter(author__in=traces.stays)),
        "messagesReceivedAlone": _messages(ChatMessage.objects.filter(recipient__in=traces.stays)),
        "questionsAsked": _values(
            Question.objects.filter(author__in=traces.stays), "meeting__code", "question", "state", "votes", "asked_at"
        ),
        "votes": _values(
            PollVote.objects.filter(participant__in=traces.stays), "poll__question", "poll__options", "chosen"
        ),
        "invitedTo": _values(
            Invitee.objects.filter(addressed),
            *("meeting__code", "meeting__title", "email", "name", "role", "answer", "answered_at", "invited_at"),
        ),
        "invitations": _values(
            Invitation.objects.filter(addressed | Q(accepted_by=user)), "email", "role", "created_at", "accepted_at"
        ),
        "waitedAtTheDoor": _values(
            Knock.objects.filter(user=user), "meeting__code", "display_name", "asked_at", "decided_at", "decision"
        ),
        "triesToComeIn": _values(
            JoinAttempt.objects.filter(Q(user=user) | Q(participant__in=traces.stays)),
            *("id", "meeting__code", "display_name", "client", "address", "began_at", "joined_at", "ended_at"),
            *("outcome", "code", "sentence"),
        ),
        "whatYouDidAsHost": _values(
            Act.objects.filter(Q(participant__in=traces.stays) | Q(data__by__userId=str(user.pk))),
            *("meeting__code", "step", "at"),
        ),
        "apiTokens": _values(user.api_tokens.all(), "name", "scopes", "created_at", "expires_at", "used_at"),
    }


def _account(user: User) -> Json:
    profile = Profile.objects.filter(user=user).first() or Profile()
    membership = Membership.objects.filter(user=user).select_related("organisation").first()
    return {
        "username": user.get_username(),
        "name": user.get_full_name(),
        "email": user.email,
        "emails": _values(EmailAddress.objects.filter(user=user), "email", "verified", "primary"),
        "signInServices": _values(SocialAccount.objects.filter(user=user), "provider", "uid", "date_joined"),
        "organisation": None if membership is None else membership.organisation.name,
        "timeZone": profile.time_zone,
        "language": profile.language,
        "joinedAt": user.date_joined,
        "lastSignIn": user.last_login,
    }


def _messages(messages: QuerySet[ChatMessage]) -> list[Json]:
    return _values(
        messages,
        *("meeting__code", "author_name", "recipient_type", "recipient_name", "message", "file__name"),
        *("sent_at", "edited_at", "deleted_at"),
    )


def _values(rows: QuerySet[Any], *names: str) -> list[Json]:
    return [{_camel(name): value for name, value in row.items()} for row in rows.values(*names)]


def _camel(name: str) -> str:
    first, *others = name.replace("__", "_").split("_")
    return first + "".join(word.capitalize() for word in others)
