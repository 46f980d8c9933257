"""What administrators of one organisation see of another: nothing, at any address of the admin and in any list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from meetings import scope
from meetings.actions.invite_person import make_out
from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import (
    ACT,
    Act,
    ApiToken,
    Breakouts,
    BreakoutSeat,
    ChatMessage,
    Delivery,
    Invitation,
    Invitee,
    JoinAttempt,
    Knock,
    Meeting,
    MeetingEvent,
    Membership,
    Notes,
    Occurrence,
    Organisation,
    Participant,
    Poll,
    ProbeRun,
    Question,
    Schedule,
    SharedFile,
    Webhook,
    WebhookDelivery,
)
from tests.accounts.conftest import account

pytestmark = pytest.mark.django_db

# In whatever belongs to organisation A, and nowhere else.
MARK = "Zebra"
AFTER_REFUSAL = (302, 403, 404)


@dataclass
class Site:
    """Organisation A with one of each kind of row, and people who look at it."""

    rows: dict[str, Model]
    people: dict[str, User]


def organisation(name: str) -> tuple[Organisation, User]:
    """One with an administrator."""
    made = Organisation.objects.create(name=name)
    boss = account(f"{name}-boss")
    Membership.objects.create(user=boss, organisation=made, role=Membership.Role.ADMIN)
    return made, User.objects.get(pk=boss.pk)


def shared_file(meeting: Meeting, now: datetime) -> SharedFile:
    """One, with the message that carries it."""
    file = SharedFile.objects.create(
        meeting=meeting, name=f"{MARK}.png", media_type="image/png", size=7, place="ab/cd", shared_at=now
    )
    ChatMessage.objects.create(
        meeting=meeting, author_name=MARK, recipient_type=ChatMessage.To.ALL, file=file, sent_at=now
    )
    return file


@pytest.fixture
def site(db: None) -> Site:
    a, of_a = organisation(MARK)
    _, of_b = organisation("Bee")
    host = account(f"{MARK}-host")
    membership = Membership.objects.create(user=host, organisation=a)
    meeting = start_meeting(Person(user_id=host.pk, display_name=MARK), f"{MARK} standup")
    now = timezone.now()
    participant = Participant.objects.create(
        meeting=meeting, user=host, display_name=f"{MARK}-in-it", joined_at=now, connection=uuid4(), resume_hash="x"
    )
    attempt = JoinAttempt.objects.create(
        meeting=meeting, participant=participant, display_name=f"{MARK}-tried", began_at=now, code=f"{MARK}_CODE"
    )
    hook = Webhook.objects.create(owner=host, url=f"https://{MARK}.example/hook".lower(), events=["meeting.ended"])
    invitation = Invitation(email=f"{MARK}@example.org".lower(), organisation=a)
    make_out(invitation)
    schedule = Schedule.objects.create(
        meeting=meeting, day=now.date(), hour=now.time(), zone="UTC", minutes=60, spread_until=now
    )
    occurrence = Occurrence.objects.create(
        schedule=schedule,
        meeting=meeting,
        original=now,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        title=f"{MARK} date",
    )
    invitee = Invitee.objects.create(meeting=meeting, email=f"{MARK}-invited@example.org".lower(), name=MARK)
    breakouts = Breakouts.objects.create(meeting=meeting, created_at=now, closing_seconds=60)
    rows: dict[str, Model] = {
        "schedule": schedule,
        "occurrence": occurrence,
        "invitee": invitee,
        "delivery": Delivery.objects.create(key=MARK, kind="invitation", invitee=invitee, due_at=now),
        "meeting": meeting,
        "participant": participant,
        "joinattempt": attempt,
        "knock": Knock.objects.create(
            meeting=meeting, display_name=f"{MARK}-waits", asked_at=now, connection=uuid4(), user=host
        ),
        "breakouts": breakouts,
        "breakoutseat": BreakoutSeat.objects.create(
            breakouts=breakouts, display_name=f"{MARK}-sits", user=host, role=Participant.Role.ATTENDEE
        ),
        "apitoken": ApiToken.objects.create(user=host, name=f"{MARK}-token", digest="x", created_at=now),
        "webhook": hook,
        "webhookdelivery": WebhookDelivery.objects.create(
            webhook=hook, event="meeting.ended", payload={"title": MARK}, created_at=now, due_at=now
        ),
        "chatmessage": ChatMessage.objects.create(
            meeting=meeting,
            author=participant,
            author_name=f"{MARK}-writes",
            recipient_type=ChatMessage.To.ALL,
            message=f"{MARK} said",
            sent_at=now,
        ),
        "notes": Notes.objects.create(meeting=meeting, text=f"{MARK} notes", version=1, changed_at=now),
        "sharedfile": shared_file(meeting, now),
        "poll": Poll.objects.create(
            meeting=meeting,
            author_name=MARK,
            question=f"{MARK} or not?",
            options=["Yes", "No"],
            counts=[0, 0],
            kind=Poll.Kind.SINGLE,
            anonymous=False,
            results_for=Poll.ResultsFor.EVERYBODY,
            created_at=now,
        ),
        "question": Question.objects.create(
            meeting=meeting, author=participant, author_name=MARK, question=f"Where is {MARK}?", asked_at=now
        ),
        "meetingevent": MeetingEvent.objects.create(meeting=meeting, side="page", step="lock", outcome="ok", at=now),
        "act": Act.objects.create(meeting=meeting, side=ACT, step="locked", outcome="ok", at=now),
        "organisation": a,
        "membership": membership,
        "invitation": invitation,
        "user": host,
        "proberun": ProbeRun.objects.create(began_at=now - timedelta(minutes=1), seconds=1, ok=True),
    }
    staff = account("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.all())
    member = account("member", is_staff=True)
    member.user_permissions.set(Permission.objects.all())
    Membership.objects.create(user=member, organisation=a)
    User.objects.filter(pk=member.pk).update(is_staff=True)
    people = {
        "superuser": account("root", is_superuser=True, is_staff=True),
        "A": of_a,
        "B": of_b,
        "no organisation": staff,
        "member of A": User.objects.get(pk=member.pk),
    }
    return Site(rows, people)


def of_meetings() -> list[type[Model]]:
    """The models with pages in the admin that are about meetings and people."""
    return [one for one in admin.site._registry if one._meta.app_label in ("meetings", "auth")]


def addresses(model: type[Model], row: Model) -> Iterator[tuple[str, str]]:
    """Every address of the admin about this row, and the lists that it might be in: name and address."""
    for pattern in admin.site._registry[model].get_urls():
        if not isinstance(pattern, URLPattern) or not pattern.name:
            continue
        names = list(pattern.pattern.converters)
        yield pattern.name, reverse(f"admin:{pattern.name}", args=[row.pk] if names else [])


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


MODELS = [one._meta.model_name or "" for one in of_meetings()]


def test_there_is_a_row_for_every_model_in_the_admin(site: Site) -> None:
    assert set(MODELS) - {"group"} <= site.rows.keys()


@pytest.mark.parametrize("who", ["B", "no organisation", "member of A"])
@pytest.mark.parametrize("name", [one for one in MODELS if one not in ("group", "proberun")])
def test_nobody_else_sees_anything_at_any_address(site: Site, name: str, who: str) -> None:
    row = site.rows[name]
    client = client_of(site.people[who])
    tried = 0
    for view, url in addresses(type(row), row):
        tried += 1
        for method in (client.get, client.post):
            answer = method(url)
            text = b"".join(answer) if answer.streaming else answer.content
            assert MARK.encode() not in text, (who, view)
            assert MARK.lower().encode() not in text.lower(), (who, view)
            assert str(row.pk) not in answer.get("Location", ""), (who, view)
            if str(row.pk) in url:
                assert answer.status_code in AFTER_REFUSAL, (who, view, answer.status_code)
    assert tried >= 5, tried
    assert type(row)._default_manager.filter(pk=row.pk).exists(), "nothing was deleted by that"


@pytest.mark.parametrize("who", ["superuser", "A"])
@pytest.mark.parametrize("name", [one for one in MODELS if one not in ("group", "proberun")])
def test_whose_it_is_sees_it(site: Site, name: str, who: str) -> None:
    row = site.rows[name]
    client = client_of(site.people[who])
    label = f"{row._meta.app_label}_{row._meta.model_name}"
    listed = client.get(reverse(f"admin:{label}_changelist"))
    assert listed.status_code == 200
    assert MARK.lower() in listed.content.decode().lower()
    assert row in listed.context["cl"].queryset
    assert client.get(reverse(f"admin:{label}_change", args=[row.pk])).status_code == 200
    for view, url in addresses(type(row), row):
        answer = client.get(url)
        assert answer.status_code in (200, 302, 403), (view, answer.status_code)
        if view.endswith(("_timeline", "_json", "_csv", "_history")):
            assert answer.status_code == 200, view


@pytest.mark.parametrize("who", ["A", "B", "member of A"])
def test_the_sites_own_matters_are_not_an_organisations(site: Site, who: str) -> None:
    user = site.people[who]
    user.user_permissions.set(Permission.objects.all())
    client = client_of(User.objects.get(pk=user.pk))
    run = site.rows["proberun"]
    for url in (
        reverse("admin:meetings_proberun_changelist"),
        reverse("admin:meetings_proberun_change", args=[run.pk]),
        reverse("admin:media_livemedia_changelist"),
        reverse("admin:media_incident_changelist"),
        reverse("admin:auth_group_changelist"),
        reverse("doctor"),
        reverse("doctor-json"),
    ):
        assert client.get(url).status_code == 403, url
    first = client.get("/admin/").content.decode()
    for word in ("Doctor", "Probe", "Live media", "Incident", "Groups"):
        assert word not in first, word


def test_searching_and_filtering_find_nothing(site: Site) -> None:
    client = client_of(site.people["B"])
    meeting, attempt = site.rows["meeting"], site.rows["joinattempt"]
    assert isinstance(attempt, JoinAttempt)
    for name, query in (
        ("meeting", {"q": MARK}),
        ("meeting", {"host_user__username__startswith": "z"}),
        ("participant", {"q": MARK}),
        ("participant", {"meeting__id__exact": str(meeting.pk)}),
        ("joinattempt", {"q": attempt.report}),
        ("joinattempt", {"meeting": str(meeting.pk)}),
        ("joinattempt", {"same_as": attempt.report}),
        ("joinattempt", {"code": f"{MARK}_CODE"}),
        ("membership", {"q": MARK}),
        ("invitation", {"q": MARK.lower()}),
    ):
        answer = client.get(reverse(f"admin:meetings_{name}_changelist"), query)
        assert answer.status_code in (200, 302, 400), (name, query)
        if answer.status_code == 200:
            assert answer.context["cl"].result_count == 0, (name, query)
            assert b"standup" not in answer.content
            assert attempt.display_name not in answer.content.decode()


def test_fields_offer_and_take_ones_own_only(site: Site) -> None:
    for field in ("host_user",):
        answer = client_of(site.people["B"]).get(
            reverse("admin:autocomplete"),
            {"app_label": "meetings", "model_name": "meeting", "field_name": field, "term": ""},
        )
        assert [one["text"] for one in answer.json()["results"]] == ["bee-boss"]
    host = site.rows["user"]
    data = {
        "title": "Ours",
        "host_user": str(host.pk),
        "capacity": "5",
        "notes_by": "everybody",
        "guests_allowed": "on",
    }
    client = client_of(site.people["B"])
    refused = client.post(reverse("admin:meetings_meeting_add"), data)
    assert "host_user" in refused.context["adminform"].form.errors
    data |= {"host_user": "", "organisation": str(site.rows["organisation"].pk)}
    assert client.post(reverse("admin:meetings_meeting_add"), data).status_code == 302
    made = Meeting.objects.get(title="Ours")
    assert made.organisation is not None
    assert made.organisation.name == "Bee", "one's own, whatever was asked for"


def test_acts_on_lists_do_not_reach_further(site: Site) -> None:
    meeting = site.rows["meeting"]
    url = reverse("admin:meetings_meeting_changelist")
    for act in ("end", "delete_selected"):
        client_of(site.people["B"]).post(
            url, {"action": act, "_selected_action": [str(meeting.pk)], "select_across": "1", "post": "yes"}
        )
    meeting.refresh_from_db()
    assert isinstance(meeting, Meeting)
    assert meeting.state == Meeting.State.OPEN


def test_administrators_do_not_make_more_of_themselves(site: Site) -> None:
    boss = site.people["A"]
    client = client_of(boss)
    host = site.rows["user"]
    change = reverse("admin:auth_user_change", args=[host.pk])
    page = client.get(change).content.decode()
    assert "is_superuser" not in page
    assert client.post(change, {"is_superuser": "on", "username": "x"}).status_code == 403
    assert client.get(f"/admin/auth/user/{host.pk}/password/").status_code == 403
    assert client.post("/admin/auth/user/add/", {"username": "x"}).status_code == 403
    assert not User.objects.filter(is_superuser=True).exclude(username="root").exists()


def test_administrators_make_administrators_and_let_people_go(site: Site) -> None:
    client = client_of(site.people["A"])
    membership = site.rows["membership"]
    change = reverse("admin:meetings_membership_change", args=[membership.pk])
    bee = Organisation.objects.get(name="Bee")
    assert client.post(change, {"role": "admin", "organisation": str(bee.pk)}).status_code == 302
    membership.refresh_from_db()
    assert isinstance(membership, Membership)
    assert (membership.role, membership.organisation.name, membership.user.is_staff) == ("admin", MARK, True)
    delete = reverse("admin:meetings_membership_delete", args=[membership.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    host = User.objects.get(pk=membership.user_id)
    assert not host.is_staff
    assert client_of(host).get("/admin/").status_code == 302


def test_inviting(site: Site, mailoutbox: Any, settings: Any) -> None:
    settings.PUBLIC_URL = "https://meet.example.org"
    client = client_of(site.people["A"])
    bee = Organisation.objects.get(name="Bee")
    data = {"email": "new@example.org", "role": "member", "organisation": str(bee.pk)}
    assert client.post(reverse("admin:meetings_invitation_add"), data).status_code == 302
    made = Invitation.objects.get(email="new@example.org")
    assert made.organisation is not None
    assert (made.organisation.name, made.invited_by) == (MARK, site.people["A"])
    sent = mailoutbox[0]
    assert sent.to == ["new@example.org"]
    assert sent.subject == f"[KCS Meet] You are invited to {MARK}"
    link = next(line for line in sent.body.splitlines() if line.startswith("https://meet.example.org/account/"))
    page = Client().get(link.removeprefix("https://meet.example.org"))
    assert f"You are invited to {MARK}" in page.content.decode()
    assert made.token_hash not in link, "what is kept opens nothing"


def test_inviting_without_a_mail_server(site: Site, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1
    data = {"email": "new@example.org", "role": "member"}
    page = client_of(site.people["A"]).post(reverse("admin:meetings_invitation_add"), data, follow=True)
    assert "Give new@example.org this link yourself: http://testserver/account/invitation/" in page.content.decode()


def test_header_injection_in_an_invitation(site: Site, mailoutbox: Any) -> None:
    Organisation.objects.filter(name=MARK).update(name=f"{MARK}\r\nBcc: everybody@example.org")
    data = {"email": "new@example.org", "role": "member"}
    client_of(site.people["A"]).post(reverse("admin:meetings_invitation_add"), data)
    assert mailoutbox[0].recipients() == ["new@example.org"]
    assert "\n" not in mailoutbox[0].subject


def test_view_on_site_leads_to_what_one_sees(site: Site) -> None:
    meeting = site.rows["meeting"]
    assert isinstance(meeting, Meeting)
    kind = ContentType.objects.get_for_model(Meeting).pk
    url = f"/admin/r/{kind}/{meeting.pk}/"
    assert client_of(site.people["A"]).get(url)["Location"] == f"/m/{meeting.code}/"
    for who in ("B", "no organisation", "member of A"):
        assert client_of(site.people[who]).get(url).status_code == 404, who
    assert Client().get(url)["Location"].startswith("/admin/login/")
    assert client_of(site.people["superuser"]).get(f"/admin/r/9999/{uuid4()}/").status_code == 404


def test_lists_of_ones_own_hold_nobody_elses(site: Site) -> None:
    ours = start_meeting(Person(user_id=site.people["B"].pk), "Ours")
    for who, titles in (("A", []), ("B", ["Ours"]), ("no organisation", []), ("superuser", []), ("member of A", [])):
        answer = client_of(site.people[who]).get("/api/meetings/recent")
        assert [one["title"] for one in answer.json()] == titles, who
    assert ours.organisation is not None
    assert ours.organisation.name == "Bee"


def test_what_is_no_organisations_is_seen_by_who_runs_the_site(site: Site) -> None:
    start_meeting(Person(guest="alice"), "Of a guest")

    def listed(who: str) -> list[str]:
        answer = client_of(site.people[who]).get(reverse("admin:meetings_meeting_changelist"))
        return [] if answer.status_code == 403 else [one.title for one in answer.context["cl"].queryset]

    assert listed("no organisation") == ["Of a guest"]
    assert listed("A") == [f"{MARK} standup"]
    assert listed("B") == listed("member of A") == []
    assert set(listed("superuser")) == {"Of a guest", f"{MARK} standup"}


@pytest.mark.parametrize("who", ["superuser", "A", "B", "no organisation", "member of A"])
def test_one_rule_for_rows_and_lists(site: Site, who: str) -> None:
    user = site.people[who]
    for name, row in site.rows.items():
        expected = who == "superuser" or (who == "A" and name != "proberun")
        assert scope.sees(user, row) is expected, name


def test_what_is_not_in_the_table_is_seen_by_superusers_alone(site: Site) -> None:
    kinds: Callable[[User], int] = lambda user: scope.within(user, Permission.objects.all()).count()  # noqa: E731
    assert [bool(kinds(user)) for user in site.people.values()] == [True, False, False, False, False]


def test_what_was_done_in_a_meeting_that_is_deleted_stays_with_its_organisation(site: Site) -> None:
    meeting = start_meeting(Person(user_id=site.rows["user"].pk), f"{MARK} that was")
    Act.objects.create(meeting=meeting, side=ACT, step="locked", outcome="ok", at=timezone.now())
    url = reverse("admin:meetings_meeting_delete", args=[meeting.pk])
    assert client_of(site.people["A"]).post(url, {"post": "yes"}).status_code == 302
    assert not Meeting.objects.filter(pk=meeting.pk).exists()
    trail = reverse("admin:meetings_act_changelist")
    for who, seen in (("superuser", True), ("A", True), ("B", False), ("no organisation", False)):
        assert (f"{MARK} that was" in client_of(site.people[who]).get(trail).content.decode()) is seen, who


def test_host_who_left_the_organisation_stays_the_host(site: Site) -> None:
    site.rows["membership"].delete()
    meeting = site.rows["meeting"]
    url = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    data = {"title": "Renamed", "capacity": "5", "notes_by": "everybody", "guests_allowed": "on"}
    assert client_of(site.people["A"]).post(url, data).status_code == 302
    meeting.refresh_from_db()
    assert isinstance(meeting, Meeting)
    assert (meeting.title, meeting.host_user) == ("Renamed", site.rows["user"])


def test_organisation_with_meetings_is_not_deleted(site: Site) -> None:
    a = site.rows["organisation"]
    url = reverse("admin:meetings_organisation_delete", args=[a.pk])
    client_of(site.people["superuser"]).post(url, {"post": "yes"})
    assert Organisation.objects.filter(pk=a.pk).exists()


def test_lists_ask_the_database_as_often_for_many(
    site: Site, django_assert_max_num_queries: Any, client: Client
) -> None:
    boss = site.people["A"]
    host = int(site.rows["user"].pk)
    for number in range(12):
        start_meeting(Person(user_id=host), f"{number}")
        person = account(f"p{number}")
        Membership.objects.create(user=person, organisation=boss.membership.organisation)
    client.force_login(boss)
    for name in ("meetings_meeting", "meetings_membership", "auth_user"):
        with django_assert_max_num_queries(14):
            assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
