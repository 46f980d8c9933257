"""The way between the browser and the media server."""

from meetings.verdicts.catalogue.cause import TELL_ADMIN, Causes

CAUSES = Causes()

CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
    "DTLS_FAILED",
    "failing",
    (
        "Your browser reached the server, but no secure connection for picture and sound came about.",
        "Reload the page; a VPN or a security program may be in the way. " + TELL_ADMIN,
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
