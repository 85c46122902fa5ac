"""A server on this computer that gives one file, in all the ways in which servers do or fail to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTENT = bytes(range(256)) * 6_000  # 1.5 MB: several chunks of a download


@dataclass
class Server:
    """What it gives and how. ``cut``: it hangs up after so many bytes, once for each entry.

    ``requests`` are the paths that were asked for with their ``Range``, or an empty text.
    """

    address: str = ""
    content: bytes = CONTENT
    status: int = 200
    etag: str = '"first"'
    linked_etag: str = ""
    ranges: bool = True
    tells_length: bool = True
    redirects: bool = False
    cut: list[int] = field(default_factory=list)
    stall: list[int] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Server]:
    """The server, until the block ends."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append((self.path, self.headers.get("Range", "")))
            if state.redirects and not self.path.startswith("/cdn/"):
                self.send_response(302)
                self.send_header("Location", f"/cdn{self.path}")
                self.send_header("Content-Length", "0")
                if state.linked_etag:
                    self.send_header("X-Linked-Etag", f'"{state.linked_etag}"')
                self.end_headers()
                return
            try:
                self._give(*self._head())
            except OSError:
                self.close_connection = True

        def _head(self) -> tuple[bytes, int]:
            start = int(self.headers.get("Range", "bytes=0-")[6:].rstrip("-"))
            partial = state.ranges and start > 0 and self.headers.get("If-Range") == state.etag
            if state.status != 200 or (partial and start >= len(state.content)):
                self.send_response(state.status if state.status != 200 else 416)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return b"", 0
            body = state.content[start:] if partial else state.content
            self.send_response(206 if partial else 200)
            if partial:
                last = len(state.content) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{len(state.content)}")
            if state.tells_length:
                self.send_header("Content-Length", str(len(body)))
            if state.etag:
                self.send_header("ETag", state.etag)
            if state.linked_etag and not state.redirects:
                self.send_header("X-Linked-Etag", f'"{state.linked_etag}"')
            self.end_headers()
            return body, start

        def _give(self, body: bytes, _start: int) -> None:
            if state.cut:
                self.wfile.write(body[: state.cut.pop(0)])
                self.close_connection = True
            elif state.stall:
                at = state.stall.pop(0)
                self.wfile.write(body[:at])
                self.wfile.flush()
                state.go_on.wait(20)
            else:
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Nothing on standard error."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = False
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.address = f"http://127.0.0.1:{made.server_port}"
    try:
        yield state
    finally:
        state.go_on.set()
        made.shutdown()
        made.server_close()
        thread.join()
