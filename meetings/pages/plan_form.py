"""The form in which a meeting is planned."""

from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.api.bodies import LARGEST_MEETING
from meetings.calendars.plan import Plan, read_plan
from meetings.calendars.recurrence import MOST_OCCURRENCES, BadRule, Pattern
from meetings.models import Meeting, Schedule
from meetings.pages.people_field import PeopleField

DAYS = (
    ("MO", _("Monday")),
    ("TU", _("Tuesday")),
    ("WE", _("Wednesday")),
    ("TH", _("Thursday")),
    ("FR", _("Friday")),
    ("SA", _("Saturday")),
    ("SU", _("Sunday")),
)
WORKING_DAYS = "MO,TU,WE,TH,FR"
AS_IT_IS = "as-it-is"
REPEATS = (
    ("", _("Does not repeat")),
    ("DAILY", _("Every day")),
    ("WORKING", _("Every working day")),
    ("WEEKLY", _("Every week")),
    ("MONTHLY", _("Every month, on the same day")),
    ("PLACE", _("Every month, on the same weekday")),
    ("YEARLY", _("Every year")),
)
ENDS = (("never", _("Never")), ("until", _("On a day")), ("count", _("After a number of times")))
LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 480)
REMINDERS = (
    (0, _("No reminder")),
    (10, _("10 minutes before")),
    (60, _("An hour before")),
    (24 * 60, _("A day before")),
)


@cache
def zones() -> list[tuple[str, str]]:
    """The time zones that can be chosen."""
    names = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in names)]


class WhenForm(forms.Form):
    """When a meeting is, and for how long. `zone` is that of day and hour."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    hour = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.TypedChoiceField(label=_("Takes"), coerce=int)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zones)

    def __init__(self, *args: Any, minutes: int = 60, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lengths = sorted({*LENGTHS, minutes})
        self.fields["minutes"] = forms.TypedChoiceField(
            label=_("Takes"), coerce=int, choices=[(one, length_words(one)) for one in lengths], initial=minutes
        )

    @property
    def first(self) -> datetime:
        """The wall time that was given. After it is valid."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"])


