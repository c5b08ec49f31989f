"""Reading pages in tests the way a reader without JavaScript does: by links, forms and words."""

import re
from html import unescape

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What no reader should meet in words."""


def text(html: str) -> str:
    """Return the words of a page, without tags and with single spaces (hard spaces stay)."""
    bare = re.sub(r"<(script|style|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"[ \n\t]+", " ", unescape(re.sub(r"<[^>]+>", " ", bare))).strip()


def links(html: str, pattern: str) -> list[str]:
    """Return the addresses of links that match the pattern from start to end, in order."""
    found = [unescape(address) for address in re.findall(r'<a\b[^>]*\bhref="([^"]*)"', html)]
    return [address for address in found if re.fullmatch(pattern, address)]


def forms(html: str, pattern: str) -> list[str]:
    """Return where the forms lead whose addresses match the pattern from start to end, in order."""
    found = [unescape(address) for address in re.findall(r'<form\b[^>]*\baction="([^"]*)"', html)]
    return [address for address in found if re.fullmatch(pattern, address)]


def heading(html: str) -> str:
    """Return the words of the page's only h1."""
    found = re.findall(r"<h1\b[^>]*>(.*?)</h1>", html, flags=re.DOTALL)
    assert len(found) == 1, found
    return text(found[0])


def value(html: str, name: str) -> str:
    """Return what stands in the input with this name."""
    match = re.search(rf'<input\b[^>]*\bname="{name}"[^>]*\bvalue="([^"]*)"', html)
    assert match, name
    return unescape(match[1])


def area(html: str, name: str) -> str:
    """Return what stands in the larger field with this name."""
    match = re.search(rf'<textarea\b[^>]*\bname="{name}"[^>]*>(.*?)</textarea>', html, flags=re.DOTALL)
    assert match, name
    return unescape(match[1])


def chosen(html: str, name: str) -> list[str]:
    """Return the values of the options that are selected in the menu with this name."""
    menu = re.search(rf'<select\b[^>]*\bname="{name}".*?</select>', html, flags=re.DOTALL)
    assert menu, name
    return re.findall(r'<option value="([^"]*)" selected', menu[0])


def ticked(html: str, name: str) -> list[str]:
    """Return the values of the boxes with this name that are ticked."""
    return re.findall(rf'<input type="checkbox" name="{name}" value="([^"]*)" checked', html)
