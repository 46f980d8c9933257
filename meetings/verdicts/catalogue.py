"""Every cause, with all its words in one place.

A cause may have variants (`CODE/variant`): another wording of the same code. What stands in braces is filled from the
words of a finding; `{name}` is the participant, for hosts. Participants and hosts are told nothing that one has to
look up; "TURN" and ports they may need to hand on to an administrator.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from meetings.verdicts.verdict import NAME, Json, Severity, Verdict


class Said(NamedTuple):
    """One plain sentence, or two, and one action."""

    sentence: str
    action: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What may be wrong."""

    code: str
    variant: str
    severity: Severity
    participant: Said
    host: Said
    admin: Said

    def verdict(self, about: str | None, source: str | None, words: Mapping[str, object], evidence: Json) -> Verdict:
        """This cause, found with these words."""
        filled = {**words, "name": NAME}

        def told(said: Said) -> tuple[str, str]:
            return said.sentence.format_map(filled), said.action.format_map(filled)

        to_participant, action = told(self.participant)
        to_host, host_action = told(self.host)
        to_admin, admin_action = told(self.admin)
        return Verdict(
            self.code,
            self.severity,
            about,
            source,
            to_participant,
            action,
            to_host,
            host_action,
            to_admin,
            admin_action,
            evidence,
        )


_CAUSES: dict[str, Cause] = {}


def _cause(
    key: str, severity: Severity, participant: tuple[str, str], host: tuple[str, str], admin: tuple[str, str]
) -> None:
    code, _, variant = key.partition("/")
    _CAUSES[key] = Cause(code, variant, severity, Said(*participant), Said(*host), Said(*admin))


def cause(key: str) -> Cause:
    """The cause of that `CODE` or `CODE/variant`. KeyError when there is none."""
    return _CAUSES[key]


def causes() -> list[Cause]:
    """All of them."""
    return list(_CAUSES.values())


def codes() -> list[str]:
    """All codes, each once."""
    return list(dict.fromkeys(one.code for one in _CAUSES.values()))


def page_texts() -> dict[str, Json]:
    """`{code: {code, severity, sentence, action, about, source}}` of what only the page itself can find out."""
    return {key: cause(key).verdict(None, None, {}, {}).as_participant_json() for key in ("SITE_UNREACHABLE",)}


_TELL_ADMIN = "If this persists, tell your administrator the report id."
_NOTHING_HOST = "Nothing that you could do; it is being reported to the administrator."


# Reaching us

_cause(
    "SITE_UNREACHABLE",
    "failing",
    (
        "This site cannot be reached from your device at the moment.",
        "Check your internet connection; the page goes on by itself once the site answers.",
    ),
    (
        "{name}'s device cannot reach this site.",
        "Reach them another way, and ask them to check their internet connection.",
    ),
    (
        "The participant's page reached neither the socket nor the site over HTTP.",
        "Check that the site answers from outside; if it does, it is the participant's network.",
    ),
)
_cause(
    "SOCKET_UNREACHABLE",
    "failing",
    (
        "The page was loaded, but its live connection to this site has not come about for {seconds}.",
        "Another network or browser may work; a company proxy or an extension may block it. " + _TELL_ADMIN,
    ),
    ("{name}'s live connection to this site does not come about.", "Ask them to try another network or browser."),
    (
        "The page reaches the site over HTTP, and no socket reached us for {seconds} (close code {close}). Something between the two does not pass WebSockets.",
        "Let the proxy pass Upgrade and Connection on /ws/; if others get in, it is a proxy or an extension on the participant's side.",
    ),
)
_cause(
    "SOCKET_UNREACHABLE/lost",
    "failing",
    (
        "Your live connection to this site was lost {ago}. The page is reconnecting.",
        "Check your internet connection; picture and sound go on when it is back.",
    ),
    (
        "{name}'s connection was lost {ago}, and their page is reconnecting.",
        "Wait a moment; they come back by themselves.",
    ),
    (
        "The socket was lost {ago} (close code {close}) and has not come back.",
        "If it happens to many at once, look for a restarted proxy or web process, or a proxy time-out under a minute on /ws/.",
    ),
)
_cause(
    "SOCKET_UNREACHABLE/origin",
    "failing",
    (
        "This site turns away live connections from the address by which you opened it.",
        "Open it by its official address. If that is what you did, tell your administrator.",
    ),
    (
        "{name} opened the site by an address from which it turns away live connections.",
        "Send them the link to the official address.",
    ),
    (
        "The socket was closed with 4403: the Origin of the page is not one of ours.",
        "Set PUBLIC_URL and ALLOWED_HOSTS to the address that people use, and let the proxy pass the Host on.",
    ),
)
_cause(
    "WEB_PROCESS_GONE",
    "impaired",
    (
        "The server that you were connected to stopped. You were connected to another one.",
        "Nothing to do; if picture or sound do not come back within seconds, reload the page.",
    ),
    ("The server that {name} was connected to stopped, and they were connected to another one.", "Nothing to do."),
    (
        "The web process that held the participant's socket is gone ({reason}); the participant went on with another.",
        "Look into the log of that process for why it stopped: a crash, the memory limit, or a deployment.",
    ),
)
_cause(
    "VERSION_MISMATCH",
    "impaired",
    ("This page is of another version than the site ({page} instead of {site}).", "Reload the page."),
    ("{name}'s page is of another version than the site.", "Ask them to reload the page."),
    (
        "The page is of version {page}, the site of {site}.",
        "The participant reloads. If it happens to everybody, a cache in front serves old pages.",
    ),
)
_cause(
    "CLOCK_OFF",
    "impaired",
    (
        "The clock of your device is {off}.",
        "Let your device set its clock by itself; a wrong clock makes secure connections fail.",
    ),
    ("The clock of {name}'s device is {off}.", "Ask them to let their device set its clock by itself."),
    (
        "The participant's clock is {off}. Certificates and passwords with an end may be refused there.",
        "The participant's device has to set its clock; if many are off by the same, it is this server's clock.",
    ),
)

