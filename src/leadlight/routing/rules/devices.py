"""What a browser is called among people, by what it calls itself. Pure."""

#: Part of what it says → word; the first that fits, since browsers name their forebears too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_MACHINES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """Return a name by which somebody knows their own device: "Chrome on Android"."""
    browser = next((word for part, word in _BROWSERS if part in user_agent), "A browser")
    machine = next((word for part, word in _MACHINES if part in user_agent), "")
    return f"{browser} on {machine}" if machine else browser
