"""An OpenID Connect provider on the loopback: a stand-in for those that cannot be had here, and cannot be told to lie.

It speaks discovery, authorization code with PKCE (RFC 7636, S256), token, userinfo and keys, and signs with RS256.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

Json = dict[str, Any]
CLIENT, SECRET = "kcs-meet", "the client's secret"


@dataclass
class Provider:
    """Whoever comes is `person`, unless it `denies`. The rest are ways to be wrong."""

    url: str = ""
    person: Json = field(
        default_factory=lambda: {
            "sub": "c-1",
            "name": "Carol Example",
            "email": "carol@example.org",
            "email_verified": True,
        }
    )
    denies: bool = False
    away: bool = False
    claims: Json = field(default_factory=dict)
    userinfo: Json = field(default_factory=dict)
    algorithm: str = "RS256"
    signs_with: Any = None
    asked: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes: dict[str, Json] = {}
        self._tokens: set[str] = set()

    def discovery(self) -> Json:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> Json:
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**jwk, "kid": "one", "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: Json) -> str:
        """Where the browser is sent."""
        self.asked.append(asked)
        if self.denies:
            answer = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(8)
            self._codes[code] = asked
            answer = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def token(self, asked: Json) -> Json | None:
        """For a code, once, to the client that proves itself and began this."""
        began = self._codes.pop(asked.get("code", ""), None)
        if began is None or (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != began["code_challenge"]:
            return None
        if asked["redirect_uri"] != began["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "sub": self.person["sub"]}
        token = secrets.token_urlsafe(8)
        self._tokens.add(token)
        signed = jwt.encode(
            {**claims, **self.claims}, self.signs_with or self.key, self.algorithm, headers={"kid": "one"}
        )
        return {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def who(self, authorization: str) -> Json | None:
        if authorization.removeprefix("Bearer ") not in self._tokens:
            return None
        return {**self.person, **self.userinfo}


@contextmanager
def running_provider() -> Iterator[Provider]:
    """One that is served until the block ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            match address.path:
                case _ if provider.away:
                    self._answer(503, {})
                case "/.well-known/openid-configuration":
                    self._answer(200, provider.discovery())
                case "/keys":
                    self._answer(200, provider.keys())
                case "/userinfo":
                    person = provider.who(self.headers.get("Authorization", ""))
                    self._answer(200 if person else 401, person or {})
                case "/authorize":
                    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(asked))
                    self.end_headers()
                case _:
                    self._answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: values[0] for name, values in parse_qs(body).items()}
            answer = provider.token(asked)
            self._answer(200 if answer else 400, answer or {"error": "invalid_grant"})

        def _answer(self, status: int, body: Json) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name it has
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
