"""``@dataclass(frozen=True, slots=True)`` that takes a tenth of the time to make.

The standard library compiles six methods for each class while a program starts; with a hundred classes that is as long as all
other imports together. Here comparison, hash, words and protection are functions made once from the names of the fields, and the
one method that has to be quick, ``__init__``, is compiled when the first value is made. All else is the standard library's:
``fields``, ``replace``, ``asdict``, matching.
"""

import dataclasses
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]

_NOT_GIVEN = object()
_VALUES = {"frozen": True, "slots": True}

Space = dict[str, Any]

if TYPE_CHECKING:  # to the type checker it is the decorator of the standard library
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, **options: bool) -> Any:
        """Give the decorator; for anything but frozen values with slots it is that of the standard library."""
        return _record if options == _VALUES else dataclasses.dataclass(cls, **options)


def _record(cls: type) -> Any:
    """Give the class with its slots and methods; those that it has written itself stay."""
    cls.__doc__ = cls.__doc__ or cls.__name__  # without one the standard library works out the signature
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    made.__dataclass_params__.frozen = True
    names = tuple(field.name for field in dataclasses.fields(made))
    for name, method in (_methods(made, names) | _STEADY).items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


def _methods(made: Any, names: tuple[str, ...]) -> Space:
    values: Callable[[Any], Any] = attrgetter(*names) if names else type

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        made.__init__ = _init(made)
        made.__init__(self, *args, **kwargs)

    return {
        "__init__": init,
        "__eq__": lambda self, other: values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented,
        "__hash__": lambda self: hash(values(self)),
        "__repr__": lambda self: f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})",
    }


def _protected(self: Any, name: str, *_value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot change field {name!r} of {type(self).__qualname__}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_STEADY: Space = {"__setattr__": _protected, "__delattr__": _protected, "__getstate__": _state, "__setstate__": _restore}


def _init(made: Any) -> Callable[..., None]:
    """Compile the method that sets every field: by its slot, which knows no protection."""
    space: Space = {"_NOT_GIVEN": _NOT_GIVEN}
    given, lines = zip(("self", "pass"), *_arguments(made, space), strict=True)
    after = ["self.__post_init__()"] if hasattr(made, "__post_init__") else []
    exec(f"def __init__({', '.join(given)}):\n " + "\n ".join([*lines, *after]), space)  # noqa: S102 -- names of fields only
    init: Callable[..., None] = space["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _arguments(made: Any, space: Space) -> Iterator[tuple[str, str]]:
    """Give argument and line of each field. space: what the lines know by name; it is added to."""
    for field in dataclasses.fields(made):
        name = field.name
        space[f"_set_{name}"] = getattr(made, name).__set__
        if field.default_factory is not dataclasses.MISSING:
            space[f"_new_{name}"] = field.default_factory
            yield f"{name}=_NOT_GIVEN", f"_set_{name}(self, _new_{name}() if {name} is _NOT_GIVEN else {name})"
            continue
        space[f"_default_{name}"] = field.default
        default = "" if field.default is dataclasses.MISSING else f"=_default_{name}"
        yield f"{name}{default}", f"_set_{name}(self, {name})"
