"""Live media in the admin: a tree that follows what happens, and acts on what is in it."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from media.acts import ACTS, Act, ActForm, MoveForm, Wording, find_act
from media.errors import MEDIA_UNAVAILABLE, MediaError
from media.live import Silence, Target, ask, ask_all, find, meetings_in, participants_in
from media.models import LiveMedia
from media.names import Name, names_of

# Generic for the type checker only.
if TYPE_CHECKING:
    LiveMediaModelAdmin = admin.ModelAdmin[LiveMedia]
else:
    LiveMediaModelAdmin = admin.ModelAdmin

Json = dict[str, Any]

VIEW, STEER = "media.view_livemedia", "media.steer_livemedia"
NAME = "admin:media_livemedia_{}"
# More than a page can have open; who asks for more is no page of ours.
MOST_OPENED = 5_000


@admin.register(LiveMedia)
class LiveMediaAdmin(LiveMediaModelAdmin):
    """There are no rows: `changelist_view` is the tree, and everything in it is asked of the nodes."""

    def get_urls(self) -> list[URLPattern]:
        """All of them for those who may look."""
        named: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "": ("changelist", self.changelist_view),
            "tree/": ("tree", self.tree_view),
            "act/": ("act", self.act_view),
            "load/": ("load", self.load_view),
            "load/numbers/": ("load_numbers", self.load_numbers_view),
            "trace/": ("trace", self.trace_view),
            "trace/seen/": ("seen", self.seen_view),
            "<path:object_id>/change/": ("change", self.change_view),
        }
        wrap = self.admin_site.admin_view
        return [path(route, wrap(view), name=f"media_livemedia_{name}") for route, (name, view) in named.items()]

    # Permissions

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(VIEW)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(VIEW)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Looking

    def changelist_view(self, request: HttpRequest, extra_context: Json | None = None) -> HttpResponse:
        """The tree. `find` selects an object by its id (a stream with its `transport`), `meeting` searches for one."""
        _require(request, VIEW)
        acts: dict[str, list[Json]] = {}
        for act in ACTS:
            acts.setdefault(act.kind, []).append({"name": act.name, "label": act.label, "harm": act.harm})
        config = {
            "tree": reverse(NAME.format("tree")),
            "act": reverse(NAME.format("act")),
            "load": reverse(NAME.format("load")),
            "trace": reverse(NAME.format("trace")),
            "acts": acts if request.user.has_perm(STEER) else {},
            "find": request.GET.get("find", ""),
            "transport": request.GET.get("transport", ""),
            "search": request.GET.get("meeting", ""),
        }
        # The tree needs the width; the way to other pages is in the breadcrumbs.
        return self._page(request, "tree.html", "Live media", config=config, is_nav_sidebar_enabled=False)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Json | None = None
    ) -> HttpResponse:
        """Where the log's links lead: the tree, with what was acted on selected if it is still there."""
        _require(request, VIEW)
        kind, _, found = unquote(object_id).partition(":")
        transport, _, stream = found.partition(":") if kind in ("producer", "consumer") else ("", "", found)
        return HttpResponseRedirect(_tree_url(find=stream, transport=transport))

    def tree_view(self, request: HttpRequest) -> HttpResponse:
        """The trees of all nodes. The body is `{opened: [ids]}`: what to show in depth."""
        _require(request, VIEW)
        return _tree(request)

    def load_view(self, request: HttpRequest) -> HttpResponse:
        """The last hour of each worker, as charts."""
        _require(request, VIEW)
        config = {"numbers": reverse(NAME.format("load_numbers"))}
        return self._page(request, "load.html", "Load in the last hour", config=config)

    def load_numbers_view(self, request: HttpRequest) -> HttpResponse:
        """The numbers behind the charts."""
        _require(request, VIEW)
        return _history(request)

    def trace_view(self, request: HttpRequest) -> HttpResponse:
        """What a trace has seen and goes on seeing."""
        _require(request, VIEW)
        asked = {name: request.GET.get(name, "") for name in ("node", "id", "transport", "what")}
        config = {"seen": f"{reverse(NAME.format('seen'))}?{urlencode(asked)}"}
        back = _tree_url(find=asked["id"], transport=asked["transport"])
        return self._page(request, "trace.html", "Trace", config=config, subtitle=asked["what"], back=back)

    def seen_view(self, request: HttpRequest) -> HttpResponse:
        """The events of a trace behind the first `after`."""
        _require(request, VIEW)
        return _seen(request)

    # Acting

    def act_view(self, request: HttpRequest) -> HttpResponse:
        """GET: what would happen, and to whom. POST: have it done, and note it in the log."""
        # What is asked about names people and meetings.
        _require(request, VIEW)
        _require(request, STEER)
        return self._act(request)

    def _act(self, request: HttpRequest) -> HttpResponse:
        asked = request.POST if request.method == "POST" else request.GET
        act = find_act(asked.get("act", ""), asked.get("kind", ""))
        if act is None:
            messages.error(request, "There is no such act.")
            return HttpResponseRedirect(_tree_url())
        named = {name: asked.get(name, "") for name in ("node", "id", "transport")}
        trees, silent = ask_all("tree", {"opened": [named["transport"]] if named["transport"] else []})
        target = find(trees, act.kind, named["id"], node=named["node"], transport=named["transport"])
        if target is None:
            messages.error(request, _why_missing(act, silent))
            return HttpResponseRedirect(_tree_url())
        words = Wording(target, *_names(trees))
        form = _form(act, target, request)
        if request.method == "POST" and form.is_valid():
            return self._do(request, act, target, words, form)
        return self._page(
            request,
            "act.html",
            act.question(words.what),
            act=act,
            meaning=act.meaning(words),
            what=words.what,
            form=form,
            named={"act": act.name, "kind": act.kind, **named},
            back=_way_back(target),
        )

    def _do(self, request: HttpRequest, act: Act, target: Target, words: Wording, form: ActForm) -> HttpResponse:
        meeting = (target.router or {}).get("meeting") or ""
        chosen = form.in_words()
        said = f"{act.past} {words.what}{' ' + chosen if chosen else ''}."
        try:
            ask(target.node["node"], act.verb, act.data(target, form), meeting if act.kind == "router" else "")
        except MediaError as error:
            messages.error(request, f"Not done: {error.details}")
            if error.code == MEDIA_UNAVAILABLE:
                # It may have been done all the same, so that the log must know of it.
                _log(request, act, target, words, f"{said} The node gave no answer: {error.details}")
            return HttpResponseRedirect(_way_back(target))
        _log(request, act, target, words, said)
        messages.success(request, said)
        if act.name == "trace":
            transport = (target.transport or {}).get("id", "")
            named = {"node": target.node["node"], "id": target.id, "transport": transport, "what": words.what}
            return HttpResponseRedirect(f"{reverse(NAME.format('trace'))}?{urlencode(named)}")
        return HttpResponseRedirect(_way_back(target))

    def _page(self, request: HttpRequest, template: str, title: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}
        request.current_app = self.admin_site.name  # as Django's own views set it
        return TemplateResponse(request, f"admin/media/livemedia/{template}", context)


