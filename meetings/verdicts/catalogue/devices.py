"""One's own microphone, camera and browser."""

from meetings.verdicts.catalogue.cause import Causes

CAUSES = Causes()

for _device, _verb, _lack, _see, _upper in (
    ("microphone", "heard", "hear", "sound", "MICROPHONE"),
    ("camera", "seen", "see", "picture", "CAMERA"),
):
    CAUSES.add(
        f"{_upper}_DENIED",
        "impaired",
        (
            f"You cannot be {_verb}: this browser does not let the site use your {_device}.",
            f"Choose the icon beside the address, allow the {_device} and turn it on again.",
        ),
        (
            f"{{name}} cannot be {_verb}: their browser does not let the site use the {_device}.",
            f"Ask them to allow the {_device} with the icon beside the address.",
        ),
        (
            f"The browser refused the {_device}: by the person, or by a policy.",
            f"The participant allows the {_device} in the settings of this site in the browser.",
        ),
    )
    CAUSES.add(
        f"{_upper}_DENIED/system",
        "impaired",
        (
            f"You cannot be {_verb}: your system does not let this browser use the {_device}.",
            f"Allow the browser to use the {_device} in your system's privacy settings, and turn it on again.",
        ),
        (
            f"{{name}} cannot be {_verb}: their system does not let the browser use the {_device}.",
            "Ask them to allow it in their system's privacy settings.",
        ),
        (
            f"The participant's system does not let the browser have the {_device}.",
            "The participant allows it in the system's privacy settings.",
        ),
    )
    CAUSES.add(
        f"{_upper}_DENIED/insecure",
        "impaired",
        (
            f"You cannot be {_verb}: browsers give the {_device} only to pages that were opened by an https address.",
            "Open the page by its https address, and tell your administrator if it has none.",
        ),
        (
            f"{{name}} cannot be {_verb}: they opened the page without https, where browsers give no {_device}.",
            "Send them the link with https.",
        ),
        (
            f"The page was opened over plain HTTP ({{host}}), where browsers hand out no {_device}.",
            "Serve the site over HTTPS, redirect HTTP to it, and set PUBLIC_URL to the https address.",
        ),
    )
    CAUSES.add(
        f"NO_{_upper}",
        "impaired",
        (f"You cannot be {_verb}: no {_device} was found.", f"Connect a {_device} and turn it on again here."),
        (f"{{name}} cannot be {_verb}: their device has no {_device}.", f"Ask them to connect a {_device}."),
        (
            f"The browser found no {_device}.",
            f"The participant connects a {_device}; in a virtual machine it has to be passed on.",
        ),
    )
    CAUSES.add(
        f"{_upper}_BUSY",
        "impaired",
        (
            f"You cannot be {_verb}: your {_device} cannot be started. Another program may be using it.",
            f"Close other programs and tabs that use the {_device}, and turn it on again.",
        ),
        (
            f"{{name}} cannot be {_verb}: their {_device} cannot be started.",
            f"Ask them to close other programs that use the {_device}.",
        ),
        (
            f"The {_device} is there and allowed and could not be started (reason {{reason}}).",
            f"The participant closes what else uses the {_device}, or plugs it in again.",
        ),
    )
    CAUSES.add(
        f"{_upper}_MUTED_BY_SYSTEM",
        "impaired",
        (
            f"You cannot be {_verb}: your system has muted the {_device}.",
            f"Turn the {_device} on in the settings of your system, or with the key on your device.",
        ),
        (
            f"{{name}} cannot be {_verb}: their {_device} is muted by their system.",
            f"Ask them to turn the {_device} on in the settings of their system, or with the key on it.",
        ),
        (
            f"The participant's system has muted the {_device}; the page cannot change that.",
            "The participant turns it on in the system's settings or with the key on the device.",
        ),
    )
    CAUSES.add(
        f"{_upper}_MUTED_BY_SYSTEM/silent",
        "impaired",
        (
            f"You cannot be {_verb}: your {_device} is on and gives no {_see} at all.",
            f"Check the switch or key on the {_device}, or choose another one in the settings.",
        ),
        (
            f"{{name}} cannot be {_verb}: their {_device} is on and gives no {_see} at all.",
            f"Ask them to check the switch on the {_device} or to choose another one.",
        ),
        (
            f"The {_device} is on and gives no {_see} at all: a switch on it, or the wrong device was chosen.",
            f"The participant checks the switch, or chooses another {_device}.",
        ),
    )
CAUSES.add(
    "TRACK_ENDED",
    "impaired",
    (
        "{mine}: your {own} has stopped. It may have been unplugged.",
        "Connect it again, or choose another one, and turn it on again.",
    ),
    ("{theirs}: their {own} has stopped.", "Ask them to turn it on again."),
    (
        "The participant's {own} ended {ago} without their doing: unplugged, or taken away by the system.",
        "The participant connects it and turns it on again.",
    ),
)

CAUSES.add(
    "TRACK_ENDED/replaced",
    "impaired",
    (
        "Your {own} had stopped, and another one, or the same again, was started in its place.",
        "See in the settings whether it is the one that you want.",
    ),
    ("{name}'s {own} had stopped and was started again.", "Nothing to do, unless it is the wrong one."),
    (
        "The participant's {own} ended without their doing, and the page started one anew.",
        "If it comes again, it is a loose plug, a hub that saves power, or another program.",
    ),
)
CAUSES.add(
    "NO_SPEAKER",
    "impaired",
    (
        "You may not hear others: your browser could not play a sound.",
        "Choose another speaker before you join, or plug in headphones, then test again.",
    ),
    ("{name} may hear nobody: their browser could not play a sound.", "Ask them to choose another speaker."),
    (
        "The browser could not play a sound on the speaker that was chosen.",
        "The participant chooses another speaker, or plugs in headphones.",
    ),
)
CAUSES.add(
    "NO_SPEAKER/unheard",
    "impaired",
    (
        "You did not hear the sound that was played, so you may not hear others.",
        "Turn the volume up, look which speaker your system uses, or choose another one before you join; then test again.",
    ),
    (
        "{name} may hear nobody: they did not hear the sound that was played to them.",
        "Ask them to turn the volume up, or to choose another speaker.",
    ),
    (
        "The browser played a sound, and the participant said that they did not hear it.",
        "The participant turns the volume up, or chooses another speaker in the page or the system.",
    ),
)
