"""What decides in this room: what may be shown, what fits, what is news, what a market is. Pure."""

from leadlight.listings.rules.facts import OPTIONAL, Facts, is_showable, shown_address
from leadlight.listings.rules.history import Change, ChangeKind, Settled, Told, settle
from leadlight.listings.rules.market import LEAST_SALES, MarketFigures, Sale, market_figures
from leadlight.listings.rules.matching import Match, fits, match
from leadlight.listings.rules.needs import (
    LEAST_HOMES,
    Need,
    ReadNeed,
    Transaction,
    UnableToReadNeed,
    criteria_of,
    need_from,
    need_of,
)
from leadlight.listings.rules.news import DROP_AMOUNT, DROP_SHARE, News, NewsKind, news
from leadlight.listings.rules.vocabulary import KINDS_OF_HOME, LEASES, PropertyType, Status

__all__ = [
    "DROP_AMOUNT",
    "DROP_SHARE",
    "KINDS_OF_HOME",
    "LEASES",
    "LEAST_HOMES",
    "LEAST_SALES",
    "OPTIONAL",
    "Change",
    "ChangeKind",
    "Facts",
    "MarketFigures",
    "Match",
    "Need",
    "News",
    "NewsKind",
    "PropertyType",
    "ReadNeed",
    "Sale",
    "Settled",
    "Status",
    "Told",
    "Transaction",
    "UnableToReadNeed",
    "criteria_of",
    "fits",
    "is_showable",
    "market_figures",
    "match",
    "need_from",
    "need_of",
    "news",
    "settle",
    "shown_address",
]
