"""What an administrator can do to live media: in words for the confirmation and the log, and as a verb of the link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms

from media.live import Target
from media.names import Name

Json = dict[str, Any]

SOURCES: Final = {"mic": "microphone", "camera": "camera", "screen": "screen", "screen-audio": "screen's sound"}
TRACE_SECONDS: Final = 30
TRACES: Final = {
    "keyframe": "key frames",
    "pli": "requests for a key frame (PLI)",
    "fir": "requests for a key frame (FIR)",
    "nack": "requests for lost packets (NACK)",
    "sr": "sender reports",
    "rtp": "every RTP packet",
}
OF_PRODUCERS_ONLY: Final = "sr"


class Wording:
    """Names things for people, given the names of meetings and participants."""

    def __init__(self, target: Target, meetings: Mapping[str, Name], people: Mapping[str, Name]) -> None:
        self.target = target
        self._meetings, self._people = meetings, people

    def person(self, participant: str | None) -> str:
        """Somebody's name, or the beginning of their id."""
        if not participant:
            return "nobody"
        known = self._people.get(participant)
        return known.text if known else f"participant {participant[:8]}"

    @property
    def owner(self) -> str:
        """Who is at the far end of the transport."""
        return self.person(self.target.transport["participant"]) if self.target.transport else "nobody"

    @property
    def meeting(self) -> str:
        """The meeting of the router."""
        router = self.target.router
        if router is None or not router["meeting"]:
            return "no meeting"
        known = self._meetings.get(router["meeting"])
        return known.text if known else f"meeting {router['meeting'][:8]}"

    @property
    def source(self) -> str:
        """What a stream shows: "camera"."""
        stream = self.target.stream or {}
        return SOURCES.get(str(stream.get("source")), str(stream.get("kind", "stream")))

    @property
    def what(self) -> str:
        """The thing itself, with its meeting where it has one: "Bob's camera in Weekly"."""
        target = self.target
        match target.kind:
            case "node":
                return f"media node {target.node['host']} [pid:{target.node['pid']}]"
            case "worker":
                return f"worker {target.entry['index']} of {target.node['host']}"
            case "router":
                return f"the room of {self.meeting}"
            case "transport":
                return f"{self._transport} in {self.meeting}"
            case "producer":
                return f"{self.owner}'s {self.source} in {self.meeting}"
        sender = self.person((target.stream or {}).get("participant"))
        return f"{sender}'s {self.source} on its way to {self.owner} in {self.meeting}"

    @property
    def _transport(self) -> str:
        transport = self.target.transport or {}
        if not transport.get("participant"):
            return f"a {transport.get('type')} transport"
        way = {"send": "sending", "recv": "receiving"}.get(transport["direction"] or "", transport["type"])
        return f"{self.owner}'s {way} transport"


class ActForm(forms.Form):
    """What an act has to be told; most need nothing."""

    def data_for_node(self) -> Json:
        """Fields of the verb's data."""
        return {}

    def in_words(self) -> str:
        """What was chosen, for the log; empty when there was nothing to choose."""
        return ""


class BitrateForm(ActForm):
    kilobits = forms.IntegerField(
        label="Limit in kbit/s",
        min_value=0,
        max_value=1_000_000,
        help_text="0 takes the limit away; otherwise 30 or more.",
    )

    def clean_kilobits(self) -> int:
        kilobits: int = self.cleaned_data["kilobits"]
        if 0 < kilobits < 30:
            raise forms.ValidationError("A limit is 30 kbit/s or more.")
        return kilobits

    def data_for_node(self) -> Json:
        return {"bitrate": self.cleaned_data["kilobits"] * 1000}

    def in_words(self) -> str:
        kilobits = self.cleaned_data["kilobits"]
        return f"to {kilobits} kbit/s" if kilobits else "to no limit"


