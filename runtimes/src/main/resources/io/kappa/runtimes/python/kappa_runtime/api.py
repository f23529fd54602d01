"""HTTP to the Runtime API over one socket kept alive.

The http module would cost more than the interpreter's own start and double each round trip. ``_socket`` holds the class that
``socket.socket`` extends, without the imports that come with it.
"""

import _socket

BASE = "/2018-06-01/runtime/"
ASSIGNMENT = "/kappa/assignment"
CHUNK = 65536


class RuntimeApi:
    def __init__(self, address):
        self._address = address
        host, _, port = address.rpartition(":")
        self._socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self._socket.connect((host, int(port or 80)))
        self._socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self._unread = b""
        self._next = ("GET %sinvocation/next HTTP/1.1\r\nHost: %s\r\n\r\n" % (BASE, address)).encode()

    def next(self):
        """Waits, however long, for the next event. Returns its headers, with names in lower case, and its bytes."""
        self._socket.sendall(self._next)
        status, headers, body = self._read_answer()
        if status != 200:
            raise ConnectionError("the Runtime API answered %d to next" % status)
        return headers, body

    def assignment(self):
        """Waits, however long, to be told which function this is for. Returns its variables as ``/proc`` shows those of a process."""
        self._socket.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (ASSIGNMENT, self._address)).encode())
        status, _, body = self._read_answer()
        if status != 200:
            raise ConnectionError("the Runtime API answered %d to the question for an assignment" % status)
        return body

    def ready_for_snapshot(self):
        """Says that init is over. Returns the file that will be there after a restore; empty where this process simply goes on."""
        self._socket.sendall(("GET %srestore/next HTTP/1.1\r\nHost: %s\r\n\r\n" % (BASE, self._address)).encode())
        status, headers, _ = self._read_answer()
        if status != 200:
            raise ConnectionError("the Runtime API answered %d to restore/next" % status)
        return headers.get("kappa-snapshot", "")

    def close(self):
        self._socket.close()

    def respond(self, request_id, body, content_type):
        self._post("invocation/%s/response" % request_id, body, "Content-Type: %s\r\n" % content_type)

    def fail(self, request_id, body, error_type):
        self._post("invocation/%s/error" % request_id, body, _error_headers(error_type))

    def fail_init(self, body, error_type):
        self._post("init/error", body, _error_headers(error_type))

    def fail_restore(self, body, error_type):
        self._post("restore/error", body, _error_headers(error_type))

    def _post(self, path, body, headers):
        head = "POST %s%s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\n\r\n" % (
            BASE,
            path,
            self._address,
            headers,
            len(body),
        )
        self._socket.sendall(head.encode() + body)
        status, _, _ = self._read_answer()
        # A refused answer (too large, too late) is the platform's to tell its caller; the next event is still ours.
        if status >= 500:
            raise ConnectionError("the Runtime API answered %d to %s" % (status, path))

    def _read_answer(self):
        end = self._unread.find(b"\r\n\r\n")
        while end < 0:
            self._receive()
            end = self._unread.find(b"\r\n\r\n")
        lines = self._unread[:end].decode("utf-8", "replace").split("\r\n")
        self._unread = self._unread[end + 4 :]
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._read_chunks()
        else:
            body = self._read(int(headers.get("content-length", 0)))
        return int(lines[0].split(" ", 2)[1]), headers, body

    def _read(self, length):
        if len(self._unread) < length:
            parts = [self._unread]
            missing = length - len(self._unread)
            while missing > 0:
                part = self._socket.recv(min(missing, 1 << 20))
                if not part:
                    raise ConnectionError("the Runtime API has closed the connection")
                parts.append(part)
                missing -= len(part)
            self._unread = b"".join(parts)
        body = self._unread[:length]
        self._unread = self._unread[length:]
        return body

    def _read_chunks(self):
        parts = []
        while True:
            length = int(self._read_line().split(b";")[0], 16)
            if length == 0:
                while self._read_line():
                    pass
                return b"".join(parts)
            parts.append(self._read(length))
            self._read(2)

    def _read_line(self):
        end = self._unread.find(b"\r\n")
        while end < 0:
            self._receive()
            end = self._unread.find(b"\r\n")
        line = self._unread[:end]
        self._unread = self._unread[end + 2 :]
        return line

    def _receive(self):
        part = self._socket.recv(CHUNK)
        if not part:
            raise ConnectionError("the Runtime API has closed the connection")
        self._unread += part


def _error_headers(error_type):
    return "Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: %s\r\n" % error_type
