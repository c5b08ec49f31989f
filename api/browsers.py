"""What a browser calls itself, in a few words by which its owner knows it again. Never trusted for anything."""

from collections.abc import Mapping

BROWSERS: Mapping[str, str] = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""The word that tells each browser; those that pretend to be others come first."""
SYSTEMS: Mapping[str, str] = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}
UNKNOWN = "Okänd webbläsare"


def name_of(user_agent: str | None) -> str:
    """Return the browser and what it runs on, such as "Firefox på Windows"."""
    told = user_agent or ""
    browser = next((name for mark, name in BROWSERS.items() if mark in told), UNKNOWN)
    system = next((name for mark, name in SYSTEMS.items() if mark in told), "")
    return f"{browser} på {system}" if system else browser
