"""How well it goes."""

from meetings.verdicts.catalogue.cause import TELL_ADMIN, Causes

CAUSES = Causes()

CAUSES.add(
    "SENDER_CPU",
    "impaired",
    ("Your device is too busy to send a good picture.", "Close other programs, or turn the camera off."),
    ("{name}'s picture is poor: their device is too busy.", "Ask them to close other programs."),
    (
        "The browser has had too little CPU for its encoder for {seconds}{rate}.",
        "The participant's device is the limit; a smaller picture helps.",
    ),
)
CAUSES.add(
    "UPLINK_LOSS",
    "impaired",
    (
        "Your network loses {loss} of what you send: others see and hear you badly.",
        "Move closer to the Wi-Fi or use a cable; turning the camera off helps the sound.",
    ),
    (
        "{name} is seen and heard badly: their network loses {loss} of what they send.",
        "Ask them to use a cable or to turn their camera off.",
    ),
    (
        "The worker missed {loss} of the participant's packets (round trip {rtt}).",
        "It is the participant's uplink, if others on this worker are well.",
    ),
)
CAUSES.add(
    "DOWNLINK_LOSS",
    "impaired",
    (
        "Your network loses {loss} of what is sent to you: you see and hear others badly.",
        "Move closer to the Wi-Fi or use a cable.",
    ),
    ("{name} sees and hears badly: their network loses {loss} of what is sent to them.", "Ask them to use a cable."),
    (
        "The participant missed {loss} of the packets of {streams} that are not known to be lost before.",
        "It is the participant's downlink, if others on this worker are well.",
    ),
)
CAUSES.add(
    "WORKER_OVERLOADED",
    "impaired",
    ("The server is overloaded; picture and sound may stutter.", "Turning cameras off helps. " + TELL_ADMIN),
    (
        "Picture and sound of {name} may stutter: the server is overloaded.",
        "Let some turn off their cameras; tell your administrator.",
    ),
    (
        "Worker {worker} uses {cpu} of a core, and its node's loop is late by {lag}.",
        "Add workers, cores or a media node; see what else runs on that host.",
    ),
)
