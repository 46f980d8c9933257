"""What is waited for."""

from meetings.verdicts.catalogue.cause import Causes

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

BE_PATIENT = "Please wait a moment. If this persists, tell your administrator the report id."
# What somebody who said that they wait for a step waits for.
WAITS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("page", "microphone"): (
        "your browser to hand over the microphone",
        "their browser to hand over the microphone",
        "Your browser may be asking you: choose “Allow”.",
    ),
    ("page", "camera"): (
        "your browser to hand over the camera",
        "their browser to hand over the camera",
        "Your browser may be asking you: choose “Allow”.",
    ),
    ("page", "device-loaded"): (
        "your browser to get ready",
        "their browser to get ready",
        "If it takes much longer, reload the page.",
    ),
    ("page", "joined"): ("the server's answer", "the server's answer", BE_PATIENT),
    ("web", "admitted"): ("the server to let you in", "the server to let them in", BE_PATIENT),
    ("web", "joined"): (
        "the server to prepare picture and sound",
        "the server to prepare picture and sound",
        BE_PATIENT,
    ),
    ("page", "connection"): (
        "the connection for picture and sound",
        "their connection for picture and sound",
        BE_PATIENT,
    ),
    ("page", "sending"): (
        "the server to accept your picture or sound",
        "the server to accept their picture",
        BE_PATIENT,
    ),
}
