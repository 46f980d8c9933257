"""What one sends."""

from meetings.verdicts.catalogue.cause import TELL_ADMIN, Causes

CAUSES = Causes()

CAUSES.add(
    "NOTHING_SENT",
    "failing",
    (
        "{mine}: your {own} is on, but nothing of it has reached the server for {seconds}.",
        "Turn your {own} off and on again.",
    ),
    ("{theirs}: nothing of their {own} has reached the server for {seconds}.", "Ask them to turn it off and on again."),
    (
        "Connected, and no RTP of {source} (producer {producer}) in {seconds}: the browser encodes nothing.",
        "The device gives nothing, or the encoder failed: see chrome://webrtc-internals or about:webrtc of the participant.",
    ),
)
CAUSES.add(
    "NOTHING_SENT/refused",
    "failing",
    ("{mine}: the server did not accept your {own}.", "Turn your {own} off and on again. " + TELL_ADMIN),
    ("{theirs}: the server did not accept their {own}.", "Ask them to turn it off and on again."),
    (
        "produce of {source} was refused with {code}: {details}",
        "See the node's log at that time; compare the versions of page and site.",
    ),
)
CAUSES.add(
    "PAUSED_BY_ADMINISTRATOR",
    "impaired",
    ("{mine}: an administrator has paused your {own}.", "Turn it on again, or ask the administrator."),
    ("{theirs}: an administrator has paused their {own}.", "They can turn it on again; ask the administrator why."),
    ("The producer of {source} was paused in the admin's live view.", "Resume it there."),
)
CAUSES.add(
    "PAUSED_BY_ADMINISTRATOR/theirs",
    "impaired",
    ("The {thing} of {who} does not come: an administrator has paused it.", "Ask the administrator to let it go on."),
    (
        "{name} does not get the {thing} of {who}: an administrator has paused it.",
        "Ask the administrator to let it go on.",
    ),
    ("The {stream} of {source} of {about} was paused in the admin's live view.", "Resume it there."),
)
