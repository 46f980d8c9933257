"""`make cluster`: the site as it runs on many hosts, on this one machine.

PostgreSQL, Redis, two web processes behind HAProxy, two media nodes reached over TLS, a Celery worker and its clock,
each kept running by supervisord. For trying it out and for tests; docs/operations.md says how it is done for real.
"""
