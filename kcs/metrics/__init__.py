"""`/metrics`: what this process counts, and the media nodes in numbers, in Prometheus' text format."""
