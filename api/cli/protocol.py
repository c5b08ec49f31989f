"""HTTP as it is read at the port: the quick parser of Node.js, with a limit on what may be said before the body."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 32 * 1024
"""Bytes that the request line and the headers may be together."""


class BoundedHttp(HttpToolsProtocol):
    """Answers 400 to a request whose head is too long, while it is read, and closes the connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head, self._in_head = 0, True

    def data_received(self, data: bytes) -> None:
        """Count what comes while a head is read."""
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The request line and headers are too long.")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Leave out what comes after the body: it would be taken for headers, past every limit."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Refuse a head that came all at once, too; what is raised here is answered with 400."""
        self._in_head = False
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > LARGEST_HEAD:
            raise ValueError
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Begin to count anew."""
        self._head, self._in_head = 0, True
        super().on_message_complete()
