"""What is to come from others."""

from meetings.verdicts.catalogue.cause import Causes

CAUSES = Causes()

CAUSES.add(
    "PAUSED_BY_SENDER",
    "impaired",
    ("The {thing} of {who} does not come: they have paused it.", "Wait until they turn it on."),
    ("{name} does not get the {thing} of {who}: {who} has paused it.", "Ask {who} to turn it on."),
    (
        "The producer of {source} of {about} is paused by its sender, and the receiver waits for it.",
        "Nothing to mend, unless the sender's page shows it as on: then report it.",
    ),
)
CAUSES.add(
    "PAUSED_BY_RECEIVER",
    "impaired",
    (
        "The {thing} of {who} does not come: this page has paused it.",
        "Bring {who} into view; if it stays, reload the page.",
    ),
    (
        "{name} does not get the {thing} of {who}: their own page has paused it.",
        "Ask them to bring {who} into view, or to reload.",
    ),
    (
        "The participant's page has paused its consumer of {source} of {about} and waits for it.",
        "The page pauses what is not in view; if it is in view, report it.",
    ),
)
CAUSES.add(
    "NOTHING_ARRIVES",
    "failing",
    (
        "The {thing} of {who} has not arrived for {seconds}.",
        "It is being asked for again; if only {who} is missing, it is on their side.",
    ),
    ("{name} gets no {thing} from {who}.", "If nobody gets it, ask {who} to turn it off and on again."),
    (
        "Connected, and no packet of {source} of {about} in {seconds} (consumer {consumer}); {seen}.",
        "See the sender's attempt: what reached the server from there.",
    ),
)
CAUSES.add(
    "NO_FRAME_DECODED",
    "failing",
    (
        "The {thing} of {who} arrives, but cannot be shown yet.",
        "A whole picture is being asked for; if this persists, reload the page.",
    ),
    (
        "{name} cannot see the {thing} of {who}: it arrives there, but cannot be shown.",
        "Ask {who} to turn their camera off and on again.",
    ),
    (
        "{packets} packets of {source} of {about} arrived in {seconds} and {frames} frames were decoded: no key frame came through, or the decoder failed.",
        "Key frames are asked for; if loss is high they do not get through, else look at the sender's encoder.",
    ),
)
CAUSES.add(
    "CODEC_MISMATCH",
    "failing",
    (
        "Your browser cannot show the {thing} of {who}: it does not know its format.",
        "Use a current Chrome, Edge, Firefox or Safari.",
    ),
    (
        "{name}'s browser cannot show the {thing} of {who}: it does not know its format.",
        "Ask them to use a current browser.",
    ),
    (
        "The receiver's capabilities do not fit the codec of {source} of {about}: {details}",
        "Compare the codecs of the router with both browsers; VP8 and Opus are known by all.",
    ),
)
CAUSES.add(
    "CODEC_MISMATCH/browser",
    "failing",
    (
        "Your browser cannot take part with picture and sound.",
        "Use a current Chrome, Edge, Firefox or Safari, and do not turn WebRTC off.",
    ),
    ("{name}'s browser cannot take part with picture and sound.", "Ask them to use a current browser."),
    (
        "The browser could not load the router's codecs: {details}",
        "An outdated browser, or WebRTC turned off by policy or extension.",
    ),
)
CAUSES.add(
    "CODEC_MISMATCH/sending",
    "failing",
    (
        "{mine}: the server does not know the format that your browser sends.",
        "Use a current Chrome, Edge, Firefox or Safari.",
    ),
    ("{theirs}: the server does not know the format that their browser sends.", "Ask them to use a current browser."),
    (
        "produce of {source} was refused for its codec ({code}).",
        "Compare the codecs of the router with what the browser offers.",
    ),
)