@require_POST
def _tree(request: HttpRequest) -> HttpResponse:
    try:
        opened = json.loads(request.body or b"{}").get("opened", [])
    except (ValueError, AttributeError):
        return JsonResponse({"error": "The body is no JSON object."}, status=400)
    if not isinstance(opened, list) or len(opened) > MOST_OPENED or not all(isinstance(one, str) for one in opened):
        return JsonResponse({"error": "opened is no list of ids."}, status=400)
    trees, silent = ask_all("tree", {"opened": opened})
    meetings, people = _names(trees)
    return JsonResponse(
        {
            "at": int(time.time() * 1000),
            "nodes": trees,
            "silent": [{"node": one.node, "cause": one.cause} for one in silent],
            "meetings": {key: [name.text, name.url] for key, name in meetings.items()},
            "people": {key: [name.text, name.url] for key, name in people.items()},
        }
    )


@require_GET
def _history(request: HttpRequest) -> HttpResponse:
    histories, silent = ask_all("load-history")
    return JsonResponse(
        {"nodes": histories, "silent": [{"node": one.node, "cause": one.cause} for one in silent]},
    )


@require_GET
def _seen(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "0")
    data = {"id": request.GET.get("id", ""), "after": int(after) if after.isdecimal() else 0}
    try:
        return JsonResponse(ask(request.GET.get("node", ""), "trace", data))
    except MediaError as error:
        return JsonResponse({"error": error.details}, status=404)


def _names(trees: list[Json]) -> tuple[dict[str, Name], dict[str, Name]]:
    return names_of(meetings_in(trees), participants_in(trees))


def _form(act: Act, target: Target, request: HttpRequest) -> ActForm:
    more: Json = {"target": target} if issubclass(act.form, MoveForm) else {}
    return act.form(request.POST if request.method == "POST" else None, **more)


def _why_missing(act: Act, silent: list[Silence]) -> str:
    if silent:
        return f"Not done: the media node does not answer. {silent[0].cause}"
    return f"Not done: this {act.kind} is gone."


def _log(request: HttpRequest, act: Act, target: Target, words: Wording, said: str) -> None:
    LogEntry.objects.create(
        user_id=cast(int, request.user.pk),
        content_type=ContentType.objects.get_for_model(LiveMedia),
        object_id=_log_id(target),
        object_repr=words.what[:200],
        action_flag=DELETION if act.name == "close" else CHANGE,
        change_message=said,
    )


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _log_id(target: Target) -> str:
    """What `change_view` takes apart again."""
    if target.stream is not None and target.transport is not None:
        return f"{target.kind}:{target.transport['id']}:{target.id}"
    return f"{target.kind}:{target.id}"


def _way_back(target: Target) -> str:
    """The tree, with what was acted on selected."""
    transport = target.transport["id"] if target.stream is not None and target.transport is not None else ""
    return _tree_url(find=target.id, transport=transport)


def _tree_url(**query: str) -> str:
    url, given = reverse(NAME.format("changelist")), {name: value for name, value in query.items() if value}
    return f"{url}?{urlencode(given)}" if given else url
