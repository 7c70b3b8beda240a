"""Names, addresses and numbers as CRMs hold them: invented, unreachable, and typed by many hands."""

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.people import People

FIRST_NAMES = (
    "James", "Mary", "Robert", "Patricia", "John", "Jennifer", "Michael", "Linda", "David", "Elizabeth",
    "William", "Barbara", "Richard", "Susan", "Joseph", "Jessica", "Thomas", "Karen", "Chris", "Sarah",
    "Daniel", "Lisa", "Matthew", "Nancy", "Anthony", "Betty", "Mark", "Sandra", "Steven", "Ashley",
    "Andrew", "Emily", "Paul", "Kimberly", "Joshua", "Margaret", "Kenneth", "Donna", "Kevin", "Michelle",
    "Brian", "Carol", "Tim", "Amanda", "Ronald", "Melissa", "José", "Deborah", "Jason", "Stephanie", "Wei",
    "Aisha", "Ravi", "Ana", "Carlos", "María", "Nguyen", "Fatima", "Dmitri", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez", "Martinez",
    "Hernandez", "Lopez", "Gonzalez", "Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson",
    "Martin", "Lee", "Perez", "Thompson", "White", "Harris", "Sanchez", "Clark", "Ramirez", "Lewis",
    "Robinson", "Walker", "Young", "Allen", "King", "Wright", "Scott", "Torres", "Nguyen", "Hill", "Flores",
    "Green", "Adams", "Nelson", "Baker", "Hall", "Rivera", "Campbell", "Mitchell", "Carter", "Roberts",
    "Gomez", "Phillips", "Evans", "Turner", "Diaz", "Parker", "Cruz", "Edwards", "Collins", "Reyes",
    "Stewart", "Morris", "Morales", "Murphy", "Cook", "Rogers", "Gutierrez", "Ortiz", "Morgan", "Cooper",
    "Peterson", "Bailey", "Reed", "Kelly", "Howard", "Ramos", "Kim", "Cox", "Ward", "O'Brien", "McDonald",
    "St. John",
)  # fmt: skip
_SHORT = {
    "James": "Jim", "Robert": "Bob", "Patricia": "Pat", "Jennifer": "Jen", "Michael": "Mike", "Elizabeth": "Liz",
    "William": "Bill", "Richard": "Rick", "Joseph": "Joe", "Thomas": "Tom", "Daniel": "Dan", "Matthew": "Matt",
    "Steven": "Steve", "Andrew": "Andy", "Joshua": "Josh", "Margaret": "Peggy", "Kimberly": "Kim", "José": "Jose",
}  # fmt: skip
#: Reserved for documentation, so that no mail of a trial run can ever reach a stranger.
_PRIVATE_MAIL = ("mail.example.com", "inbox.example.net", "post.example.org", "webmail.example.com")
_WORK_MAIL = ("northwind.example.com", "hillcounty.example.org", "brightlabs.example.net")
#: With the exchange 555, which no carrier gives to subscribers.
_AREA_CODES = (
    512, 737, 210, 214, 281, 325, 361, 409, 430, 432, 469, 682, 713, 726, 806, 817, 830, 832, 903, 915, 936, 940, 956,
    972, 979, 254, 346,
)  # fmt: skip


