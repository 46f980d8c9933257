"""The audit trail: what was done stays, and who it was does not."""

from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from meetings.erasing.traces import NOBODY, Traces
from meetings.models import Act

PEOPLE = ("by", "about")
BATCH = 500


def erase_from_acts(traces: Traces) -> None:
    """Take them out of what they did and of what was done to them, also in meetings that are deleted."""
    known = [str(one) for one in traces.stays]
    theirs = Q(participant__in=traces.stays)
    for one in PEOPLE:
        theirs |= Q(**{f"data__{one}__participantId__in": known})
        if traces.user_id is not None:
            theirs |= Q(**{f"data__{one}__userId": str(traces.user_id)})
    for email in traces.emails:
        theirs |= Q(text__icontains=email)
    acts = list(Act.objects.alias(text=Cast("data", TextField())).filter(theirs))
    for act in acts:
        act.data = {name: _without(traces, value, name in PEOPLE) for name, value in act.data.items()}
    Act.objects.bulk_update(acts, ["data"], batch_size=BATCH)


def _without(traces: Traces, value: Any, is_person: bool) -> Any:
    if is_person:
        return _nobody(traces, value)
    if isinstance(value, list):
        return [_without(traces, one, is_person=False) for one in value]
    if isinstance(value, str) and (value.lower() in traces.emails or traces.named_in(value)):
        return NOBODY
    return value


def _nobody(traces: Traces, person: Any) -> Any:
    if not isinstance(person, dict):
        return person
    is_them = person.get("participantId") in {str(one) for one in traces.stays}
    is_them = is_them or (traces.user_id is not None and person.get("userId") == str(traces.user_id))
    return {"participantId": person.get("participantId", ""), "displayName": NOBODY} if is_them else person
