"""The event stream: how it is told, written down and judged."""
