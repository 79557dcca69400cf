"""What a browser would find in a page: its forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Form", "forms"]


@dataclass(slots=True)
class Form:
    """A form. action: where it goes, as written. fields: name -> value it would send if left alone (empty when none)."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._inside)
        elif self._inside is not None and tag in ("input", "select", "textarea") and given.get("name"):
            self._inside.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None


def forms(html: str) -> list[Form]:
    """Give the forms of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms
