import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from leadlight.kit.secrets import UnableToUnseal, fingerprints, seal, unseal


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_can_be_read_again_and_shows_nothing(secret: str) -> None:
    sealed = seal(secret)
    assert unseal(sealed) == secret
    assert sealed != seal(secret)
    assert len(secret) < 4 or secret not in sealed


def test_another_key_is_said_in_plain_words(settings: Settings) -> None:
    sealed = seal("whsec_x")
    settings.SECRET_KEY = "another key"
    with pytest.raises(UnableToUnseal, match="LEADLIGHT_SECRET_KEY is not the key"):
        unseal(sealed)
    with pytest.raises(UnableToUnseal):
        unseal("")


def test_a_change_of_key_keeps_old_secrets_while_the_old_key_is_named(settings: Settings) -> None:
    sealed = seal("whsec_x")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert unseal(sealed) == "whsec_x"
    later = seal("whsec_y")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(later) == "whsec_y"


def test_a_fingerprint_names_one_text_under_one_key_and_shows_nothing(settings: Settings) -> None:
    [phone] = fingerprints("+18135550142")
    assert [phone] == fingerprints("+18135550142") != fingerprints("ann@example.com")
    assert len(phone) == 64
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    new, old = fingerprints("+18135550142")
    assert old == phone != new
