"""A mailbox server that behaves as some do: by a script of what it says to which command, byte by byte if need be."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Command → what is sent before "OK"; None to hang up.
Answers = Callable[[str], bytes | None]


@contextmanager
def talking(answers: Answers, *, bytes_at_once: int = 1_000_000, pause: float = 0.0) -> Iterator[int]:
    """Run the server while the block does; yield its port."""
    server = socket.create_server(("127.0.0.1", 0))
    lines: list[socket.socket] = []

    def serve(line: socket.socket) -> None:
        def say(data: bytes) -> None:
            for start in range(0, len(data), bytes_at_once):
                line.sendall(data[start : start + bytes_at_once])
                time.sleep(pause)

        try:
            line.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
            for told in line.makefile("rb"):
                tag, _, command = told.decode().strip().partition(" ")
                said = b"* CAPABILITY IMAP4rev1\r\n" if command == "CAPABILITY" else answers(command)
                if said is None:
                    line.shutdown(socket.SHUT_RDWR)
                    return
                end = b"" if said.endswith(b"NO refused\r\n") else b"OK done\r\n"
                head, mark, _ = said.rpartition(b"NO refused\r\n")
                say(head if mark else said)
                line.sendall(tag.encode() + b" " + (b"NO refused\r\n" if mark else end))
        except OSError:
            pass
        finally:
            line.close()

    def accept() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            lines.append(line)
            threading.Thread(target=serve, args=(line,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for line in lines:
            line.close()
        thread.join()
