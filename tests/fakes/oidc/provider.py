"""An identity provider on loopback: real keys, discovery, rotation, and failures to order."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from sessions.clock import Clock, SystemClock

__all__ = ["FakeProvider", "SigningKey"]

CLIENT = "the-app"


class SigningKey:
    """A key pair; those of a number are made once."""

    def __init__(self, algorithm: str, number: int = 0, *, bits: int = 2048) -> None:
        self.algorithm = algorithm
        self.kid = f"{algorithm}-{number}"
        self.private = _private(algorithm, number, bits)

    def jwk(self, **more: Any) -> dict[str, Any]:
        """Return the public half, as providers publish it."""
        makers: dict[str, Any] = {"R": RSAAlgorithm, "E": ECAlgorithm}
        maker = OKPAlgorithm if self.algorithm == "EdDSA" else makers[self.algorithm[0]]
        public = json.loads(maker.to_jwk(self.private.public_key()))
        kept = {name: value for name, value in public.items() if name != "key_ops"}
        return kept | {"kid": self.kid, "alg": self.algorithm, "use": "sig"} | more

    def pem(self) -> bytes:
        """Return the public half, as everybody may have it."""
        public = self.private.public_key()
        found: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return found


class FakeProvider:
    """Publishes `keys` at `url` while it is entered; `asked` counts what was fetched.

    While it is `silent` it takes connections and says nothing, while `status` is not 200 it says
    that alone. `issuer` is what it calls itself.
    """

    def __init__(self, *, clock: Clock | None = None, audience: str = CLIENT) -> None:
        self.clock = clock or SystemClock()
        self.audience = audience
        self.key = SigningKey("RS256")
        self.keys: list[dict[str, Any]] = [self.key.jwk()]
        self.asked = 0
        self.status = 200
        self.silent = False
        self.ahead_s = 0.0
        self.issuer = ""
        self.jwks_uri = ""
        self.url = ""
        self._port = 0
        self._server: asyncio.Server | None = None
        self._quiet = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.come()
        return self

    async def __aexit__(self, *ended: object) -> None:
        await self.go()

    async def come(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.issuer = self.issuer or self.url
        self.jwks_uri = self.jwks_uri or f"{self.url}/keys"

    async def go(self) -> None:
        """Refuse connections."""
        self._quiet.set()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def rotate(self, *, algorithm: str = "RS256", keep: bool = True) -> SigningKey:
        """Sign with a new key from now on, and publish it beside the old ones, or alone."""
        self.key = SigningKey(algorithm, len(self.keys))
        self.keys = [*(self.keys if keep else []), self.key.jwk()]
        return self.key

    def id_token(
        self, sub: str = "ana", *, headers: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """Return what it says of `sub`; a claim that is None is left out."""
        now = self.clock.now() + timedelta(seconds=self.ahead_s)
        said = {
            "iss": self.issuer,
            "sub": sub,
            "aud": self.audience,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + 3600,
        } | claims
        kept = {name: value for name, value in said.items() if value is not None}
        named = {"kid": self.key.kid} | (headers or {})
        return jwt.encode(kept, self.key.private, self.key.algorithm, headers=named)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            if self.silent:
                await self._quiet.wait()
            else:
                writer.write(self._answer(request.split(b" ", 2)[1].decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, path: str) -> bytes:
        about = {"issuer": self.issuer, "jwks_uri": self.jwks_uri}
        found = {"/.well-known/openid-configuration": about, "/keys": {"keys": self.keys}}
        status = self.status if path in found else 404
        body = json.dumps(found.get(path, {})).encode() if status == 200 else b"<html>no</html>"
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=self.ahead_s), usegmt=True)
        head = f"HTTP/1.1 {status} X\r\ndate: {at}\r\ncontent-length: {len(body)}\r\n"
        return f"{head}connection: close\r\n\r\n".encode() + body


@lru_cache(maxsize=32)
def _private(algorithm: str, number: int, bits: int) -> Any:
    match algorithm:
        case "RS256":
            return rsa.generate_private_key(public_exponent=65537, key_size=bits)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case _:
            return ed25519.Ed25519PrivateKey.generate()