class PlanForm(WhenForm):
    """All of it."""

    title = forms.CharField(label=_("Title"), max_length=200, strip=True)
    description = forms.CharField(
        label=_("What it is about"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    repeats = forms.ChoiceField(label=_("Repeats"), required=False, choices=REPEATS)
    interval = forms.IntegerField(label=_("Every so many"), required=False, min_value=1, max_value=99, initial=1)
    days = forms.MultipleChoiceField(label=_("On"), required=False, choices=DAYS, widget=forms.CheckboxSelectMultiple)
    ends = forms.ChoiceField(label=_("Ends"), required=False, choices=ENDS, initial="never")
    until = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    count = forms.IntegerField(label=_("Times"), required=False, min_value=1, max_value=MOST_OCCURRENCES)
    people = PeopleField(
        label=_("Invite"), help_text=_("E-mail addresses, one in a line or with commas. They need no account.")
    )
    waiting_room = forms.ChoiceField(
        label=_("Waiting room"),
        choices=(
            ("nobody", _("Everybody comes in at once")),
            ("guests", _("People without an account wait to be let in")),
            ("everybody", _("Everybody waits to be let in")),
        ),
        initial="nobody",
    )
    before_host = forms.BooleanField(label=_("Others may come in before the host"), required=False, initial=True)
    guests_allowed = forms.BooleanField(label=_("People without an account may come"), required=False, initial=True)
    closes = forms.BooleanField(label=_("End it for everybody when its time is over"), required=False)
    passcode = forms.CharField(
        label=_("Passcode"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Empty: none is asked for."),
    )
    capacity = forms.IntegerField(label=_("At most so many people"), min_value=1, max_value=LARGEST_MEETING)
    remind_minutes = forms.TypedChoiceField(label=_("Reminder by mail"), coerce=int, choices=REMINDERS, initial=60)

    def __init__(self, *args: Any, meeting: Meeting | None = None, zone: str = "", **kwargs: Any) -> None:
        schedule = meeting.schedules.last() if meeting is not None else None
        super().__init__(*args, minutes=schedule.minutes if schedule is not None else 60, **kwargs)
        self.schedule = schedule
        self.initial.update(_initial(meeting, schedule, zone))
        if meeting is not None:
            # They are listed on the page of the meeting, where more can be invited.
            del self.fields["people"]
            if meeting.passcode_hash:
                self.fields["passcode"].help_text = _("Empty: the one that it has stays.")
        zone_field = self.fields["zone"]
        assert isinstance(zone_field, forms.ChoiceField)
        if schedule is not None and schedule.zone not in dict(zones()):
            zone_field.choices = [*zones(), (schedule.zone, schedule.zone)]
        if self.initial.get("repeats") == AS_IT_IS and schedule is not None:
            field = self.fields["repeats"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*REPEATS, (AS_IT_IS, _("As it is now"))]

    def clean(self) -> dict[str, Any]:
        """Adds `plan`."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            plan = read_plan(self.first, cleaned["zone"], cleaned["minutes"], self._rule(cleaned))
        except BadRule as bad:
            raise forms.ValidationError(str(bad)) from None
        if not any(moment + plan.length > timezone.now() for moment in plan.pattern.times(_far_away())):
            self.add_error("day", _("That is over already."))
        cleaned["plan"] = plan
        return cleaned

    def changes_plan(self) -> bool:
        """Whether what is planned is another than before."""
        plan: Plan = self.cleaned_data["plan"]
        return self.schedule is None or plan != Plan(self.schedule.pattern, self.schedule.minutes)

    def columns(self) -> dict[str, Any]:
        """What stands in columns of the meeting."""
        names = ("title", "description", "before_host", "guests_allowed", "closes", "capacity", "remind_minutes")
        return {name: self.cleaned_data[name] for name in names}

    def _rule(self, cleaned: dict[str, Any]) -> str:
        repeats = cleaned["repeats"]
        if repeats == AS_IT_IS and self.schedule is not None:
            return self.schedule.rule
        if not repeats:
            return ""
        day = cleaned["day"]
        interval = cleaned["interval"] or 1
        parts = {"FREQ": repeats, **({"INTERVAL": str(interval)} if interval > 1 else {})}
        match repeats:
            case "WORKING":
                parts = {"FREQ": "WEEKLY", "BYDAY": WORKING_DAYS}
            case "WEEKLY":
                parts["BYDAY"] = ",".join(cleaned["days"] or [DAYS[day.weekday()][0]])
            case "PLACE":
                # The last where there are not always five.
                place = (day.day - 1) // 7 + 1
                parts |= {"FREQ": "MONTHLY", "BYDAY": f"{-1 if place == 5 else place}{DAYS[day.weekday()][0]}"}
        match cleaned["ends"]:
            case "until" if cleaned["until"]:
                last = datetime.combine(cleaned["until"], time(23, 59, 59))
                parts["UNTIL"] = f"{last:%Y%m%dT%H%M%S}"
            case "until":
                self.add_error("until", _("Say which day is the last."))
            case "count" if cleaned["count"]:
                parts["COUNT"] = str(cleaned["count"])
            case "count":
                self.add_error("count", _("Say how many times."))
        return ";".join(f"{name}={value}" for name, value in parts.items())


def length_words(minutes: int) -> str:
    """How long that is."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d} h" if hours else f"{rest} min"


def _far_away() -> datetime:
    return timezone.now() + timedelta(days=5 * 366)


def _initial(meeting: Meeting | None, schedule: Schedule | None, zone: str) -> dict[str, Any]:
    if meeting is None:
        local = timezone.now().astimezone(ZoneInfo(zone or "UTC")) + timedelta(hours=1)
        begin = {"day": local.date(), "hour": time(local.hour), "zone": zone or "UTC"}
        return {**begin, "capacity": Meeting().capacity}
    names = ("title", "description", "waiting_room", "before_host", "guests_allowed", "closes", "capacity")
    known = {name: getattr(meeting, name) for name in (*names, "remind_minutes")}
    if schedule is None:
        return _initial(None, None, zone) | known
    known |= {"day": schedule.day, "hour": schedule.hour, "zone": schedule.zone, "minutes": schedule.minutes}
    return known | _repetition(schedule.pattern)


def _repetition(pattern: Pattern) -> dict[str, Any]:
    """What the form shows of a rule; AS_IT_IS where the form has no fields for it."""
    if not pattern.rule:
        return {"repeats": ""}
    parts = dict(part.split("=", 1) for part in pattern.rule.split(";"))
    known: dict[str, Any] = {"interval": int(parts.pop("INTERVAL", "1")), "ends": "never"}
    if "COUNT" in parts:
        known |= {"ends": "count", "count": int(parts.pop("COUNT"))}
    elif pattern.ends is not None:
        known |= {"ends": "until", "until": pattern.ends.date()}
        parts.pop("UNTIL")
    day = pattern.first
    place = (day.day - 1) // 7 + 1
    match parts:
        case {"FREQ": "WEEKLY", "BYDAY": "MO,TU,WE,TH,FR", **rest} if not rest and known["interval"] == 1:
            return known | {"repeats": "WORKING"}
        case {"FREQ": "WEEKLY", **rest} if not rest.keys() - {"BYDAY"}:
            days = rest.get("BYDAY", DAYS[day.weekday()][0]).split(",")
            return known | {"repeats": "WEEKLY", "days": days}
        case {"FREQ": "MONTHLY", "BYDAY": by_day, **rest} if not rest and by_day == (
            f"{-1 if place == 5 else place}{DAYS[day.weekday()][0]}"
        ):
            return known | {"repeats": "PLACE"}
        case {"FREQ": frequency, **rest} if not rest:
            return known | {"repeats": frequency}
    return known | {"repeats": AS_IT_IS}
