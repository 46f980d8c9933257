"""What is waited for."""

from typing import NamedTuple

from meetings.verdicts.catalogue.cause import Causes
from meetings.verdicts.wording import Wording

CAUSES = Causes()

CAUSES.add(
    "STILL_WAITING",
    "waiting",
    ("This page has waited for {seconds} for {what}.", "{do}"),
    ("{name}'s page has waited for {seconds} for {what_host}.", "Wait a moment."),
    (
        "After {after}, {step} has been due for {seconds}.",
        "See the waterfall of the attempt for which side was the last to tell something.",
    ),
)


class Waited(NamedTuple):
    """What is waited for, for the participant and for hosts, and what to do."""

    what: Wording
    what_host: Wording
    do: Wording


BE_PATIENT = Wording("Please wait a moment. If this persists, tell your administrator the report id.")
_ALLOW = Wording("Your browser may be asking you: choose “Allow”.")
_RELOAD = Wording("If it takes much longer, reload the page.")
_BOTH = Wording("the server to prepare picture and sound")
_ANSWER = Wording("the server's answer")

# What somebody who said that they wait for a step waits for.
WAITS: dict[tuple[str, str], Waited] = {
    ("page", "microphone"): Waited(
        Wording("your browser to hand over the microphone"),
        Wording("their browser to hand over the microphone"),
        _ALLOW,
    ),
    ("page", "camera"): Waited(
        Wording("your browser to hand over the camera"), Wording("their browser to hand over the camera"), _ALLOW
    ),
    ("page", "device-loaded"): Waited(
        Wording("your browser to get ready"), Wording("their browser to get ready"), _RELOAD
    ),
    ("page", "joined"): Waited(_ANSWER, _ANSWER, BE_PATIENT),
    ("web", "admitted"): Waited(Wording("the server to let you in"), Wording("the server to let them in"), BE_PATIENT),
    ("web", "joined"): Waited(_BOTH, _BOTH, BE_PATIENT),
    ("page", "sending"): Waited(
        Wording("the server to accept your picture or sound"),
        Wording("the server to accept their picture"),
        BE_PATIENT,
    ),
}
_CONNECTION = Wording("the connection for picture and sound")
CONNECTION = Waited(_CONNECTION, _CONNECTION, BE_PATIENT)
