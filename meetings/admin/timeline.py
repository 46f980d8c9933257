"""A meeting's quality timeline in the admin: charts that are drawn here, and its exports."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from meetings.models import JoinAttempt, Meeting, MeetingEvent, Participant
from meetings.scope import within
from meetings.spreadsheet import csv_response
from meetings.timeline import chart, export, units
from meetings.timeline.person import Person, Trouble
from meetings.timeline.series import Point, points, step_for
from meetings.timeline.stays import Mark
from meetings.timeline.timeline import Timeline, timeline
from meetings.timeline.told import Told, Who
from meetings.trace.event import Event

Json = dict[str, Any]

NAME = "admin:meetings_meeting_{}"
STEPS = (
    "quality", "admitted", "joined", "ended", "socket-lost", "media-lost", "media-restored", "verdict",
)  # fmt: skip
# Up to so many people are shown in full; of more, those with troubles.
FEW = 6
ROWS = 20
# Of the bars in their charts, as the templates have these: from where and how high, and how high.
SPEECH = (8.0, 8.0)
FROZEN_HEIGHT = 24.0
WHAT = {
    "frozen": "Pictures stood still",
    "lossy-up": "Loss of what was sent",
    "lossy-down": "Loss of what was received",
    "late": "Received unevenly",
    "slow": "Computer too busy",
    "lost": "No media",
}
WHOSE = {"sender": "the sender's", "receiver": "the receiver's", "us": "ours", None: "not known"}


def timeline_url(meeting: UUID) -> str:
    """The page."""
    return reverse(NAME.format("timeline"), args=[meeting])


class TimelinePages:
    """The pages of one admin site. Whoever may see a meeting and join attempts may see them."""

    def __init__(self, site: AdminSite) -> None:
        self._site = site

    def urls(self) -> list[URLPattern]:
        """Below those of meetings."""
        wrap = self._site.admin_view
        named: dict[str, tuple[str, Callable[..., HttpResponseBase]]] = {
            "timeline/": ("timeline", self.page),
            "timeline.json": ("timeline_json", self.as_json),
            "timeline.csv": ("timeline_csv", self.as_csv),
            "troubles.csv": ("troubles_csv", self.troubles_as_csv),
        }
        return [
            path(f"<uuid:meeting_id>/{route}", wrap(view), name=f"meetings_meeting_{name}")
            for route, (name, view) in named.items()
        ]

    def page(self, request: HttpRequest, meeting_id: UUID) -> HttpResponseBase:
        """Charts, sentences and tables."""
        meeting, whole = _found(request, meeting_id)
        context = {
            **self._site.each_context(request),
            "opts": Meeting._meta,
            "title": "Quality timeline",
            "subtitle": str(meeting),
            "meeting": meeting,
            "attempts": f"{reverse('admin:meetings_joinattempt_changelist')}?meeting={meeting.pk}",
            "is_nav_sidebar_enabled": False,
            "drawn": _drawn(whole) if whole else None,
        }
        request.current_app = self._site.name  # as Django's own views set it
        return TemplateResponse(request, "admin/meetings/meeting/timeline.html", context)

    def as_json(self, request: HttpRequest, meeting_id: UUID) -> HttpResponseBase:
        """Everything, as a download."""
        meeting, whole = _found(request, meeting_id)
        about = {"id": str(meeting.id), "code": meeting.code, "title": meeting.title}
        return JsonResponse(
            {"meeting": about, "timeline": export.as_json(whole) if whole else None},
            headers={"Content-Disposition": f'attachment; filename="timeline-{meeting.code}.json"'},
            json_dumps_params={"ensure_ascii": False},
        )

    def as_csv(self, request: HttpRequest, meeting_id: UUID) -> HttpResponseBase:
        """Each sample, as a download."""
        meeting, whole = _found(request, meeting_id)
        return csv_response(f"timeline-{meeting.code}", export.SAMPLES, export.sample_rows(whole) if whole else ())

    def troubles_as_csv(self, request: HttpRequest, meeting_id: UUID) -> HttpResponseBase:
        """Each stretch of trouble, as a download."""
        meeting, whole = _found(request, meeting_id)
        return csv_response(f"troubles-{meeting.code}", export.TROUBLES, export.trouble_rows(whole) if whole else ())


def read_timeline(meeting: Meeting) -> Timeline | None:
    """From the meeting's events, in three queries."""
    people = Participant.objects.filter(meeting=meeting).values_list("id", "display_name", "user_id", "guest")
    who = {str(one): Who(name, f"{user or guest or one} {name}") for one, name, user, guest in people}
    # What pages told over HTTP knows its attempt only.
    attempts = JoinAttempt.objects.filter(meeting=meeting).values_list("id", "participant_id")
    owners = {str(one): str(participant or "") for one, participant in attempts}
    ids = {written: one for one in (*who, *owners) for written in (one, one.replace("-", ""))}
    rows = (
        MeetingEvent.objects.filter(meeting=meeting, step__in=STEPS)
        .order_by("at", "id")
        # Ids as the database writes them: few of them stand in very many rows.
        .annotate(whose=Cast("participant_id", TextField()), of=Cast("attempt_id", TextField()))
        .values_list("side", "step", "outcome", "at", "data", "whose", "of")
    )

    def told() -> Iterator[Told]:
        for side, step, outcome, at, data, participant, attempt in rows.iterator(chunk_size=500):
            tried = ids.get(attempt, "")
            whose = ids.get(participant, "") if participant else owners.get(tried, "")
            yield Told(Event(side, step, outcome, at.timestamp(), data), whose, tried)

    return timeline(told(), who, timezone.now().timestamp())


