"""What a web process counts of its way to media."""

from prometheus_client import Histogram

LINK_CALL_SECONDS = Histogram(
    "kcs_link_call_duration_seconds",
    "Time from a request over the link to a media node until its reply, whatever that was.",
    ["verb"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
