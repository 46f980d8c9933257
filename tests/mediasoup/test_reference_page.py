"""docs/mediasoup.md names every class, method, option, attribute, event and error, in the section of its class."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from media import mediasoup
from media.mediasoup import errors, ortc
from media.mediasoup.active_speaker_observer import ActiveSpeakerObserver
from media.mediasoup.audio_level_observer import AudioLevelObserver
from media.mediasoup.consumer import Consumer
from media.mediasoup.data_consumer import DataConsumer
from media.mediasoup.data_producer import DataProducer
from media.mediasoup.direct_transport import DirectTransport
from media.mediasoup.events import EventEmitter, ObservedEmitter
from media.mediasoup.pipe_transport import PipeTransport
from media.mediasoup.plain_transport import PlainTransport
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.transport import Transport
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.worker import Worker
from media.mediasoup.worker_object import WorkerObject
from media.mediasoup.worker_start import create_worker

PAGE = (Path(__file__).parents[2] / "docs" / "mediasoup.md").read_text()

CLASSES: list[type] = [
    Worker,
    WebRtcServer,
    Router,
    WebRtcTransport,
    PlainTransport,
    PipeTransport,
    DirectTransport,
    Producer,
    Consumer,
    DataProducer,
    DataConsumer,
    ActiveSpeakerObserver,
    AudioLevelObserver,
]

EMITTING = {"emit", "observe", "_emit_and_observe", "_closed_by", "_follow"}


@pytest.mark.parametrize("name", mediasoup.__all__)
def test_page_tells_of_what_the_package_exports(name: str) -> None:
    assert re.search(rf"\b{name}\b", PAGE)


def section(title: str) -> str:
    """The text under a heading of level two, up to the next."""
    match = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert match, f"the page has no section {title}"
    return match[1]


def text_for(cls: type) -> str:
    """What a reader of a class has to read: its section, and those of what it has in common with others."""
    text = section(cls.__name__) + section("What holds everywhere")
    if issubclass(cls, Transport):
        text += section("Transports")
    if cls is AudioLevelObserver:
        text += section("ActiveSpeakerObserver")
    return text


def lineage(cls: type) -> list[type]:
    """The class and its ancestors in this package, without the emitters, which have a section of their own."""
    ours = [one for one in cls.__mro__ if one.__module__.startswith("media.mediasoup.")]
    return [one for one in ours if one not in (EventEmitter, ObservedEmitter)]


def public_names(cls: type) -> set[str]:
    names: set[str] = set()
    for one in lineage(cls):
        names |= {name for name in vars(one) if not name.startswith("_")}
        names |= {name for name in inspect.get_annotations(one) if not name.startswith("_")}
        names |= {node.attr for node in attributes_set_in_init(one) if not node.attr.startswith("_")}
    return names


def attributes_set_in_init(cls: type) -> list[ast.Attribute]:
    return [
        node
        for function in tree_of(cls).body
        if isinstance(function, ast.FunctionDef) and function.name in ("__init__", "_accept")
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    ]


def tree_of(cls: type) -> ast.ClassDef:
    (tree,) = ast.parse(inspect.getsource(cls)).body
    assert isinstance(tree, ast.ClassDef)
    return tree


def event_names(cls: type) -> set[str]:
    """The names of events that a class or an ancestor emits on itself, from the source."""
    names: set[str] = set()
    for one in lineage(cls):
        for node in ast.walk(tree_of(one)):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name("self"), attr=method)) if method in EMITTING:
                    for argument in node.args:
                        branches = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
                        texts = [branch.value for branch in branches if isinstance(branch, ast.Constant)]
                        names |= {text for text in texts if isinstance(text, str) and re.fullmatch("[a-z]+", text)}
    return names


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_page_names_every_method_and_attribute(cls: type) -> None:
    text = text_for(cls)
    names = public_names(cls)
    assert len(names) > 4
    missing = {name for name in names if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", text)}
    assert missing == set()


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_page_names_every_event(cls: type) -> None:
    text = text_for(cls)
    names = event_names(cls)
    assert "close" in names
    assert {name for name in names if f"`{name}`" not in text} == set()


PARENTS_EVENTS = {
    Worker: set[str](),
    WebRtcServer: {"workerclose"},
    Router: {"workerclose"},
    Transport: {"routerclose"},
    Producer: {"transportclose"},
    Consumer: {"transportclose", "producerclose"},
    DataProducer: {"transportclose"},
    DataConsumer: {"transportclose", "dataproducerclose"},
    ActiveSpeakerObserver: {"routerclose"},
}


@pytest.mark.parametrize("cls", PARENTS_EVENTS, ids=lambda cls: cls.__name__)
def test_page_names_the_events_that_parents_cause(cls: type) -> None:
    text = section("Transports") if cls is Transport else text_for(cls)
    assert {name for name in PARENTS_EVENTS[cls] if f"`{name}`" not in text} == set()


@pytest.mark.parametrize("cls", [*CLASSES, Transport], ids=lambda cls: cls.__name__)
def test_page_names_every_option(cls: type) -> None:
    text = section("Transports") if cls is Transport else text_for(cls)
    missing: list[tuple[str, str]] = []
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        if name.startswith("_") or hasattr(ObservedEmitter, name):
            continue
        for option in list(inspect.signature(method).parameters.values())[1:]:
            if option.kind is not option.VAR_KEYWORD and not re.search(rf"\b{option.name}\b", text):
                missing.append((name, option.name))
    assert missing == []


def test_page_names_every_option_of_create_worker() -> None:
    text = section("create_worker")
    assert [name for name in inspect.signature(create_worker).parameters if name not in text] == []


def test_page_names_every_error() -> None:
    names = {name for name, one in vars(errors).items() if isinstance(one, type)}
    assert {name for name in names if f"| `{name}` |" not in section("Errors")} == set()


def test_page_names_every_method_of_emitters() -> None:
    names = {name for one in (EventEmitter, ObservedEmitter) for name in vars(one) if not name.startswith("_")}
    assert {name for name in names if f"`{name}" not in section("EventEmitter")} == set()


def test_page_names_all_of_ortc() -> None:
    assert {name for name in ortc.__all__ if f"`{name}" not in section("ORTC")} == set()


def test_every_class_that_lives_in_a_worker_is_on_the_page() -> None:
    leaves = {one for one in all_subclasses(WorkerObject) if not one.__subclasses__()}
    assert leaves == set(CLASSES)


def all_subclasses(cls: type) -> set[type]:
    children: list[type] = cls.__subclasses__()
    return {cls} | {one for child in children for one in all_subclasses(child)}
