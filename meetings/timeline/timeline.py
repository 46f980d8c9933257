"""From the events of a meeting to how well it went for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meetings.timeline.fault import Samples, fault_of
from meetings.timeline.person import Person, Trouble
from meetings.timeline.reading import Reading, reading_of
from meetings.timeline.stays import Mark, Stay, marks_of, stay_of
from meetings.timeline.summary import summary
from meetings.timeline.told import Told, Who
from meetings.timeline.trouble import Stretch, stretches


@dataclass(frozen=True, slots=True)
class Timeline:
    """From the first who came to the last who left, in seconds since the epoch. People in the order of their coming."""

    begins: float
    ends: float
    people: tuple[Person, ...]


def timeline(told: Iterable[Told], who: Mapping[str, Who], now: float) -> Timeline | None:
    """The timeline of a meeting; None when nobody has been in it. `told` is in the order of time.

    `who` are the participants by id. Those of one person who came again are one person, unless they were there at once.
    """
    steps: dict[str, list[Told]] = {}
    readings: dict[str, list[Reading]] = {}
    for one in told:
        if one.participant not in who:
            continue
        mine = steps.setdefault(one.participant, [])
        measured = readings.setdefault(one.participant, [])
        if one.event.step == "quality":
            # Read at once and let go of: a large meeting's samples are a hundred thousand objects.
            measured.append(reading_of(one.event))
        else:
            mine.append(one)
    people = _people(steps, readings, who, now)
    if not people:
        return None
    samples = Samples(readings, {participant: one.name for participant, one in who.items()})
    for person in people:
        person.troubles = [Trouble(one, fault_of(one, person.name, samples)) for one in _stretches(person, now)]
        person.summary = summary(person)
    stays = [stay for person in people for stay in person.stays]
    return Timeline(min(one.begins for one in stays), max(one.ends for one in stays), tuple(people))


def _people(
    steps: Mapping[str, list[Told]],
    readings: Mapping[str, list[Reading]],
    who: Mapping[str, Who],
    now: float,
) -> list[Person]:
    came: list[tuple[Stay, str]] = [
        (stay, participant)
        for participant, given in steps.items()
        if (stay := stay_of(given, readings[participant], now)) is not None
    ]
    people: list[Person] = []
    for stay, participant in sorted(came, key=lambda one: one[0].begins):
        one = who[participant]
        person = next((had for had in people if had.key == one.key and had.stays[-1].ends <= stay.begins), None)
        if person is None:
            person = Person(one.name, one.key)
            people.append(person)
        person.participants.append(participant)
        person.stays.append(stay)
        person.marks.extend(marks_of(steps[participant]))
        person.readings.extend(readings[participant])
    return people


def _stretches(person: Person, now: float) -> list[Stretch]:
    return sorted([*stretches(person.readings), *_without_media(person.marks, now)], key=lambda one: one.begins)


def _without_media(marks: Sequence[Mark], now: float) -> list[Stretch]:
    """From the moment that media were lost until they were restored, or whoever lost them had left."""
    found: list[Stretch] = []
    since: float | None = None
    for mark in marks:
        if mark.kind == "media-lost" and since is None:
            since = mark.at
        elif mark.kind in ("media-restored", "left") and since is not None:
            found.append(Stretch("lost", since, mark.at, mark.at - since))
            since = None
    if since is not None:
        found.append(Stretch("lost", since, max(now, since), max(now - since, 0.0)))
    return found
