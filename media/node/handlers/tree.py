"""What lives on the node, and what it carried: for administrators."""

from typing import Any

from media.errors import BAD_REQUEST, MediaError
from media.node.sampling import EVERYTHING
from media.node.tree import node_tree

from .call import Call

Json = dict[str, Any]


async def tree(call: Call) -> Json:
    """The node's workers with everything on them. `opened` lists routers and transports to show in depth; all without.

    Statistics are fresh while somebody asks this every few seconds.
    """
    opened = frozenset(call.data.texts("opened")) if "opened" in call.data else frozenset([EVERYTHING])
    call.insight.sampler.look(opened)
    return node_tree(call.node, call.rooms, call.supervisor, call.insight.sampler, opened)


async def load_history(call: Call) -> Json:
    """The last hour of each worker."""
    return {"node": call.node, **call.insight.history.describe()}


async def trace(call: Call) -> Json:
    """What was seen of a producer or a consumer that is or was traced, behind the first `after` events."""
    after = call.data.integer("after") if "after" in call.data else 0
    seen = call.insight.traces.read(call.data.text("id"), after)
    if seen is None:
        raise MediaError(BAD_REQUEST, "Nobody has had this traced lately.")
    return seen