# Devices

for _device, _verb, _lack, _see, _upper in (
    ("microphone", "heard", "hear", "sound", "MICROPHONE"),
    ("camera", "seen", "see", "picture", "CAMERA"),
):
    _cause(
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
    _cause(
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
    _cause(
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
    _cause(
        f"NO_{_upper}",
        "impaired",
        (f"You cannot be {_verb}: no {_device} was found.", f"Connect a {_device} and turn it on again here."),
        (f"{{name}} cannot be {_verb}: their device has no {_device}.", f"Ask them to connect a {_device}."),
        (
            f"The browser found no {_device}.",
            f"The participant connects a {_device}; in a virtual machine it has to be passed on.",
        ),
    )
    _cause(
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
    _cause(
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
    _cause(
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
_cause(
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

_cause(
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
_cause(
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
_cause(
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

# Refused

# What may well be right in a moment, by what people do.
_PASSING = ("MEETING_NOT_STARTED", "ACCOUNT_REQUIRED", "WRONG_PASSCODE")
for _code, _mine, _do, _theirs, _host_do, _admin, _admin_do in (
    ("MEETING_NOT_FOUND", "There is no such meeting.", "Check the code of the meeting.", "{name} asked for a meeting that does not exist.", "Send them the link again.", "There is no meeting of that id or code.", "Check the link that was handed out."),
    ("MEETING_CANCELLED", "The meeting was cancelled.", "Ask whoever invited you.", "{name} came to a meeting that was cancelled.", "Nothing that you could do.", "The meeting had been cancelled.", "Nothing to mend."),
    ("MEETING_ENDED", "The meeting has ended.", "Ask the host for a new one.", "{name} came after the meeting had ended.", "Make a new meeting.", "The meeting has ended.", "Nothing to mend."),
    ("MEETING_FULL", "The meeting is full.", "Try again when somebody has left, or ask the host.", "{name} cannot come in: the meeting is full.", "Let somebody leave, or raise the number of seats.", "The meeting's capacity is used up.", "Raise the capacity of the meeting."),
    ("MEETING_LOCKED", "The meeting is locked.", "Ask the host to let you in.", "{name} cannot come in: the meeting is locked.", "Unlock the meeting.", "The host has locked the meeting.", "Nothing to mend."),
    ("MEETING_NOT_STARTED", "The meeting has not started yet.", "Wait until the host starts it.", "{name} waits for the meeting to start.", "Start the meeting.", "The meeting has not started.", "Nothing to mend."),
    ("ACCOUNT_REQUIRED", "This meeting is for people with an account.", "Sign in, then come in again.", "{name} came without an account to a meeting that takes no guests.", "Ask them to sign in, or let guests in.", "The meeting takes no guests, and the participant was not signed in.", "Nothing to mend."),
    ("WRONG_PASSCODE", "The passcode is not right.", "Type it again, or ask the host for it.", "{name} typed a wrong passcode.", "Tell them the passcode again.", "A wrong passcode was given.", "Nothing to mend."),
    ("JOIN_DENIED", "The host did not let you in.", "Ask the host.", "{name} was not let in.", "Nothing to do.", "The host did not let the participant in.", "Nothing to mend."),
    ("REMOVED", "You were removed from this meeting.", "Ask the host if you think that this is a mistake.", "{name} was removed and tried to come back.", "Nothing to do.", "The participant had been removed from the meeting.", "Nothing to mend."),
    ("NOT_AUTHENTICATED", "Your invitation is not valid any more.", "Open the link of the meeting again.", "{name}'s invitation is not valid any more.", "Ask them to open the link again.", "The ticket is not valid: expired, or made with another SECRET_KEY.", "If it happens to everybody, check SECRET_KEY and the clocks of the web hosts."),
    ("NOT_ALLOWED", "You are not allowed to do that here.", "Sign in, or ask the host.", "{name} is not allowed to come in.", "Check their role.", "Refused by the rules of access, or for the Origin of the page: {details}", "Check ALLOWED_HOSTS and PUBLIC_URL against the address that people use."),
    ("BAD_REQUEST", "The page and the server do not understand each other.", "Reload the page.", "{name}'s page and the server do not understand each other.", "Ask them to reload the page.", "{event} was refused as not well-formed: {details}", "Likely an old page or a client of somebody's own: compare versions."),
    ("RATE_LIMITED", "Too many requests were made from here.", "Wait a minute and try again.", "{name} tried too often in a short time.", "Ask them to wait a minute.", "{event} was refused for too many requests.", "If it is a page of ours, it is a fault of ours: report it."),
    ("MEDIA_OVERLOADED", "The server is at its limit: there is no room for picture and sound of one more.", "Try again in a few minutes.", "{name} gets no picture and sound: the server is at its limit.", "Let some turn off their cameras; tell your administrator.", "No media worker has room left: {details}", "Add a media node or raise the limits; see the load in the admin's live view."),
    ("SERVICE_UNAVAILABLE", "The service is not available at the moment.", "Try again in a minute.", "{name} cannot come in: the service is not available.", _NOTHING_HOST, "{event} was refused: {details}", "Check database and channel layer: `manage.py media_doctor`."),
    ("INTERNAL_ERROR", "Something went wrong on the server.", "Try again. " + _TELL_ADMIN, "Something went wrong on the server for {name}.", _NOTHING_HOST, "{event} ended in an error that nobody had foreseen: {details}", "Look for it in the log at that time, and report it."),
    ("TRANSPORT_CREATION_FAILED", "The server could not prepare your picture and sound.", "Join again. " + _TELL_ADMIN, "The server could not prepare picture and sound for {name}.", _NOTHING_HOST, "The worker made no transport: {details}", "Usually no port is free or the listen address does not exist: `manage.py media_doctor`."),
    ("TRANSPORT_CONNECT_FAILED", "The server did not accept your browser's end of the secure connection.", "Reload the page. " + _TELL_ADMIN, "The server did not accept {name}'s end of the secure connection.", "Ask them to reload the page.", "The worker refused the DTLS parameters: {details}", "Compare the client's version; report it when it is our page."),
):  # fmt: skip
    _cause(_code, "waiting" if _code in _PASSING else "failing", (_mine, _do), (_theirs, _host_do), (_admin, _admin_do))

# The server's media

_cause(
    "NO_WORKER",
    "failing",
    (
        "The server has nothing to carry picture and sound with at the moment.",
        "The page tries again by itself. " + _TELL_ADMIN,
    ),
    ("{name} gets no picture and sound: the server has nothing to carry them with.", _NOTHING_HOST),
    (
        "No media worker took the participant: {details}",
        "Run `manage.py media_doctor`: it says whether workers start, and why they do not.",
    ),
)
_cause(
    "NO_WORKER/silent",
    "failing",
    (
        "The server's media part has not answered for {seconds}.",
        "Please wait; the page goes on by itself. " + _TELL_ADMIN,
    ),
    ("{name} is still outside: the server's media part does not answer.", _NOTHING_HOST),
    (
        "The participant was admitted {ago} and the media node has answered nothing: node or worker hang, or the link between is down.",
        "Run `manage.py media_doctor`; a worker that hangs (stopped, or starved of CPU) is to be killed: it is replaced.",
    ),
)
_cause(
    "NO_WORKER/hung",
    "failing",
    (
        "The server's media part has stopped answering. It is being replaced.",
        "Please wait a few seconds. " + _TELL_ADMIN,
    ),
    ("{name} has no picture and sound: the server's media part has stopped answering.", _NOTHING_HOST),
    (
        "Worker {worker} on {node} runs and answers nothing (hung: stopped, or starved of CPU).",
        "It is killed and replaced if it goes on; look for SIGSTOP, a debugger, swapping or a CPU limit.",
    ),
)
_cause(
    "NO_WORKER/node",
    "failing",
    (
        "The server's media part does not answer.",
        "Please wait; the page goes on by itself. " + _TELL_ADMIN,
    ),
    ("{name} has no picture and sound: the server's media part does not answer.", _NOTHING_HOST),
    (
        "{node} does not answer over the link: {details}",
        "Check that `manage.py media_workers` runs there and can be reached: `manage.py media_doctor`.",
    ),
)
_cause(
    "ROUTER_MISSING",
    "failing",
    ("The meeting's place on the media server is missing.", "Leave and join again. " + _TELL_ADMIN),
    ("The meeting's place on the media server is missing for {name}.", "Ask them to leave and join again."),
    (
        "{event} was refused with {code}: {details}",
        "The router closed with its worker or its node restarted; see the incidents of that time.",
    ),
)
_cause(
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
_cause(
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

# The way for media

_cause(
    "WRONG_ANNOUNCED_ADDRESS",
    "failing",
    (
        "The server told your browser to bring picture and sound to {announced}, which cannot be reached from where you are.",
        "Give your administrator the report id: the server has to be told its public address.",
    ),
    (
        "{name} has no picture and sound: the server tells browsers a wrong address for them.",
        "Tell your administrator: it concerns everybody outside the server's network.",
    ),
    (
        "We announced {announced}, which {why}; the browser came from {address}{by_host}. No packet reached the worker in {seconds}.",
        "Set MEDIASOUP_ANNOUNCED_IP to the public address{suggestion}, and restart the media node.",
    ),
)
_cause(
    "MEDIA_PORT_BLOCKED",
    "failing",
    (
        "Your network blocks the ports for picture and sound.",
        "Try another network. If this persists, ask your administrator to open {ports}.",
    ),
    (
        "{name} has no picture and sound: something between them and the server blocks the ports.",
        "Ask them to try another network, such as a phone's.",
    ),
    (
        "We announced {announced} and the browser came from {address}; in {seconds} no packet of it reached the worker.",
        "Open {ports} to the media node (host firewall, cloud security group, NAT); if others get in, it is the participant's network: offer TURN over TLS on 443.",
    ),
)
_cause(
    "MEDIA_PORT_BLOCKED/udp",
    "impaired",
    (
        "Your network blocks the best way for picture and sound: they take a detour, and may stutter.",
        "Try another network for an important call. If this persists, ask your administrator to open {ports}.",
    ),
    (
        "The picture and sound of {name} take a detour, for something between them and the server blocks the best way.",
        "Ask them to try another network, such as a phone's.",
    ),
    (
        "Over {ports} nothing came through for a browser at {address}; {others} did.",
        "Open {ports} to the media node (host firewall, cloud security group, NAT); if others get through, it is the participant's network.",
    ),
)
_cause(
    "MEDIA_PORT_BLOCKED/no-udp",
    "failing",
    (
        "Your browser or its network lets no direct connections for picture and sound out.",
        "Turn off VPN or privacy extensions, or try another network. If this persists, ask your administrator for {ports}.",
    ),
    (
        "{name} has no picture and sound: their browser or network lets no direct connections out.",
        "Ask them to turn off a VPN or privacy extension, or to try another network.",
    ),
    (
        "The browser has no UDP address of its own to offer ({own}); we announced {announced}. No packet reached the worker in {seconds}.",
        "It is the participant's side: a policy of the browser, a VPN or an extension. TURN over TLS on 443 gets through.",
    ),
)
_cause(
    "TRYING_TURN",
    "waiting",
    (
        "Your network blocks the media ports. Trying TURN…",
        "Please wait. If this persists, ask your administrator to open {ports}.",
    ),
    ("{name}'s network blocks the media ports; a detour is being tried.", "Wait a moment."),
    (
        "No packet reached {announced} directly in {seconds}; the browser came from {address}. TURN is being tried.",
        "Open {ports} so that the detour is not needed.",
    ),
)
_cause(
    "TURN_UNREACHABLE",
    "failing",
    (
        "Your network blocks the media ports, and the TURN server cannot be reached either.",
        "Try another network. If this persists, ask your administrator to open {ports}.",
    ),
    (
        "{name}'s network blocks picture and sound, and the detour cannot be reached either.",
        "Ask them to try another network, such as a phone's.",
    ),
    (
        "The browser could not reach {url} (error {error}: {text}), nor {announced} directly.",
        "Check that the TURN server runs and its name resolves, that its ports are open, and TURN_URLS; open {ports}.",
    ),
)
_cause(
    "TURN_REFUSED",
    "failing",
    (
        "Your network blocks the media ports, and the TURN server refused your browser.",
        "Tell your administrator the report id; another network may work.",
    ),
    ("{name}'s network blocks picture and sound, and the detour refused their browser.", "Tell your administrator."),
    (
        "{url} refused the browser with {error} ({text}): {meaning}. Directly, no packet reached {announced}.",
        "{remedy}",
    ),
)
_cause(
    "MEDIA_PORT_BLOCKED/tcp",
    "notice",
    (
        "TCP, which helps where UDP is blocked, does not get through; in this network you do not need it.",
        "In a stricter network picture and sound may fail. Ask your administrator to open {ports}.",
    ),
    ("{name} is well; only the way that helps in stricter networks is closed to them.", "Nothing to do."),
    (
        "Over {ports} nothing came through for a browser at {address}; {others} did.",
        "Open {ports} to the media node: people whose network blocks UDP need it.",
    ),
)
_SPARE_TURN = "In a stricter network picture and sound may fail: tell your administrator."
_SPARE_TURN_HOST = "Tell your administrator: people in strict networks will have no picture and sound."
_cause(
    "TURN_UNREACHABLE/spare",
    "notice",
    (
        "The TURN server, which helps where all else is blocked, cannot be reached; in this network you do not need it.",
        _SPARE_TURN,
    ),
    ("{name} is well; only the detour for strict networks cannot be reached by them.", _SPARE_TURN_HOST),
    (
        "The browser could not reach {url} (error {error}: {text}); {others} got through.",
        "Check that the TURN server runs and its name resolves, that its ports are open, and TURN_URLS: people in strict networks need it.",
    ),
)
_cause(
    "TURN_UNREACHABLE/relay",
    "notice",
    (
        "The TURN server, which helps where all else is blocked, does not reach this site; in this network you do not need it.",
        _SPARE_TURN,
    ),
    ("{name} is well; only the detour for strict networks does not lead here.", _SPARE_TURN_HOST),
    (
        "The TURN server gave the browser an address, and nothing came through from there; {others} got through.",
        "Let the TURN server reach the media ports (coturn: allowed-peer-ip, denied-peer-ip; firewalls between the two).",
    ),
)
_cause(
    "TURN_REFUSED/spare",
    "notice",
    (
        "The TURN server, which helps where all else is blocked, refused your browser; in this network you do not need it.",
        _SPARE_TURN,
    ),
    ("{name} is well; only the detour for strict networks refused their browser.", _SPARE_TURN_HOST),
    (
        "{url} refused the browser with {error} ({text}): {meaning}. {others} got through; people in strict networks need TURN.",
        "{remedy}",
    ),
)
_cause(
    "DTLS_FAILED",
    "failing",
    (
        "Your browser reached the server, but no secure connection for picture and sound came about.",
        "Reload the page; a VPN or a security program may be in the way. " + _TELL_ADMIN,
    ),
    (
        "{name}'s browser reached the server, but no secure connection for picture and sound came about.",
        "Ask them to reload the page, and to turn off a VPN.",
    ),
    (
        "STUN was seen from {remote} at {local} ({direction}), and no DTLS in {seconds} (state {state}). Answers or large packets do not get back to the browser.",
        "Let the media ports answer (stateful firewall, asymmetric routes, MTU under 1280 in a VPN or Docker network).",
    ),
)

# Sending

_cause(
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
_cause(
    "NOTHING_SENT/refused",
    "failing",
    ("{mine}: the server did not accept your {own}.", "Turn your {own} off and on again. " + _TELL_ADMIN),
    ("{theirs}: the server did not accept their {own}.", "Ask them to turn it off and on again."),
    (
        "produce of {source} was refused with {code}: {details}",
        "See the node's log at that time; compare the versions of page and site.",
    ),
)
_cause(
    "PAUSED_BY_ADMINISTRATOR",
    "impaired",
    ("{mine}: an administrator has paused your {own}.", "Turn it on again, or ask the administrator."),
    ("{theirs}: an administrator has paused their {own}.", "They can turn it on again; ask the administrator why."),
    ("The producer of {source} was paused in the admin's live view.", "Resume it there."),
)
_cause(
    "PAUSED_BY_ADMINISTRATOR/theirs",
    "impaired",
    ("The {thing} of {who} does not come: an administrator has paused it.", "Ask the administrator to let it go on."),
    (
        "{name} does not get the {thing} of {who}: an administrator has paused it.",
        "Ask the administrator to let it go on.",
    ),
    ("The {stream} of {source} of {about} was paused in the admin's live view.", "Resume it there."),
)

# Receiving

_cause(
    "PAUSED_BY_SENDER",
    "impaired",
    ("The {thing} of {who} does not come: they have paused it.", "Wait until they turn it on."),
    ("{name} does not get the {thing} of {who}: {who} has paused it.", "Ask {who} to turn it on."),
    (
        "The producer of {source} of {about} is paused by its sender, and the receiver waits for it.",
        "Nothing to mend, unless the sender's page shows it as on: then report it.",
    ),
)
_cause(
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
_cause(
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
_cause(
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
_cause(
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
_cause(
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
_cause(
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

# Quality

_cause(
    "SENDER_CPU",
    "impaired",
    ("Your device is too busy to send a good picture.", "Close other programs, or turn the camera off."),
    ("{name}'s picture is poor: their device is too busy.", "Ask them to close other programs."),
    (
        "The browser has had too little CPU for its encoder for {seconds}{rate}.",
        "The participant's device is the limit; a smaller picture helps.",
    ),
)
_cause(
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
_cause(
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
_cause(
    "WORKER_OVERLOADED",
    "impaired",
    ("The server is overloaded; picture and sound may stutter.", "Turning cameras off helps. " + _TELL_ADMIN),
    (
        "Picture and sound of {name} may stutter: the server is overloaded.",
        "Let some turn off their cameras; tell your administrator.",
    ),
    (
        "Worker {worker} uses {cpu} of a core, and its node's loop is late by {lag}.",
        "Add workers, cores or a media node; see what else runs on that host.",
    ),
)

# Waiting

_cause(
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
# What a TURN server means by an error, and what to do.
TURN_ERRORS = {
    401: (
        "its password was not accepted",
        "Give both the same TURN_SECRET and realm; compare the clocks of this server and the TURN server.",
    ),
    403: (
        "it does not relay to that address",
        "Allow the address of the media node in the TURN server (coturn: allowed-peer-ip, denied-peer-ip).",
    ),
    437: (
        "the allocation did not fit what it knew of that browser",
        "Usually passing; else look into the log of the TURN server.",
    ),
    438: ("its password had run out", "Compare the clocks of this server and the TURN server, and raise TURN_TTL."),
    486: (
        "that user has as many allocations as are allowed",
        "Raise the quota of the TURN server (coturn: user-quota).",
    ),
    508: (
        "it has no port left to relay with",
        "Widen the range of relay ports of the TURN server, or raise its total quota.",
    ),
}
# Why an announced address of that kind is wrong.
WHY_UNREACHABLE = {
    "loopback": "is the server itself for nobody but the server",
    "private": "nobody outside that network can reach",
    "link-local": "nobody outside that cable can reach",
    "documentation": "nobody at all can reach, as it is for examples only",
    "unspecified": "is no address that anybody could send to",
}
