"""The reference page of the stream, written from its vocabulary."""

from pathlib import Path

from django.conf import settings

from meetings.trace.steps import STEPS, Side

INTRODUCTION = """\
# The event stream

<!-- Written by `manage.py signalling_reference` from meetings/trace/steps.py. Change it there. -->

Each join attempt is a row (`JoinAttempt`), and each of its steps an event (`MeetingEvent`): which side saw it, which
step, how it came out (`ok`, `failed`, `waiting`, `changed`), when, and what else is known. Waterfalls, verdicts and
timelines are readers of this one stream.

- **Page** steps come over the socket (`trace`, see [signalling.md](signalling.md)), or, while there is none, over
  `POST /api/meetings/attempts/<attempt id>/steps` with `{sentAt, steps, meetingId?, displayName?}`, which answers
  `{verdicts}`. Their times are corrected by the difference of the clocks.
- **Web** steps are noted by the process that holds the socket, **node** steps by the media node.
- **Acts** are what people did to a meeting or to each other: the audit trail. They are written in the transaction of
  the act itself and kept for `AUDIT_DAYS`; their data hold who it was (`by`) and, where it was done to somebody, whom
  (`about`), each as `{participantId, displayName, userId?}`; `by` is null for what the site did by itself.
- Nobody waits for the stream: it is written beside the call, in one transaction for what comes within half a second.
  While the database is away it is kept, up to 20 000 events; `kcs_events_lost` counts what could not be written.
- The id of an attempt is a secret of its page. People hand on its report id, `ABCD-1234`.

Addresses are as seen by whoever tells them; directions are the participant's; a `?` stands behind what may be absent.
"""

SAMPLES = """\

## Samples of quality

A page measures every five seconds, and tells all that is wrong and sums of what is well. Bitrates are in kbit/s, losses
parts of 1, times milliseconds; counts that are 0, and limits that are `none`, are left out.

| part | holds |
|---|---|
| `seconds`, `spoke?` | how long it is about, and for how many milliseconds of that the participant spoke |
| `up?` | what is sent: kbps, loss, rtt?, jitter, limited?: cpu\\|bandwidth\\|other, fps?, height?, sources: {source: {kbps, loss, limited?}}, with fps and height where there are two pictures |
| `down?` | what comes: kbps, loss, jitter (the longest), freezes?, frozenMs?, height? (of the largest picture), layer? (the lowest that was asked for) |
| `down.streams?` | each stream of a sender one of whose streams is not well, or was not in the sample before, worst first: {participantId, source, kbps, loss, jitter, packets, frames?, fps?, height?, layer?, freezes?, frozenMs?} |
| `down.well?`, `down.more?` | how many senders have no stream there because all of theirs are well; how many streams had no room |
| `path?` | {send?, recv?} as `path`, where `up` has no rtt |
| `us?` | the worker, as the web process knows it: {worker, cpu: part of a core, lagMs} |

A stream is well that comes, can be decoded, does not stand still, and has less than half the loss (2.5 %) and jitter (50 ms) that
verdicts call poor. Verdicts see each sample. In the database, samples of a stretch in which all was well and nothing changed become one for up
to 15 seconds (`meetings/trace/calm.py`): bitrates are means, `seconds` and `spoke` sums, everything else the worst. All others,
and the two that follow on them, are written as they came. What is held back is written with the next step, or when the socket closes.
"""

TITLES: dict[Side, str] = {
    "page": "Told by the page",
    "web": "Told by the web process",
    "node": "Told by the media node",
    "act": "Done by people",
}


def page_path() -> Path:
    """Where the page lies in the checkout."""
    return Path(settings.BASE_DIR) / "docs" / "event-stream.md"


def reference_page() -> str:
    """All of it."""
    parts = [INTRODUCTION]
    for side, title in TITLES.items():
        parts.append(f"\n## {title}\n\n| step | means | data |\n|---|---|---|\n")
        for step in STEPS.values():
            if step.side == side:
                data = step.data.replace("|", "\\|")
                parts.append(f"| `{step.name}` | {step.label} | {data} |\n")
    return "".join([*parts, SAMPLES])
