"""A catalogue as one text that can be kept for years, and back."""

import base64
import binascii
import bz2
import json
from dataclasses import fields, is_dataclass
from typing import Any

from groundplan.catalogue.model import Catalogue
from groundplan.catalogue.reading import build

__all__ = ["packed", "plain", "restored", "unpacked"]

_LINE = 100


def plain(value: Any) -> Any:
    """Give a value of dataclasses as dicts and lists that JSON can hold; fields at their default stay, so nothing is implied."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def restored(table: object) -> Catalogue:
    """Give the catalogue that ``plain`` wrote. Raises CatalogueError when this version knows other fields."""
    return build(Catalogue, table, "stored catalogue")


def packed(value: object) -> str:
    """Give a value of JSON as lines of text, a tenth of its size. The same value gives the same text on every machine.

    bzip2, because one old library writes it everywhere; deflate has several that write different bytes.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    letters = base64.b64encode(bz2.compress(text.encode(), 9)).decode()
    return "\n".join(letters[start : start + _LINE] for start in range(0, len(letters), _LINE))


def unpacked(text: str) -> Any:
    """Give the value that ``packed`` wrote. Raises ValueError when a character of the text was changed."""
    try:
        return json.loads(bz2.decompress(base64.b64decode("".join(text.split()), validate=True)))
    except (OSError, EOFError, binascii.Error) as error:
        raise ValueError(str(error)) from None
