"""What went wrong for somebody, in a sentence or two."""

from collections.abc import Sequence

from meetings.timeline import units
from meetings.timeline.person import Person, Trouble
from meetings.timeline.trouble import Kind

_ORDER: tuple[Kind, ...] = ("lost", "frozen", "lossy-up", "lossy-down", "late", "slow")


def summary(person: Person) -> str:
    """Everything that was wrong, the worst kind first; that nothing was, when nothing was."""
    if not person.readings and not person.troubles:
        return f"Nothing was measured of {person.name}'s call."
    by_kind: dict[Kind, list[Trouble]] = {}
    for one in person.troubles:
        by_kind.setdefault(one.stretch.kind, []).append(one)
    said = [_sentence(person.name, kind, by_kind[kind]) for kind in _ORDER if kind in by_kind]
    return " ".join(said) or f"{person.name}'s call went well."


def _sentence(name: str, kind: Kind, troubles: Sequence[Trouble]) -> str:
    begin = _what(name, kind, troubles)
    if len(troubles) > 1 or kind == "frozen":
        begin += f" in {units.counted(len(troubles), 'interval', 'intervals')}"
    clauses: dict[str, int] = {}
    for one in troubles:
        if one.fault.clause:
            clauses[one.fault.clause] = clauses.get(one.fault.clause, 0) + 1
    if not clauses:
        return f"{begin}."
    ordered = sorted(clauses.items(), key=lambda one: one[1], reverse=True)
    if len(troubles) == 1:
        return f"{begin}: {ordered[0][0]}."
    if len(ordered) == 1 and ordered[0][1] == len(troubles):
        return f"{begin}; each time {ordered[0][0]}."
    first, *rest = ordered
    parts = [f"in {first[1]} of them {first[0]}", *(f"in {count} {clause}" for clause, count in rest)]
    return f"{begin}; {', '.join(parts)}."


def _what(name: str, kind: Kind, troubles: Sequence[Trouble]) -> str:
    amounts = [one.stretch.amount for one in troubles]
    match kind:
        case "frozen":
            return f"{name}'s pictures stood still for {units.seconds(sum(amounts) / 1000)}"
        case "lossy-up":
            return f"Up to {units.percent(max(amounts))} of what {name} sent was lost"
        case "lossy-down":
            return f"Up to {units.percent(max(amounts))} of what {name} received was lost"
        case "late":
            return f"What {name} received came up to {units.milliseconds(max(amounts))} late"
        case "slow":
            return f"{name}'s computer could not keep up with the camera for {units.seconds(sum(amounts))}"
        case "lost":
            return f"{name} had no media for {units.seconds(sum(amounts))}"
