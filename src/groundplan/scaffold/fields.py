"""A field of the brief as every framework writes it: one row per field type, nothing else decides.

The texts are source code that templates put in place. What they need imported: ``django`` needs ``models`` (and ``Decimal``,
``date``, ``datetime``, ``UTC``, ``timezone`` for defaults), ``sqlalchemy`` needs the type's name and ``mapped_column``,
``pydantic`` needs ``Annotated``, ``Field`` and ``Literal``.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from groundplan.brief.model import Entity, Field, FieldType
from groundplan.scaffold.names import class_name, plural, title

__all__ = ["FieldView", "Option", "field_view"]

# A column's widest integer in SQLite and PostgreSQL, and so in Django's BigIntegerField.
_INTEGER_RANGE = "ge=-9223372036854775808, le=9223372036854775807"
_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the two angle brackets
_URL_LENGTH = 200  # Django's own default
# PostgreSQL cannot store NUL in a text; Django's forms refuse it, so the other parts do too.
_NO_NUL = r'pattern=r"^[^\x00]*$"'


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice. member: its name in an enumeration. title: as people read it."""

    member: str
    value: str
    title: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """What a template may say about a field.

    column: name in the table and in JSON (``shop_id`` for a reference). sample: JSON-able and valid; sample_python: the same
    as source text. samples: three different ones. choices_class: name of the enumeration of a choice, whose members are
    options. default: as source text of Python, None without one. django, migration: the model field in models.py and in a
    migration (they differ for references and choices).
    """

    name: str
    type: str
    title: str
    column: str
    python_type: str
    django: str
    migration: str
    sqlalchemy: str
    pydantic_in: str
    pydantic_out: str
    sample: object
    samples: tuple[object, ...]
    sample_python: str
    null: bool
    unique: bool
    index: bool
    default: str | None = None
    choices: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    choices_class: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class _Forms:
    """How one field type is written. django and sqlalchemy take the field; constraints go into pydantic's Field()."""

    python: str
    django: Callable[[Field], str]
    sqlalchemy: Callable[[Field], str]
    constraints: Callable[[Field], str]
    samples: Callable[[Field], tuple[object, ...]]
    literal: Callable[[object], str] = str


def _quoted(text: object) -> str:
    """Write a text as source code, in double quotes."""
    return json.dumps(str(text), ensure_ascii=False)


def _text_samples(given: Field) -> tuple[str, ...]:
    texts = tuple(f"{title(given.name)} {number}" for number in (1, 2, 3))
    fit = given.length is None or len(texts[0]) <= given.length
    return texts if fit else ("1", "2", "3")


def _decimal_samples(given: Field) -> tuple[str, ...]:
    places = given.places or 0
    whole = max((given.digits or 1) - places, 0)
    tails = (f".{number!s:0<{places}}" if places else "" for number in (1, 2, 3))
    return tuple(f"{str(number) * min(whole, 2) or '0'}{tail}" for number, tail in zip((1, 2, 3), tails, strict=True))


def _text_constraints(given: Field) -> str:
    longest = "" if given.length is None else f"max_length={given.length}, "
    return f"min_length=1, {longest}{_NO_NUL}"


_FORMS: dict[FieldType, _Forms] = {
    FieldType.TEXT: _Forms(
        "str",
        lambda given: "TextField(" if given.length is None else f"CharField(max_length={given.length}",
        lambda given: "Text" if given.length is None else f"String({given.length})",
        _text_constraints,
        _text_samples,
        _quoted,
    ),
    FieldType.INTEGER: _Forms(
        "int",
        lambda _given: "BigIntegerField(",
        lambda _given: "BigInteger",
        lambda _given: _INTEGER_RANGE,
        lambda _given: (1, 2, 3),
    ),
    FieldType.DECIMAL: _Forms(
        "Decimal",
        lambda given: f"DecimalField(max_digits={given.digits}, decimal_places={given.places}",
        lambda given: f"Numeric({given.digits}, {given.places})",
        lambda given: f"max_digits={given.digits}, decimal_places={given.places}",
        _decimal_samples,
        lambda sample: f"Decimal({_quoted(sample)})",
    ),
    FieldType.BOOLEAN: _Forms(
        "bool",
        lambda _given: "BooleanField(",
        lambda _given: "Boolean",
        lambda _given: "",
        lambda _given: (True, False, True),
    ),
    FieldType.DATE: _Forms(
        "date",
        lambda _given: "DateField(",
        lambda _given: "Date",
        lambda _given: "",
        lambda _given: ("2026-03-01", "2026-03-02", "2026-03-03"),
        lambda sample: f"date.fromisoformat({_quoted(sample)})",
    ),
    FieldType.DATETIME: _Forms(
        "datetime",
        lambda _given: "DateTimeField(",
        lambda _given: "UtcDateTime",
        lambda _given: "",
        lambda _given: ("2026-03-01T09:30:00Z", "2026-03-01T10:30:00Z", "2026-03-01T11:30:00Z"),
        lambda sample: f"datetime.fromisoformat({_quoted(sample)})",
    ),
    FieldType.EMAIL: _Forms(
        "str",
        lambda _given: "EmailField(",
        lambda _given: f"String({_EMAIL_LENGTH})",
        lambda _given: rf'max_length={_EMAIL_LENGTH}, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$"',
        lambda _given: ("ada@example.com", "grace@example.com", "alan@example.com"),
        _quoted,
    ),
    FieldType.URL: _Forms(
        "str",
        lambda _given: "URLField(",
        lambda _given: f"String({_URL_LENGTH})",
        lambda _given: rf'max_length={_URL_LENGTH}, pattern=r"^https?://[^\s\x00]+$"',
        lambda _given: ("https://example.com/1", "https://example.com/2", "https://example.com/3"),
        _quoted,
    ),
    FieldType.CHOICE: _Forms(
        "str",
        lambda given: f"CharField(max_length={max(len(choice) for choice in given.choices)}",
        lambda given: f"String({max(len(choice) for choice in given.choices)})",
        lambda _given: "",
        lambda given: (given.choices * 3)[:3],
        _quoted,
    ),
    FieldType.REFERENCE: _Forms(
        "int",
        lambda given: f'ForeignKey("{class_name(given.target or "")}", on_delete=models.PROTECT',
        lambda _given: "BigInteger",
        lambda _given: "ge=1, le=9223372036854775807",
        lambda _given: (1, 1, 1),
    ),
}


