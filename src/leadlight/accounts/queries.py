"""Reads of the team and the brokerage."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings

from leadlight.accounts.models import Brokerage, User
from leadlight.accounts.rules.hours import OFFICE_HOURS, Hours, read_week


def brokerage() -> Brokerage:
    """Return who we are; empty as long as nobody has said."""
    return Brokerage.objects.filter(pk=1).first() or Brokerage(pk=1)


def team_zone() -> ZoneInfo:
    """Return the zone of the team's own day."""
    return ZoneInfo(settings.TIME_ZONE)


def office_hours(told: Brokerage) -> Hours:
    """Return when the brokerage is open: as told, or what offices work while nobody has said."""
    return Hours(read_week(told.hours or OFFICE_HOURS), team_zone())


def hours_of(user: User, told: Brokerage) -> Hours:
    """Return when somebody of the team works: their own hours or the brokerage's, but for their vacation."""
    away: tuple[tuple[date, date], ...] = ()
    if user.away_from is not None or user.away_until is not None:
        first, last = user.away_from or user.away_until, user.away_until or user.away_from
        assert first is not None
        assert last is not None
        away = ((first, last),)
    return Hours(read_week(user.hours or told.hours or OFFICE_HOURS), team_zone(), away)
