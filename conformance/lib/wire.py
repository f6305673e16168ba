"""TLS towards the gateway: HTTP with keep-alive, and bare sockets for what no client would send."""
from __future__ import annotations

import dataclasses
import functools
import http.client
import os
import socket
import ssl
import time
from typing import Callable

TIMEOUT = 180.0  # seconds: past them something hangs, under a sanitizer on a busy machine too
CHUNK = 4093  # octets of a chunk, where a body is sent in chunks; no power of two
SILENCE = 0.2  # how long a bare socket waits for what must not follow an answer


class Refused(Exception):
    """The peer did not want to talk: handshake or connection ended without an answer."""


@dataclasses.dataclass
class Reply:
    """An HTTP answer, whole."""
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


def tls_context(ca: str, certificate: str | None) -> ssl.SSLContext:
    """Ours as a client; the certificate file holds its key too. One context for all connections
    by the same files: nobody changes it."""
    return context_of(*((path, changed(path)) for path in (ca, certificate)))


def changed(path: str | None) -> tuple[int, int]:
    """What is another when the file is."""
    if path is None:
        return 0, 0
    state = os.stat(path)
    return state.st_ino, state.st_mtime_ns


@functools.lru_cache(maxsize=256)
def context_of(authority: tuple[str, tuple[int, int]],
               shown: tuple[str | None, tuple[int, int]]) -> ssl.SSLContext:
    return context_anew(authority[0], shown[0])


def context_anew(ca: str, certificate: str | None) -> ssl.SSLContext:
    """For who changes it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(ca)
    if certificate:
        context.load_cert_chain(certificate)
    return context


class HttpClient:
    """One system's connection to the HTTPS door, opened when needed and kept."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        self.host, self.port, self.context = host, port, context
        self.connection: http.client.HTTPSConnection | None = None

    def close(self) -> None:
        if self.connection:
            self.connection.close()
            self.connection = None

    def request(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        for attempt in (1, 2):
            kept = self.connection is not None
            if self.connection is None:
                self.connection = http.client.HTTPSConnection(
                    self.host, self.port, timeout=TIMEOUT, context=self.context)
            try:
                if headers.get("Transfer-Encoding") == "chunked":
                    pieces = (body[at:at + CHUNK] for at in range(0, len(body), CHUNK))
                    self.connection.request(method, path, pieces, headers, encode_chunked=True)
                else:
                    self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                octets = answer.read()
            except (http.client.HTTPException, OSError) as fault:
                self.close()
                if kept and attempt == 1:
                    continue  # an idle connection may have been closed by the gateway
                raise Refused(f"{type(fault).__name__}: {fault}") from fault
            if answer.will_close:
                self.close()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, octets)
        raise Refused("no connection")


def raw_exchange(host: str, port: int, context: ssl.SSLContext, octets: bytes,
                 enough: Callable[[bytes], bool]) -> bytes:
    """Sends these octets as they are; returns what comes until the peer closes, or has said enough
    and is silent. A busy machine may take its time, so silence alone says nothing."""
    received = b""
    end = time.monotonic() + TIMEOUT
    try:
        with socket.create_connection((host, port), TIMEOUT) as plain, \
                context.wrap_socket(plain) as tls:
            try:
                tls.sendall(octets)
                tls.settimeout(SILENCE)
                while time.monotonic() < end:
                    try:
                        chunk = tls.recv(65536)
                    except TimeoutError:
                        if enough(received):
                            break
                        continue
                    if not chunk:
                        break
                    received += chunk
            except (OSError, ssl.SSLError):
                pass  # closed in the middle: what came so far is the answer
    except (OSError, ssl.SSLError) as fault:
        raise Refused(f"{type(fault).__name__}: {fault}") from fault
    return received
