from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.kit.addresses import UnsafeAddress, checked_target, may_connect

PUBLIC = ("93.184.215.14", "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e")
#: Our own network: only where the installation says so.
OWN = (
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "::1",
    "fc00::1", "fd12::5", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1",
)  # fmt: skip
#: Never.
BAD = (
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "192.0.0.1", "192.0.2.5", "192.88.99.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::8", "::127.0.0.1",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1", "2001::1", "2002:7f00:1::",
    "2002:a00:1::1", "3fff::1", "64:ff9b::169.254.169.254", "64:ff9b:1::a00:1", "100::1",
    "::ffff:169.254.169.254", "::ffff:0:10.0.0.1", "5f00::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert may_connect(ip_address(address), private=False)
    assert may_connect(ip_address(address), private=True)


@pytest.mark.parametrize("address", OWN)
def test_the_own_network_only_where_it_is_allowed(address: str) -> None:
    assert not may_connect(ip_address(address), private=False)
    assert may_connect(ip_address(address), private=True)


@pytest.mark.parametrize("address", BAD)
def test_some_never(address: str) -> None:
    assert not may_connect(ip_address(address), private=False)
    assert not may_connect(ip_address(address), private=True)


@given(st.integers(0, 2**32 - 1))
def test_no_disguise_opens_what_is_closed(number: int) -> None:
    plain = IPv4Address(number)
    for high in (0xFFFF << 32, int(IPv6Address("64:ff9b::"))):
        disguised = IPv6Address(high | number)
        for private in (False, True):
            assert may_connect(disguised, private=private) == may_connect(plain, private=private)
    for hidden in ((0x2002 << 112) | (number << 80), number, (0x20010000 << 96) | number):
        assert not may_connect(IPv6Address(hidden), private=False)


@given(st.integers(0, 2**32 - 1) | st.integers(0, 2**128 - 1))
def test_what_is_refused_openly_is_what_the_registries_call_not_global(number: int) -> None:
    address = ip_address(number)
    if may_connect(address, private=False):
        assert may_connect(address, private=True)
        assert not address.is_private
        assert not address.is_multicast


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "path"),
    [
        ("https://example.com/hook?a=b", "https", "example.com", 443, "/hook?a=b"),
        ("HTTPS://Example.COM:8443", "https", "example.com", 8443, "/"),
        ("https://bücher.example/x", "https", "xn--bcher-kva.example", 443, "/x"),
        ("https://[2606:4700::1]:9000/", "https", "2606:4700::1", 9000, "/"),
        ("https://93.184.215.14/", "https", "93.184.215.14", 443, "/"),
    ],
)
def test_how_an_address_is_read(url: str, scheme: str, host: str, port: int, path: str) -> None:
    found = checked_target(url, private=False)
    assert (found.scheme, found.host, found.port, found.path) == (scheme, host, port, path)
    assert checked_target(found.url, private=False) == found


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/", "begin with https"),
        ("ftp://example.com/", "begin with https"),
        ("file:///etc/passwd", "begin with https"),
        ("//example.com/", "begin with https"),
        ("https:///x", "begin with https"),
        ("", "begin with https"),
        ("https://user@example.com/", "user name and password"),
        ("https://user:secret@example.com/", "user name and password"),
        ("https://example.com/#x", "begins with #"),
        ("https://example.com:22/", "port 443"),
        ("https://example.com:80/", "port 443"),
        ("https://example.com:99999/", "port 443"),
        ("https://exa mple.com/", "no spaces"),
        ("https://example.com/\x00", "no spaces"),
        ("https://example.com\\@evil.com/", "no spaces"),
        ("https://example.com/\r\nHost: x", "no spaces"),
        ("https://example.com/\ud800", "no spaces"),
        ("https://[::1", "no address"),
        ("https://\u200bexample.com/", "no spaces"),
        (f"https://example.com/{'a' * 1000}", "longer than"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://[::ffff:10.0.0.1]/", "not a public address"),
        ("https://169.254.169.254/latest/meta-data", "not a public address"),
    ],
)
def test_what_is_refused_by_its_form(url: str, why: str) -> None:
    with pytest.raises(UnsafeAddress, match=why):
        checked_target(url, private=False)


def test_what_the_private_setting_adds() -> None:
    assert checked_target("http://127.0.0.1:8080/x", private=True).port == 8080
    assert checked_target("http://intranet/x", private=True).port == 80
    with pytest.raises(UnsafeAddress):
        checked_target("http://169.254.169.254/", private=True)
    with pytest.raises(UnsafeAddress):
        checked_target("http://127.0.0.1:25/", private=True)


@given(st.text(max_size=60), st.sampled_from(["", "https://", "http://", "https://example.com", "https://["]))
def test_any_text_is_taken_or_refused_in_words(text: str, before: str) -> None:
    for private in (False, True):
        with suppress(UnsafeAddress):
            found = checked_target(before + text, private=private)
            assert found.host
            assert found.url.isascii()
