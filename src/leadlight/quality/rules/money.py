"""Amounts as people type them."""

from decimal import Decimal, InvalidOperation

#: What one source can cost in a month.
MOST = Decimal("99999999.99")


def amount(text: str) -> Decimal | None:
    """
    Return an amount of money as typed on an American page ("$1,250.50"), to the cent; None for nothing.

    Raises:
        ValueError: it is not an amount from 0 to `MOST`; the message says so.
    """
    plain = text.strip().removeprefix("$").replace(",", "").strip()
    if not plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise ValueError(f"“{text.strip()[:40]}” is not an amount. Write it like 1250 or 1,250.50.") from None
    if not value.is_finite() or not 0 <= value <= MOST:
        raise ValueError(f"“{text.strip()[:40]}” is not an amount from 0 to {MOST:,}.")
    return value.quantize(Decimal("0.01"))
