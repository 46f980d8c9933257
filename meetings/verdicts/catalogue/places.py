"""A place on a media server."""

from meetings.verdicts.catalogue.cause import NOTHING_HOST, TELL_ADMIN, Causes

CAUSES = Causes()

CAUSES.add(
    "NO_WORKER",
    "failing",
    (
        "The server has nothing to carry picture and sound with at the moment.",
        "The page tries again by itself. " + TELL_ADMIN,
    ),
    ("{name} gets no picture and sound: the server has nothing to carry them with.", NOTHING_HOST),
    (
        "No media worker took the participant: {details}",
        "Run `manage.py media_doctor`: it says whether workers start, and why they do not.",
    ),
)
CAUSES.add(
    "NO_WORKER/silent",
    "failing",
    (
        "The server's media part has not answered for {seconds}.",
        "Please wait; the page goes on by itself. " + TELL_ADMIN,
    ),
    ("{name} is still outside: the server's media part does not answer.", NOTHING_HOST),
    (
        "The participant was admitted {ago} and the media node has answered nothing: node or worker hang, or the link between is down.",
        "Run `manage.py media_doctor`; a worker that hangs (stopped, or starved of CPU) is to be killed: it is replaced.",
    ),
)
CAUSES.add(
    "NO_WORKER/hung",
    "failing",
    (
        "The server's media part has stopped answering. It is being replaced.",
        "Please wait a few seconds. " + TELL_ADMIN,
    ),
    ("{name} has no picture and sound: the server's media part has stopped answering.", NOTHING_HOST),
    (
        "Worker {worker} on {node} runs and answers nothing (hung: stopped, or starved of CPU).",
        "It is killed and replaced if it goes on; look for SIGSTOP, a debugger, swapping or a CPU limit.",
    ),
)
CAUSES.add(
    "NO_WORKER/node",
    "failing",
    (
        "The server's media part does not answer.",
        "Please wait; the page goes on by itself. " + TELL_ADMIN,
    ),
    ("{name} has no picture and sound: the server's media part does not answer.", NOTHING_HOST),
    (
        "{node} does not answer over the link: {details}",
        "Check that `manage.py media_workers` runs there and can be reached: `manage.py media_doctor`.",
    ),
)
CAUSES.add(
    "ROUTER_MISSING",
    "failing",
    ("The meeting's place on the media server is missing.", "Leave and join again. " + TELL_ADMIN),
    ("The meeting's place on the media server is missing for {name}.", "Ask them to leave and join again."),
    (
        "{event} was refused with {code}: {details}",
        "The router closed with its worker or its node restarted; see the incidents of that time.",
    ),
)
CAUSES.add(
    "MEDIA_LOST",
    "failing",
    (
        "The server lost your picture and sound {ago} and is bringing them back.",
        "Please wait; it goes on by itself.",
    ),
    (
        "{name}'s picture and sound were lost on the server {ago} and are being brought back.",
        "Please wait; it goes on by itself.",
    ),
    (
        "Media were lost {ago}: {reason}.",
        "See the incident of that time; a worker that died is replaced within seconds.",
    ),
)
CAUSES.add(
    "MEDIA_LOST/path",
    "failing",
    (
        "Picture and sound have stopped passing between you and the server. The page is reconnecting.",
        "Check your network. If this persists, ask your administrator to keep {ports} open.",
    ),
    (
        "{name}'s picture and sound have stopped passing between them and the server.",
        "Wait a moment; their page is reconnecting.",
    ),
    (
        "The way for media ({direction}) had been up and broke {ago}; it ran by {path}.",
        "If the socket lives on, a firewall or NAT dropped the mapping for {ports}, or the participant changed networks.",
    ),
)
