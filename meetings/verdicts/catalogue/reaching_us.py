"""Getting to the site: its pages, its socket, its clock."""

from meetings.verdicts.catalogue.cause import TELL_ADMIN, Causes

CAUSES = Causes()

CAUSES.add(
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
CAUSES.add(
    "SOCKET_UNREACHABLE",
    "failing",
    (
        "The page was loaded, but its live connection to this site has not come about for {seconds}.",
        "Another network or browser may work; a company proxy or an extension may block it. " + TELL_ADMIN,
    ),
    ("{name}'s live connection to this site does not come about.", "Ask them to try another network or browser."),
    (
        "The page reaches the site over HTTP, and no socket reached us for {seconds} (close code {close}). Something between the two does not pass WebSockets.",
        "Let the proxy pass Upgrade and Connection on /ws/; if others get in, it is a proxy or an extension on the participant's side.",
    ),
)
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
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
CAUSES.add(
    "VERSION_MISMATCH",
    "impaired",
    ("This page is of another version than the site ({page} instead of {site}).", "Reload the page."),
    ("{name}'s page is of another version than the site.", "Ask them to reload the page."),
    (
        "The page is of version {page}, the site of {site}.",
        "The participant reloads. If it happens to everybody, a cache in front serves old pages.",
    ),
)
CAUSES.add(
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
