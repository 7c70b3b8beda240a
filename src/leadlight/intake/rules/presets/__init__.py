"""Exports that are known by name: whose headers they are, where we know them from, and what their labels mean."""

from collections.abc import Collection, Sequence

from leadlight.intake.rules.headers import key
from leadlight.intake.rules.presets import followupboss, hubspot, salesforce
from leadlight.intake.rules.presets.preset import Preset

PRESETS: tuple[Preset, ...] = (*followupboss.PRESETS, *hubspot.PRESETS, *salesforce.PRESETS)

PRESET_BY_NAME: dict[str, Preset] = {preset.name: preset for preset in PRESETS}


def find_preset(columns: Sequence[str], *, tables: Collection[str]) -> Preset | None:
    """Return the known export that a file's headers are, the one that knows most of them; None when it is none."""
    keys = {key(column) for column in columns}
    fitting = [
        (sum(name in preset.headers for name in keys), -place, preset)
        for place, preset in enumerate(PRESETS)
        if preset.table in tables and all(group & keys for group in preset.needs)
    ]
    # Half of the columns or eight of them: a team's own columns may be many, an accident is seldom that rich.
    fitting = [entry for entry in fitting if entry[0] >= min(8, max(3, len(keys) // 2))]
    return max(fitting)[2] if fitting else None