def _found(request: HttpRequest, meeting_id: UUID) -> tuple[Meeting, Timeline | None]:
    if not request.user.has_perms(["meetings.view_meeting", "meetings.view_joinattempt"]):
        raise PermissionDenied
    meeting = within(request.user, Meeting.objects.filter(id=meeting_id)).first()
    if meeting is None:
        raise Http404
    return meeting, read_timeline(meeting)


def _drawn(whole: Timeline) -> Json:
    scales, drawn = chart.scales_of(whole)
    people = [
        _person(place, one, given, scales, len(whole.people) <= FEW)
        for place, (one, given) in enumerate(zip(whole.people, drawn, strict=True))
    ]
    return {
        "people": people,
        "ticks": list(chart.ticks(scales)),
        "grid": chart.grid(scales),
        "day": datetime.fromtimestamp(whole.begins, UTC).strftime("%A, %d %B %Y"),
        "lasted": units.seconds(whole.ends - whole.begins),
        "step": units.seconds(scales.step),
    }


def _person(place: int, person: Person, given: Sequence[Point], scales: chart.Scales, few: bool) -> Json:
    return {
        "place": place,
        "name": person.name,
        "summary": person.summary,
        "open": few or bool(person.troubles),
        "spoke": units.seconds(person.spoke_seconds) if person.spoke_seconds else "",
        "stays": [_bar(one.begins, one.ends, scales) for one in person.stays],
        "speech": chart.speech(scales, given, *SPEECH),
        "troubles": [_trouble(one, scales) for one in person.troubles],
        "marks": [_mark(one, scales) for one in person.marks if one.kind != "over"],
        "lanes": chart.lanes(given, scales),
        "frozen": chart.frozen(scales, given, FROZEN_HEIGHT),
        "happened": _happened(person),
        "table": _table(person, scales),
    }


def _bar(begins: float, ends: float, scales: chart.Scales) -> tuple[float, float]:
    left = scales.share(begins)
    return left, round(scales.share(ends) - left, 2)


def _trouble(one: Trouble, scales: chart.Scales) -> Json:
    left, width = _bar(one.stretch.begins, one.stretch.ends, scales)
    said = f"{_clock(one.stretch.begins)}: {_what(one)}. {one.fault.sentence}"
    return {"left": left, "width": width, "whose": one.fault.whose or "nobody", "said": said}


def _mark(mark: Mark, scales: chart.Scales) -> Json:
    said = f"{_clock(mark.at)}: {mark.text}"
    return {"left": scales.share(mark.at), "kind": mark.kind, "said": said, "url": _attempt_url(mark)}


def _happened(person: Person) -> list[Json]:
    """Marks and troubles in one list, in the order of time."""
    troubles: Iterable[tuple[float, Json]] = (
        (
            one.stretch.begins,
            {
                "what": _what(one),
                "lasted": units.seconds(one.stretch.ends - one.stretch.begins),
                "whose": WHOSE[one.fault.whose],
                "whose_class": one.fault.whose or "nobody",
                "sentence": one.fault.sentence,
                "url": "",
            },
        )
        for one in person.troubles
    )
    marks = ((one.at, {"what": one.text, "url": _attempt_url(one)}) for one in person.marks)
    ordered = sorted(chain(troubles, marks), key=lambda one: one[0])
    return [{"at": _clock(at), **told} for at, told in ordered]


def _what(one: Trouble) -> str:
    kind, amount = one.stretch.kind, one.stretch.amount
    match kind:
        case "frozen":
            return f"{WHAT[kind]} for {units.seconds(amount / 1000)}"
        case "lossy-up" | "lossy-down":
            return f"{WHAT[kind]}, up to {units.percent(amount)}"
        case "late":
            return f"{WHAT[kind]}, up to {units.milliseconds(amount)} late"
    return WHAT[kind]


def _table(person: Person, scales: chart.Scales) -> SafeString:
    """Rows of HTML: a large meeting has thousands of cells."""
    step = step_for(scales.ends - scales.begins, ROWS)
    rows = [
        (
            _clock(one.at - step / 2),
            _or_nothing(one.up_kbps, units.bitrate),
            _or_nothing(one.down_kbps, units.bitrate),
            _or_nothing(one.up_loss, units.percent),
            _or_nothing(one.down_loss, units.percent),
            _or_nothing(one.rtt, units.milliseconds),
            _or_nothing(one.jitter, units.milliseconds),
            units.milliseconds(one.frozen_ms) if one.frozen_ms else "",
            _or_nothing(one.sent_height, units.lines),
            _or_nothing(one.seen_height, units.lines),
            "" if one.layer is None else str(one.layer),
            units.milliseconds(one.spoke_ms) if one.spoke_ms else "",
        )
        for one in points(person.readings, scales.begins, step)
    ]
    return format_html_join("\n", f'<tr><th scope="row">{{}}</th>{"<td>{}</td>" * 11}</tr>', rows)


def _or_nothing(value: float | None, words: Callable[[float], str]) -> str:
    return "" if value is None else words(value)


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def _attempt_url(mark: Mark) -> str:
    return reverse("admin:meetings_joinattempt_change", args=[mark.attempt]) if mark.attempt else ""
