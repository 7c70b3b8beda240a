import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from leadlight.kit import http
from leadlight.kit.addresses import UnsafeAddress
from leadlight.kit.http import MOST_BYTES, Client, Unreachable
from tests.crm.receiver import receiving


def post(url: str, *addresses: str, private: bool = True, seconds: float = 5.0) -> http.Answer:
    def resolver(_host: str, _port: int) -> list[str]:
        return list(addresses)

    with Client(private=private, resolver=resolver if addresses else http.resolve, total_seconds=seconds) as client:
        return client.post(url, body=b"{}", headers={"X-A": "b"})


def test_an_answer_comes_back_bounded_and_printable() -> None:
    with receiving() as receiver:
        receiver.answer(429, {"Retry-After": "7"}, b"slow\x00 down\n\xff" + b"x" * 100_000)
        answer = post(receiver.url)
        assert answer.status == 429
        assert answer.headers["retry-after"] == "7"
        assert answer.excerpt.startswith("slow down \N{REPLACEMENT CHARACTER}xxx")
        assert len(answer.excerpt) == 200
        path, headers, body = receiver.heard[0]
        assert (path, body, headers["x-a"]) == ("/hook", b"{}", "b")
        assert headers["host"] == receiver.url.split("/")[2]


def test_redirects_are_not_followed() -> None:
    with receiving() as receiver:
        receiver.answer(302, {"Location": receiver.url + "/elsewhere"})
        assert post(receiver.url).status == 302
        assert len(receiver.heard) == 1


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"]
)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(UnsafeAddress, match="not a public address"):
        post("https://evil.example/", address, private=False)
    with pytest.raises(UnsafeAddress, match="not a public address"):
        post("https://evil.example/", "93.184.215.14", address, private=False)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that changes its mind after the check gains nothing: it is asked once for each connection."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with receiving() as receiver, Client(private=True, resolver=rebinding) as client:
        url = receiver.url.replace("127.0.0.1", "evil.example")
        assert client.post(url, body=b"", headers={}).status == 204
        assert receiver.heard[0][1]["host"].startswith("evil.example:")
        # The connection is kept, and with it the address.
        assert client.post(url, body=b"", headers={}).status == 204
        assert asked == ["evil.example"]
    with Client(private=True, resolver=rebinding) as client, pytest.raises(UnsafeAddress):
        client.post(url, body=b"", headers={})


def test_what_went_wrong_is_said_in_words() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable, match="refused the connection"):
        post(f"http://127.0.0.1:{port}/")
    with pytest.raises(Unreachable, match="name cannot be found"):
        post("https://no-such-name.invalid/")
    with pytest.raises(Unreachable, match="name cannot be found"):
        post(f"https://{'a' * 64}.example/")
    with receiving() as receiver, pytest.raises(Unreachable, match="No encrypted connection"):
        post(receiver.url.replace("http:", "https:"))


@contextmanager
def speaking(*words: bytes, every: float = 0.0, said: list[bytes] | None = None) -> Iterator[str]:
    """Serve one connection by sending words, one after the other, whatever is asked; note what was `said`."""
    noted = [] if said is None else said
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                while not connection.recv(4096).endswith(b"{}"):
                    pass
                for word in words:
                    connection.sendall(word)
                    noted.append(word)
                    if stop.wait(every):
                        return
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stop.set()
        thread.join()
        listener.close()


def test_what_is_no_http_is_said() -> None:
    with speaking(b"220 mail.example ESMTP\r\n") as url, pytest.raises(Unreachable, match="no HTTP"):
        post(url)


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_dripping_bytes_buys_no_time(begin: bytes) -> None:
    said: list[bytes] = []
    words = (begin, *[b"a"] * 400)
    with speaking(*words, every=0.05, said=said) as url, pytest.raises(Unreachable, match="No answer within"):
        post(url, seconds=0.4)
    assert len(said) < len(words), "it was left before it had ended"


def test_silence_ends_at_the_deadline() -> None:
    said: list[bytes] = []
    words = (b"HTTP/1.1 ", b"200 OK\r\n\r\n")
    with speaking(*words, every=4.0, said=said) as url, pytest.raises(Unreachable, match="No answer"):
        post(url, seconds=0.3)
    assert len(said) < len(words), "it was left before it had ended"


def test_an_endless_body_is_left() -> None:
    flood = [b"x" * 65_536] * 400
    with speaking(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", *flood) as url:
        assert post(url).status == 200
    assert MOST_BYTES < 65_536


@contextmanager
def encrypted(folder: Path, name: str) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Serve one answer over TLS under a certificate for `name`; yield the port and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "both.pem"
    path.write_bytes(private + pem)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(path)
    trusting = ssl.create_default_context(cadata=pem.decode())
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        try:
            with serving.wrap_socket(connection, server_side=True) as tls:
                while not tls.recv(4096).endswith(b"{}"):
                    pass
                tls.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except OSError:
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], trusting
    finally:
        thread.join()
        listener.close()


def test_the_certificate_must_be_that_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with encrypted(tmp_path, "hooks.example") as (port, trusting):
        monkeypatch.setattr(http, "_ssl_context", lambda: trusting)
        assert post(f"https://hooks.example:{port}/", "127.0.0.1").status == 204
    with encrypted(tmp_path, "hooks.example") as (port, trusting):
        monkeypatch.setattr(http, "_ssl_context", lambda: trusting)
        with pytest.raises(Unreachable, match="certificate cannot be trusted"):
            post(f"https://other.example:{port}/", "127.0.0.1")
    monkeypatch.undo()
    with encrypted(tmp_path, "hooks.example") as (port, _), pytest.raises(Unreachable, match="certificate"):
        post(f"https://hooks.example:{port}/", "127.0.0.1")
