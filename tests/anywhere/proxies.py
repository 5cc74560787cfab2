"""Proxies on this machine: HTTP, which tunnels, and SOCKS5; both lead every request to one server."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Handshake = Callable[[socket.socket], bytes]


def http_handshake(client: socket.socket) -> bytes:
    """Accept a CONNECT request and return it."""
    asked = _until_blank_line(client)
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    return asked


def refuse(status: str) -> Handshake:
    """Return a handshake that refuses with a status."""

    def handshake(client: socket.socket) -> bytes:
        _until_blank_line(client)
        client.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        return b""

    return handshake


def say(*replies: bytes) -> Handshake:
    """Return a handshake that answers so, whatever it is asked, and closes the connection."""

    def handshake(client: socket.socket) -> bytes:
        for reply in replies:
            client.recv(65536)
            client.sendall(reply)
        return b""

    return handshake


def counted(handshake: Handshake) -> tuple[Handshake, list[socket.socket]]:
    """Return a handshake that counts, and the connections that it has been asked on."""
    connections: list[socket.socket] = []

    def counting(client: socket.socket) -> bytes:
        connections.append(client)
        return handshake(client)

    return counting, connections


def keep_silent(client: socket.socket) -> bytes:
    """Answer nothing, for as long as the client waits."""
    while client.recv(65536):
        pass
    return b""


def socks_handshake(client: socket.socket) -> bytes:
    """Accept a SOCKS5 connection without credentials, and return the request."""
    client.recv(262)
    client.sendall(b"\x05\x00")
    asked = client.recv(262)
    client.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
    return asked


@contextlib.contextmanager
def proxy(
    handshake: Handshake, port: int, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """Run a proxy to a port of this machine; yields its host and port, and the handshakes it has seen.

    Args:
        tls: lets it speak TLS.
    """
    seen: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=relay, args=(client,), daemon=True).start()

    def relay(plain: socket.socket) -> None:
        with plain, contextlib.suppress(OSError), secured(plain) as client:
            asked = handshake(client)
            if not asked:
                return
            seen.append(asked)
            with socket.create_connection(("127.0.0.1", port)) as server:
                back = threading.Thread(target=copy, args=(server, client), daemon=True)
                back.start()
                copy(client, server)
                back.join()

    def secured(plain: socket.socket) -> socket.socket:
        return tls.wrap_socket(plain, server_side=True) if tls else plain

    def copy(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", seen
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _until_blank_line(client: socket.socket) -> bytes:
    asked = b""
    while not asked.endswith(b"\r\n\r\n"):
        asked += client.recv(65536)
    return asked
