"""
What states protect in housing beyond federal law. Cities and counties protect more; no list of these is kept here.

A question mark stands behind what was not read in the statute itself, or what the statute protects in part only
(source of income without vouchers, age from 40 or 55 on): it counts as unknown, so that a person looks.
"""

from leadlight.messages.rules.language.kinds import STATE_KINDS, Kind

#: When the table was last gone through. It is no legal advice: a brokerage has its counsel check its own states.
AS_OF = "2026-10-05"

_TABLE = """
AK marital                      Alaska Stat. 18.80.240
CA income marital age? veteran  Cal. Gov. Code 12955; Cal. Civ. Code 51
CO income marital veteran       C.R.S. 24-34-502
CT income marital age veteran   Conn. Gen. Stat. 46a-64c
DC income marital age           D.C. Code 2-1402.21
DE income? marital age          6 Del. C. 4603
HI income marital age           Haw. Rev. Stat. 515-3
IL income marital age veteran   775 ILCS 5/1-103, 5/3-102
MA income marital age veteran   Mass. Gen. Laws c. 151B s. 4
MD income marital               Md. Code, State Gov't 20-705
ME income marital?              5 M.R.S. 4581-A
MI income? marital age          Mich. Comp. Laws 37.2502
MN income? marital              Minn. Stat. 363A.09
MT marital age                  Mont. Code 49-2-305
ND income? marital age          N.D. Cent. Code 14-02.5
NH marital age                  N.H. Rev. Stat. 354-A:10
NJ income marital veteran?      N.J. Stat. 10:5-12
NM marital?                     N.M. Stat. 28-1-7
NY income marital age veteran   N.Y. Exec. Law 296
OH veteran                      Ohio Rev. Code 4112.02(H)
OK income? age                  25 Okla. Stat. 1452
OR income marital               Or. Rev. Stat. 659A.421
PA age?                         43 Pa. Stat. 955(h)
RI income marital age veteran   R.I. Gen. Laws 34-37-4
UT income                       Utah Code 57-21-5
VA income age? veteran          Va. Code 36-96.3
VT income marital age           9 V.S.A. 4503
WA income marital veteran       Wash. Rev. Code 49.60.222, 59.18.255
WI income? marital age          Wis. Stat. 106.50
"""


def _read(table: str) -> dict[str, tuple[frozenset[Kind], str]]:
    states = {}
    for line in table.strip().splitlines():
        code, *rest = line.split()
        kinds = [word for word in rest if word.rstrip("?") in set(STATE_KINDS)]
        states[code] = frozenset(Kind(word) for word in kinds if word[-1] != "?"), " ".join(rest[len(kinds) :])
    return states


_STATES = _read(_TABLE)


def law_of(state: str, kind: Kind) -> str:
    """
    Return the statute by which a state protects a kind of people; empty where that is not known to be so.

    `state` is the two letters of the post, in any case; anything else is a state that is not known.
    """
    kinds, law = _STATES.get(state.strip().upper(), (frozenset(), ""))
    return law if kind in kinds else ""
