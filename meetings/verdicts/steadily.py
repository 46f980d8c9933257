"""When something that is measured again and again counts as wrong, and when as over."""

from collections.abc import Callable, Sequence

from meetings.verdicts.records import Sample

NEEDED = 2


def began(
    samples: Sequence[Sample], is_bad: Callable[[Sample], bool], is_severe: Callable[[Sample], bool]
) -> float | None:
    """Since when it has been wrong; None when it is not.

    Two bad samples in a row begin it, or one severe one, so that it is named within ten seconds; two good ones in a
    row end it.
    """
    since: float | None = None
    first_bad = 0.0
    bad = good = 0
    for sample in samples:
        if is_bad(sample):
            first_bad = first_bad if bad else sample.at
            bad, good = bad + 1, 0
        else:
            bad, good = 0, good + 1
        if since is None and (bad >= NEEDED or (bad and is_severe(sample))):
            since = first_bad
        elif since is not None and good >= NEEDED:
            since = None
    return since
