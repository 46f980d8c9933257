"""What runs in the cluster, as supervisord's configuration and the files that the programs need."""

import os
import shlex
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from cluster.certificate import ensure_certificate
from cluster.errors import CannotStart
from cluster.layout import CHECKOUT, HOST, Layout, write_private
from cluster.postgresql import Database

# What the environment of whoever starts the cluster must not decide.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "PORT", "HOST", "MEDIA_SOCKET")


@dataclass(frozen=True)
class Program:
    """One process. Those with `first` start before the database is migrated, the others after that."""

    name: str
    command: list[str]
    first: bool = False
    user: str | None = None
    stop_signal: str = "TERM"
    environment: dict[str, str] = field(default_factory=dict)


def programs(layout: Layout, database: Database) -> list[Program]:
    """All of them, in the order in which they start. Writes the files they need."""
    _write_redis_configuration(layout)
    _write_balancer_configuration(layout)
    ensure_certificate(layout.directory / "link.crt", layout.directory / "link.key")
    python, directory = sys.executable, layout.directory
    celery = [python, "-m", "celery", "-A", "kcs"]
    # There is no other worker to gossip with, and gossip does not survive a restart of Redis.
    alone = ("--without-gossip", "--without-mingle")
    clock = str(directory / "celerybeat-schedule")
    return [
        Program("postgresql", database.command, first=True, user=database.user, stop_signal="INT"),
        Program("redis", [_found("redis-server"), str(directory / "redis.conf")], first=True),
        *(
            Program(
                name,
                [python, "manage.py", "media_workers", "--socket", str(directory / f"{name}.sock")],
                environment={"MEDIA_NODE_NAME": name, "MEDIA_LISTEN": f"{HOST}:{port}"},
            )
            for name, port in layout.media.items()
        ),
        *(
            Program(name, [python, "manage.py", "serve", "--host", HOST, "--port", str(port)])
            for name, port in layout.web.items()
        ),
        Program("celery-worker", [*celery, "worker", *alone, "--pool", "threads", "--concurrency", "2"]),
        Program("celery-beat", [*celery, "beat", "--schedule", clock, "--pidfile="]),
        Program("balancer", [_found("haproxy"), "-db", "-f", str(directory / "haproxy.cfg")]),
    ]


def environment(layout: Layout) -> dict[str, str]:
    """What the site's processes are told. Secrets are in files, for environments can be read by `ps`."""
    database, redis, link = (layout.secret(f"{name}_secret") for name in ("database", "redis", "link"))
    directory = layout.directory
    files = {
        "DATABASE_URL": f"postgresql://kcs:{database}@{HOST}:{layout.postgresql}/postgres",
        "REDIS_URL": f"redis://:{redis}@{HOST}:{layout.redis}/0",
        "MEDIA_LINK_SECRET": link,
    }
    for name, value in files.items():
        write_private(directory / name.lower(), value)
    workers = max(1, (os.cpu_count() or 1) // len(layout.media))
    return {
        "MEDIASOUP_WORKERS": str(workers),
        "ALLOW_ANONYMOUS_HOSTS": "1",
        # Stopped with everybody else, a node has nobody to wait for.
        "MEDIA_DRAIN_SECONDS": "0",
        **{name: value for name, value in os.environ.items() if name not in FOREIGN},
        **{f"{name}_FILE": str(directory / name.lower()) for name in files},
        "KCS_VAR": str(directory),
        "MEDIA_EMBEDDED": "0",
        # People come through the balancer, and so does the probe.
        "PROBE_URL": layout.url,
        "MEDIA_LINK_CERT": str(directory / "link.crt"),
        "MEDIA_LINK_KEY": str(directory / "link.key"),
        # The balancer's word on who asks is believed.
        "PROXIES": "1",
        "PYTHONUNBUFFERED": "1",
    }


def configuration(layout: Layout, all_programs: list[Program], control: Path) -> str:
    """supervisord's. `control` is the socket file by which it is asked."""
    sections = [
        _section(
            "supervisord",
            nodaemon="true",
            logfile=layout.logs / "supervisord.log",
            pidfile=control.with_suffix(".pid"),
            childlogdir=layout.logs,
            **({"user": "root"} if os.geteuid() == 0 else {}),
        ),
        _section("unix_http_server", file=control, chmod="0700"),
        _section("supervisorctl", serverurl=f"unix://{control}"),
        _section(
            "rpcinterface:supervisor",
            **{"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
    ]
    for order, program in enumerate(all_programs):
        told = ",".join(f'{name}="{value}"' for name, value in program.environment.items())
        sections.append(
            _section(
                f"program:{program.name}",
                command=shlex.join(program.command),
                directory=CHECKOUT if program.user is None else "/",
                priority=order,
                autostart=str(program.first).lower(),
                # For ever: one that cannot start waits a second longer each time.
                autorestart="true",
                startretries=1_000_000,
                stopsignal=program.stop_signal,
                stopwaitsecs=10,
                killasgroup="true",
                stdout_logfile=layout.logs / f"{program.name}.log",
                redirect_stderr="true",
                **({"user": program.user} if program.user else {}),
                **({"environment": told} if told else {}),
            )
        )
    return "\n".join(sections)


def _section(name: str, **values: object) -> str:
    # Percent signs are supervisord's own.
    lines = [f"{key}={str(value).replace('%', '%%')}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _write_redis_configuration(layout: Layout) -> None:
    lines = [
        f"port {layout.redis}",
        f"bind {HOST}",
        f"requirepass {layout.secret('redis_secret')}",
        # What is in it may be lost: facts on their way, and jobs whose rows are found again.
        'save ""',
        f"dir {layout.directory}",
    ]
    write_private(layout.directory / "redis.conf", "\n".join([*lines, ""]))


def _write_balancer_configuration(layout: Layout) -> None:
    servers = "\n".join(f"    server {name} {HOST}:{port}" for name, port in layout.web.items())
    (layout.directory / "haproxy.cfg").write_text(f"""\
global
    maxconn 4096
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    # Signalling sockets are open as long as a meeting.
    timeout tunnel 24h
    option forwardfor
    # A web process that is gone does not show: its connections are refused, and another one is asked.
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
frontend people
    bind {HOST}:{layout.port}
    default_backend web
backend web
    balance leastconn
    http-request disable-l7-retry if METH_POST
    # Liveness, not readiness: a web process is not taken for dead when the database is, for its sockets go on.
    option httpchk GET /healthz
    default-server check inter 1s fall 3 rise 1 on-marked-down shutdown-sessions
    default-server observe layer4 error-limit 3 on-error mark-down
{servers}
""")


def _found(program: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise CannotStart(f"{program} is not installed: run `python3 -m setup cluster`.")
    return found