class TraceForm(ActForm):
    types = forms.MultipleChoiceField(
        label="Look for",
        choices=list(TRACES.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=["keyframe", "pli", "fir", "nack"],
    )

    def data_for_node(self) -> Json:
        return {"types": self.cleaned_data["types"], "seconds": TRACE_SECONDS}

    def in_words(self) -> str:
        return "for " + ", ".join(self.cleaned_data["types"])


class ConsumerTraceForm(TraceForm):
    types = forms.MultipleChoiceField(
        label="Look for",
        choices=[(name, words) for name, words in TRACES.items() if name != OF_PRODUCERS_ONLY],
        widget=forms.CheckboxSelectMultiple,
        initial=["keyframe", "pli", "fir", "nack"],
    )


class MoveForm(ActForm):
    worker = forms.TypedChoiceField(
        label="To worker",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="Left open, it goes to the worker with the least load.",
    )

    def __init__(self, *args: Any, target: Target, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = (target.worker or {}).get("index")
        self._others = [one["index"] for one in target.node["workers"] if one["index"] != here and one["state"] == "up"]
        named = [(index, f"worker {index}") for index in self._others]
        self.fields["worker"].choices = [("", "the one with the least load"), *named]  # type: ignore[attr-defined]

    def clean(self) -> Json | None:
        if not self._others:
            raise forms.ValidationError("No other worker of this node is up.")
        return super().clean()

    def data_for_node(self) -> Json:
        worker = self.cleaned_data["worker"]
        return {} if worker is None else {"worker": worker}

    def in_words(self) -> str:
        worker = self.cleaned_data["worker"]
        return "" if worker is None else f"to worker {worker}"


@dataclass(frozen=True, slots=True)
class Act:
    """`label` is on the button, `past` in the log and the message; `meaning` says what will happen, and to whom.
    `verb` is the link's. `harm`: somebody loses something.
    """

    name: str
    kind: str
    label: str
    past: str
    meaning: Callable[[Wording], str]
    form: type[ActForm] = ActForm
    verb: str = "steer"
    harm: bool = False

    def question(self, what: str) -> str:
        """The heading of the confirmation."""
        return f"{self.label}: {what}?" if " " in self.label else f"{self.label} {what}?"

    def data(self, target: Target, form: ActForm) -> Json:
        """The data of the verb."""
        own = form.data_for_node()
        match target.kind:
            case "worker":
                return {"worker": target.entry["index"], **own}
            case "node" | "router":
                return own
        named = {"act": self.name, "kind": self.kind, "id": target.id, **own}
        if target.kind == "producer" and target.transport is not None:
            named["transport"] = target.transport["id"]
        return named


def _closing_transport(words: Wording) -> str:
    transport = words.target.transport or {}
    if transport["direction"] == "send":
        return (
            f"What {words.owner} sends ends for everybody in {words.meeting}. "
            f"{words.owner}'s page makes a new transport by itself and sends again within seconds."
        )
    if transport["direction"] == "recv":
        return (
            f"{words.owner} sees and hears nobody in {words.meeting} until their page has made a new transport, "
            "which it does by itself within seconds."
        )
    return f"Everything that it carries for {words.meeting} ends."


ACTS: Final = [
    Act("close", "transport", "Close", "Closed", _closing_transport, harm=True),
    Act(
        "cap-incoming",
        "transport",
        "Cap what is received",
        "Capped what is received",
        lambda words: f"{words.owner}'s browser is told to send at most this much. Pictures become coarser.",
        BitrateForm,
    ),
    Act(
        "cap-outgoing",
        "transport",
        "Cap what is sent",
        "Capped what is sent",
        lambda words: f"{words.owner} is sent at most this much: lower layers, and some pictures not at all.",
        BitrateForm,
    ),
    Act(
        "pause",
        "producer",
        "Pause",
        "Paused",
        lambda words: (
            f"Nobody in {words.meeting} receives {words.owner}'s {words.source} any more. {words.owner} is told, and "
            "can turn it on again."
        ),
        harm=True,
    ),
    Act(
        "resume",
        "producer",
        "Resume",
        "Resumed",
        lambda words: f"{words.owner}'s {words.source} reaches everybody in {words.meeting} again.",
    ),
    Act(
        "request-key-frame",
        "producer",
        "Request a key frame",
        "Requested a key frame of",
        lambda words: f"{words.owner}'s browser is asked for a whole picture, which costs it a moment of bitrate.",
    ),
    Act(
        "trace",
        "producer",
        f"Trace for {TRACE_SECONDS} seconds",
        "Traced",
        lambda words: f"What passes {words.owner}'s {words.source} is noted for {TRACE_SECONDS} seconds.",
        TraceForm,
    ),
    Act(
        "close",
        "producer",
        "Close",
        "Closed",
        lambda words: (
            f"{words.owner}'s {words.source} ends for everybody in {words.meeting}. {words.owner} is told, and can "
            "turn it on again."
        ),
        harm=True,
    ),
    Act(
        "pause",
        "consumer",
        "Pause",
        "Paused",
        lambda words: f"{words.owner} alone stops receiving this. Others in {words.meeting} notice nothing.",
        harm=True,
    ),
    Act(
        "resume",
        "consumer",
        "Resume",
        "Resumed",
        lambda words: f"{words.owner} receives this again, unless its sender has paused it.",
    ),
    Act(
        "request-key-frame",
        "consumer",
        "Request a key frame",
        "Requested a key frame for",
        lambda words: "The sender's browser is asked for a whole picture, which costs it a moment of bitrate.",
    ),
    Act(
        "trace",
        "consumer",
        f"Trace for {TRACE_SECONDS} seconds",
        "Traced",
        lambda words: f"What is sent to {words.owner} here is noted for {TRACE_SECONDS} seconds.",
        ConsumerTraceForm,
    ),
    Act(
        "close",
        "consumer",
        "Close",
        "Closed",
        lambda words: (
            f"{words.owner} alone loses this, until {words.owner} joins again or it is sent anew. "
            f"Others in {words.meeting} notice nothing."
        ),
        harm=True,
    ),
    Act(
        "move",
        "router",
        "Move to another worker",
        "Moved",
        lambda words: (
            f"Media of everybody in {words.meeting} are made anew on another worker; pages follow by themselves."
        ),
        MoveForm,
        "move-room",
    ),
    Act(
        "drain",
        "worker",
        "Drain",
        "Drained",
        lambda words: (
            f"{words.what.capitalize()} takes nobody new, and its rooms move to other workers. It has "
            f"{len((words.target.worker or {})['routers'])} now."
        ),
        verb="drain",
        harm=True,
    ),
    Act(
        "restart",
        "worker",
        "Restart",
        "Restarted",
        lambda words: (
            f"Another worker is started in place of {words.what}, and its rooms "
            f"({len((words.target.worker or {})['routers'])} now) move there before it ends."
        ),
        verb="restart-worker",
        harm=True,
    ),
    Act(
        "drain",
        "node",
        "Drain",
        "Drained",
        lambda words: (
            f"{words.what.capitalize()} takes no new meetings, until it is started again. Those that are there go on "
            "until they end."
        ),
        verb="drain",
        harm=True,
    ),
    Act(
        "restart",
        "node",
        "Restart all workers",
        "Restarted all workers of",
        lambda words: f"The workers of {words.what} are replaced one after another; rooms move before each ends.",
        verb="restart-worker",
        harm=True,
    ),
]


def find_act(name: str, kind: str) -> Act | None:
    """The act of this name for this kind of thing."""
    return next((act for act in ACTS if (act.name, act.kind) == (name, kind)), None)
