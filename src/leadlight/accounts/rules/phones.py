"""A phone number of somebody of the team. Pure."""

import phonenumbers


def read_phone(text: str, *, country: str) -> str | None:
    """Return a number in E.164, read as in a country (two letters); None when it is none that could exist."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
