import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.channels.email.base import Address
from leadlight.channels.email.lines import Security, Server
from leadlight.channels.rules.forms import UnreadableSettings, read_folder, read_sender, read_server

TOLD = {"host": " SMTP.Example.com. ", "port": " 465 ", "security": "TLS", "username": " dana ", "password": " p w "}


def test_a_server_as_it_was_typed() -> None:
    assert read_server(TOLD) == Server("smtp.example.com", 465, Security.TLS, "dana", " p w ")
    assert read_server({**TOLD, "may_be_plain": "1"}).may_be_plain
    assert read_server({**TOLD, "host": "[::1]"}).host == "::1"
    # What is printed of it by accident says nothing.
    assert "p w" not in repr(read_server(TOLD))


@pytest.mark.parametrize(
    ("port", "is_fine"), [("0", False), ("1", True), ("65535", True), ("65536", False), ("", False), ("-1", False)]
)
def test_ports(port: str, is_fine: bool) -> None:
    if is_fine:
        assert read_server({**TOLD, "port": port}).port == int(port)
    else:
        with pytest.raises(UnreadableSettings, match="port is a number"):
            read_server({**TOLD, "port": port})


@given(st.dictionaries(st.sampled_from([*TOLD, "may_be_plain"]), st.text(max_size=30)))
def test_whatever_is_typed_is_a_server_or_an_error_in_plain_words(typed: dict[str, str]) -> None:
    try:
        found = read_server(typed)
    except UnreadableSettings:
        return
    assert found.host == found.host.strip().lower()
    assert 0 < found.port < 65_536


def test_senders_and_folders() -> None:
    told = {"from_email": " dana@bayline.example ", "from_name": " Dana \r\n Ruiz "}
    assert read_sender(told) == Address("dana@bayline.example", "Dana Ruiz")
    for wrong in ("", "dana", "dana@bayline", "a@b.example, c@d.example", "dána@bayline.example", "<a@b.example>"):
        with pytest.raises(UnreadableSettings):
            read_sender({"from_email": wrong})
    assert read_folder({"folder": " Leads\r\n "}) == "Leads"
    assert read_folder({}) == "INBOX"
