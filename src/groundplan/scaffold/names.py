"""The forms of a name: ``sale`` as plural, class and title."""

__all__ = ["class_name", "plural", "title"]

_HISSING = ("s", "x", "z", "ch", "sh")
_VOWELS = "aeiou"


def plural(name: str) -> str:
    """Give the plural of a snake_case noun by the regular English rules: ``category`` -> ``categories``."""
    if name.endswith("y") and name[-2:-1] not in _VOWELS:
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(_HISSING) else f"{name}s"


def class_name(name: str) -> str:
    """Give the class of a snake_case name: ``order_line`` -> ``OrderLine``."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", "_").split("_"))


def title(name: str) -> str:
    """Give a name as people read it: ``sold_at`` -> ``Sold at``."""
    words = name.replace("-", "_").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