def field_view(entity: Entity, given: Field, owner: str | None) -> FieldView:
    """Give everything a template may say about one field of an entity.

    owner: the Django part that holds the tables; references point into its tables, or into tables without a prefix.
    """
    forms, samples = _FORMS[given.type], _FORMS[given.type].samples(given)
    reference = given.type is FieldType.REFERENCE
    return FieldView(
        name=given.name,
        type=given.type.value,
        title=title(given.name),
        column=f"{given.name}_id" if reference else given.name,
        python_type=forms.python,
        django=_django(entity, given, migration=None),
        migration=_django(entity, given, migration=owner or ""),
        sqlalchemy=_sqlalchemy(given, owner),
        pydantic_in=_pydantic(given, checked=True),
        pydantic_out=_pydantic(given, checked=False),
        sample=samples[0],
        samples=samples,
        sample_python=forms.literal(samples[0]),
        null=given.null,
        unique=given.unique,
        index=given.index,
        default=_default(given),
        choices=given.choices,
        options=tuple(Option(_member(choice), choice, title(choice)) for choice in given.choices),
        choices_class=class_name(given.name) if given.choices else None,
        target=given.target,
    )


def _default(given: Field) -> str | None:
    """Give the default as Python source, or None. Of a datetime ``now`` stands for the moment of writing."""
    if given.default is None:
        return None
    if given.type in (FieldType.DATE, FieldType.DATETIME) and given.default == "now":
        return "timezone.now" if given.type is FieldType.DATETIME else "timezone.localdate"
    if given.type in (FieldType.INTEGER, FieldType.REFERENCE):
        return str(int(given.default))
    if given.type is FieldType.BOOLEAN:
        return str(given.default.lower() == "true")
    return _FORMS[given.type].literal(given.default)


def _django(entity: Entity, given: Field, migration: str | None) -> str:
    """Write the model field. migration: label of the application when the text is for a migration."""
    text = f"models.{_FORMS[given.type].django(given)}"
    if given.type is FieldType.REFERENCE and migration is not None:
        target = f"{migration}.{class_name(given.target or '').lower()}"
        text = f'models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="{target}"'
    options = [*_related_name(entity, given), *_choices(given, migration), *_default_option(given, migration), *_flags(given)]
    opening = text if text.endswith("(") or not options else f"{text}, "
    return f"{opening}{', '.join(options)})"


def _member(choice: str) -> str:
    """Give a name for one value of a choice that Python accepts: ``in transit`` -> ``IN_TRANSIT``."""
    word = "".join(letter if letter.isalnum() else "_" for letter in choice).upper()
    return word if word.isidentifier() else f"VALUE_{word}"


def _related_name(entity: Entity, given: Field) -> list[str]:
    """Name the way back of a reference; two references to one target need two names."""
    if given.type is not FieldType.REFERENCE:
        return []
    twins = [other for other in entity.fields if other.target == given.target]
    suffix = f"_as_{given.name}" if len(twins) > 1 else ""
    return [f'related_name="{plural(entity.name)}{suffix}"']


def _choices(given: Field, migration: str | None) -> list[str]:
    if not given.choices:
        return []
    pairs = ", ".join(f"({_quoted(choice)}, {_quoted(title(choice))})" for choice in given.choices)
    return [f"choices=[{pairs}]" if migration is not None else f"choices={class_name(given.name)}.choices"]


def _default_option(given: Field, migration: str | None) -> list[str]:
    default = _default(given)
    if default is None:
        return []
    return [f"default={default.replace('timezone.', 'django.utils.timezone.') if migration is not None else default}"]


def _flags(given: Field) -> list[str]:
    """Write null, unique and index; a reference has an index anyway."""
    flags = ["null=True", "blank=True"] if given.null else []
    flags += ["unique=True"] if given.unique else []
    indexed = given.index and not given.unique and given.type is not FieldType.REFERENCE
    return [*flags, *(["db_index=True"] if indexed else [])]


def _sqlalchemy(given: Field, owner: str | None) -> str:
    options = [_FORMS[given.type].sqlalchemy(given)]
    if given.type is FieldType.REFERENCE:
        table = f"{owner}_{given.target}" if owner else given.target
        options.append(f'ForeignKey("{table}.id")')
    options += ["unique=True"] if given.unique else []
    options += ["index=True"] if (given.index or given.type is FieldType.REFERENCE) and not given.unique else []
    return f"mapped_column({', '.join(options)})"


def _pydantic(given: Field, *, checked: bool) -> str:
    """Write the annotation; checked: with the rules for input."""
    plain = (
        "Literal[" + ", ".join(_quoted(choice) for choice in given.choices) + "]" if given.choices else _FORMS[given.type].python
    )
    rules = _FORMS[given.type].constraints(given) if checked else ""
    text = f"Annotated[{plain}, Field({rules})]" if rules else plain
    return f"{text} | None" if given.null else text