def names(
    of: NDArray[np.int64], is_second: NDArray[np.bool_], is_test: NDArray[np.bool_], n: int, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Return first and last names, one of each for each record, with the slips of hurried typing."""
    m = len(of)
    first_of = rng.integers(0, len(FIRST_NAMES), n)[of]
    last_of = rng.integers(0, len(LAST_NAMES), n)[of]
    no_last = (rng.random(n) < 0.04)[of]
    style = rng.random(m)
    slip = rng.random(m)
    first, last = [], []
    for i in range(m):
        a, b = FIRST_NAMES[first_of[i]], LAST_NAMES[last_of[i]]
        if is_test[i]:
            a, b = ("Test", "Lead") if style[i] < 0.5 else ("test", "test")
        elif is_second[i] and slip[i] < 0.35:
            a = _SHORT.get(a, a)
        elif is_second[i] and slip[i] < 0.55:
            b = b[:2] + b[3:] if len(b) > 4 else b + "e"
        if no_last[i] and not is_test[i]:
            b = ""
        if style[i] < 0.04:
            a, b = a.lower(), b.lower()
        elif style[i] < 0.06:
            a, b = a.upper(), b.upper()
        elif style[i] < 0.07:
            a = a + " "
        first.append(a)
        last.append(b)
    return first, last


def _ascii(name: str) -> str:
    plain = name.lower().translate(str.maketrans("éíáñ", "eian"))
    return "".join(c for c in plain if c.isalnum())


def emails(
    people: People,
    of: NDArray[np.int64],
    first: list[str],
    last: list[str],
    is_second: NDArray[np.bool_],
    is_test: NDArray[np.bool_],
    rng: np.random.Generator,
) -> tuple[list[str], list[str]]:
    """Return the first and second addresses; empty for none."""
    n, m = len(people), len(of)
    number = rng.permutation(9 * n)[:n] + 10
    domain = rng.integers(0, 1_000, n)
    other = rng.random(m)
    one: list[str] = []
    two: list[str] = []
    for i, p in enumerate(of.tolist()):
        if is_test[i]:
            one.append("test@example.com")
            two.append("")
            continue
        at_work = people.links_scanned[p] or domain[p] < 60
        hosts = _WORK_MAIL if at_work else _PRIVATE_MAIL
        # A second file of somebody usually knows the same address, now and then another one or none.
        name = f"{_ascii(first[p])}.{_ascii(last[p]) or 'home'}{number[p]}"
        address = f"{name}@{hosts[domain[p] % len(hosts)]}" if people.has_email[p] else ""
        if is_second[i]:
            if other[i] < 0.3:
                address = address.upper()
            elif other[i] < 0.5:
                address = f"{_ascii(first[p])}{number[p]}@{_PRIVATE_MAIL[(domain[p] + 1) % 4]}"
            elif other[i] < 0.6:
                address = ""
        elif people.is_junk[p] and other[i] < 0.3:
            address = "asdf@asdf"
        one.append(address if other[i] > 0.004 or is_second[i] else address.replace("@", " at "))
        spare = other[i] > 0.95 and address != ""
        two.append(f"{_ascii(first[p])}{number[p]}@{_WORK_MAIL[domain[p] % 3]}" if spare else "")
    return one, two


def phones(
    people: People,
    of: NDArray[np.int64],
    is_second: NDArray[np.bool_],
    is_test: NDArray[np.bool_],
    n: int,
    rng: np.random.Generator,
) -> tuple[list[str], list[str]]:
    """Return the first and second numbers, written in the ways people write them; empty for none."""
    m = len(of)
    # 0100 to 0199 is kept free: importers rightly take it for test data. Very large towns share numbers in the end.
    lines = 9_800 * len(_AREA_CODES)
    line = np.resize(rng.permutation(lines), 2 * n)
    style = rng.integers(0, 100, m)
    spare = rng.random(m) < 0.06
    missing = rng.random(m)

    def write(number: int, way: int) -> str:
        area, rest = _AREA_CODES[number // 9_800], 200 + number % 9_800
        if way < 45:
            return f"({area}) 555-{rest:04d}"
        if way < 65:
            return f"{area}-555-{rest:04d}"
        if way < 80:
            return f"{area}555{rest:04d}"
        if way < 90:
            return f"+1{area}555{rest:04d}"
        if way < 96:
            return f"{area}.555.{rest:04d}"
        return f"1 {area} 555 {rest:04d}"

    one: list[str] = []
    two: list[str] = []
    for i, p in enumerate(of.tolist()):
        if is_test[i]:
            one.append("(512) 555-0123")
            two.append("")
            continue
        has = people.has_phone[p] and not (is_second[i] and missing[i] < 0.25)
        junk = people.is_junk[p] and missing[i] < 0.3
        one.append("1234567890" if junk else write(int(line[p]), int(style[i])) if has else "")
        two.append(write(int(line[n + p]), int(style[i])) if has and spare[i] else "")
    return one, two
