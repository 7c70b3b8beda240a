"""Rules of the house that no single room can check."""

import ast
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from leadlight.config.env import VARIABLES, UnableToReadEnvironment, read
from leadlight.config.subscriptions import DRAINS, SCHEDULE, SUBSCRIPTIONS, WARMUPS
from leadlight.jobs import registry
from leadlight.scoring.learners.points import RULES
from leadlight.signals.rules import catalogue

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "leadlight"
#: From top to bottom, as in the import contract.
LAYERS = re.search(r"layers = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), re.S)
ROOMS = re.findall(r'"(\w+)"', LAYERS[1] if LAYERS else "")


def test_every_setting_is_documented_and_no_other() -> None:
    documented = re.findall(r"^\| `(LEADLIGHT_\w+)`", (ROOT / "docs" / "settings.md").read_text(), re.M)
    assert documented == list(VARIABLES)


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnableToReadEnvironment, match=r"LEADLIGHT_DATABSE_URL.*LEADLIGHT_DATABASE_URL"):
        read({"LEADLIGHT_DATABSE_URL": "x"})
    assert read({"LEADLIGHT_TEST_POSTGRESQL": "x"}).database_url == ""


def test_a_setting_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\n")
    assert read({"LEADLIGHT_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == "secret"
    with pytest.raises(UnableToReadEnvironment, match="cannot be read"):
        read({"LEADLIGHT_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_the_points_card_speaks_of_signals_that_exist() -> None:
    assert {rule.signal for rule in RULES} <= {signal.name for signal in catalogue()}


def test_every_job_that_is_enqueued_has_a_handler() -> None:
    names = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        if re.search(r"jobs\.operations import|jobs import operations|^JOB = ", text, re.M):
            names |= set(re.findall(rf'"((?:{"|".join(ROOMS)})\.[a-z_]+)"', text))
    names -= SUBSCRIPTIONS.keys()
    assert {"intake.run_import", "intake.run_undo", "scoring.train_and_score"} <= names
    for name in names:
        assert registry.handler(name)


def test_every_name_of_the_wiring_is_a_function_of_its_room() -> None:
    for name in (*SCHEDULE, *(name for names in SUBSCRIPTIONS.values() for name in names)):
        assert registry.handler(name)
    for name in (name for names in (*DRAINS.values(), *WARMUPS.values()) for name in names):
        assert registry.drain(name)


def test_templates_extend_and_include_only_what_lies_below() -> None:
    wrong = []
    for path in SOURCE.rglob("templates/**/*.html"):
        room = path.relative_to(SOURCE).parts[0]
        for used in re.findall(r'{% (?:extends|include) "([^"]+)"', path.read_text()):
            other = used.split("/")[0]
            if other in ROOMS and ROOMS.index(other) < ROOMS.index(room):
                wrong.append(f"{path.name} uses {used}")
    assert wrong == []


def test_rooms_look_alike() -> None:
    """A view never reaches past its room's queries and operations into a table."""
    wrong = [str(path) for path in SOURCE.rglob("views.py") if re.search(r"\.objects\.", path.read_text())]
    assert wrong == []


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def _addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        address = prefix + re.sub(r"<int:\w+>", "1", re.sub(r"<(?:str|slug|uuid):\w+>", "x", str(pattern.pattern)))
        found += _addresses(pattern.url_patterns, address) if isinstance(pattern, URLResolver) else [address]
    return found


@pytest.mark.django_db
def test_only_signing_in_health_and_the_description_of_the_api_are_open(client: Client) -> None:
    addresses = _addresses(get_resolver().url_patterns)
    assert len(addresses) > 8
    opened = []
    for address in addresses:
        for method in (client.get, client.post):
            response = method(f"/{address}")
            asks_for_session = response.status_code == 302 and response["Location"].startswith("/sign-in/")
            # 401 asks for a token; 404 and 405 are no addresses at all.
            if not asks_for_session and response.status_code not in (401, 404, 405):
                opened.append(address)
    assert set(opened) <= {"sign-in/", "sign-out/", "static/", "api/v1/openapi.json", "health/live", "health/ready"}


def test_pins_carry_hashes_and_no_index() -> None:
    for name in ("base", "dev", "build"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        pins = re.findall(r"^[\w.\-\[\]]+==", text, re.M)
        assert len(pins) >= 2
        assert len(re.findall(r"^    --hash=sha256:", text, re.M)) >= len(pins)


def test_every_dependency_has_its_reason() -> None:
    asked = re.findall(r"^([\w\-]+)", (ROOT / "requirements" / "base.in").read_text(), re.M)
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()
    assert [name for name in asked if name.removesuffix("-cpu") not in reasons] == []


def test_the_readme_names_commands_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for page in ("README.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"make ([a-z-]+)", (ROOT / page).read_text())) <= targets | {"and"}


def test_pages_carry_the_content_security_policy(client: Client, db: None) -> None:
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_no_template_carries_inline_style_or_script() -> None:
    wrong = [
        path.name
        for path in SOURCE.rglob("templates/**/*.html")
        if re.search(r'\sstyle="|<script(?![^>]*\ssrc=)[^>]*>|\son\w+="', path.read_text())
    ]
    assert wrong == []
