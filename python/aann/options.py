"""Search options: the C library's table, checked by the library, as Python values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from aann import errors
from aann._library import CData, c_text, call, ffi, lib, text, text_or_none
from aann.option_values import OptionFields, OptionValues

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Option", "Options", "option_table"]


@dataclass(frozen=True)
class Option:
    """One line of the table."""

    name: str
    type: str
    group: str
    help: str
    range: str
    default: Any
    choices: tuple[str, ...]
    determines_result: bool


@cache
def option_table() -> Mapping[str, Option]:
    """All options by name, in the order of the table."""
    count = ffi.new("size_t *")
    table = lib.aann_option_table(count)
    defaults = ffi.new("aann_search_options *", lib.aann_search_options_default())
    return {text(table[i].name): _option(table[i], defaults) for i in range(count[0])}


def _option(row: CData, defaults: CData) -> Option:
    limits = ffi.new("char[]", 256)
    lib.aann_option_range(ffi.addressof(row), limits, 256)
    choices: list[str] = []
    while row.choices != ffi.NULL and row.choices[len(choices)] != ffi.NULL:
        choices.append(text(row.choices[len(choices)]))
    name, kind = text(row.name), text(lib.aann_option_type_name(row.type))
    return Option(
        name=name,
        type=kind,
        group=text(lib.aann_option_group_name(row.group)),
        help=text_or_none(row.help) or "",
        range=text(limits),
        default=_read(defaults, name, kind),
        choices=tuple(choices),
        determines_result=bool(row.determines_result),
    )


def _read(options: CData, name: str, kind: str) -> Any:
    """One option of an aann_search_options as a Python value."""
    if kind == "reals":
        listed = ffi.new("char[]", lib.AANN_OPTION_TEXT_SIZE)
        call(
            lib.aann_search_options_format,
            options,
            name.encode(),
            listed,
            lib.AANN_OPTION_TEXT_SIZE,
        )
        return tuple(float(part) for part in text(listed).split(",") if part)
    if kind == "method":
        return text(lib.aann_search_method_name(options.method))
    if kind == "isa":
        return text_or_none(options.isa) or "auto"
    return getattr(options[0], name)


def as_text(name: str, value: Any) -> str:
    """The text from which the library sets an option."""
    known = option_table().get(name)
    if getattr(value, "shape", None) == ():  # a NumPy scalar
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if hasattr(value, "__iter__"):
        # The bytes of b"7" are [55]; a list of one step would lose digits above 2^53.
        ordered = not isinstance(value, (bytes, bytearray, memoryview, Mapping, Set))
        if not ordered or (known is not None and known.type != "reals"):
            raise errors.ArgumentError(f"{name}: {value!r} is no {_wanted(known)}")
        return ",".join(_real(name, part) for part in value)
    if hasattr(value, "__index__"):
        return str(value.__index__())
    return _real(name, value)


def _wanted(option: Option | None) -> str:
    return "list of numbers" if option is None or option.type == "reals" else "single value"


def _real(name: str, value: Any) -> str:
    try:
        return repr(float(value))
    except (TypeError, ValueError):
        raise errors.ArgumentError(f"{name}: {value!r} is neither a number nor a text") from None


class Options(OptionFields):
    """Options of a search. Immutable; those that are not given follow the data.

    So ``Options(loss_scale=8.0)`` differs from ``Options()``, although 8 is the default: the loss
    scale is chosen by the network unless the option is given.

    >>> import aann
    >>> options = aann.Options(steps=200_000, jitter=1)
    >>> options.jitter, options.cooling
    (1, 2.0)
    >>> options.replace(jitter=2)
    Options(steps=200000, jitter=2)
    >>> aann.Options(strata=17)
    Traceback (most recent call last):
        ...
    aann.errors.ArgumentError: strata: '17' is not a whole number in range; expected 1 to 16
    """

    __slots__ = ("_values",)
    _values: dict[str, Any]

    def __init__(self, **values: Unpack[OptionValues]) -> None:
        checked = ffi.new("aann_search_options *", lib.aann_search_options_default())
        table = option_table()
        settled: dict[str, Any] = {}
        for name, value in values.items():
            if name not in table:
                raise TypeError(f"there is no option {name!r}; help(aann.Options) lists them")
            call(
                lib.aann_search_options_set,
                checked,
                name.encode(),
                c_text(as_text(name, value), name),
            )
            settled[name] = _read(checked, name, table[name].type)
        object.__setattr__(self, "_values", settled)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            pass
        try:
            return option_table()[name].default
        except KeyError:
            raise AttributeError(f"there is no option {name!r}") from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"options are immutable: use options.replace({name}=...)")

    def replace(self, **values: Unpack[OptionValues]) -> Options:
        """These options with some others set."""
        return Options(**{**self._values, **values})

    def apply(self, options: CData) -> None:
        """Sets the given options in an aann_search_options."""
        for name, value in self._values.items():
            call(
                lib.aann_search_options_set,
                options,
                name.encode(),
                c_text(as_text(name, value), name),
            )

    def as_dict(self) -> dict[str, Any]:
        """Those that were given."""
        return dict(self._values)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self._values.items())
        return f"Options({given})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Options) and self._values == other._values

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._values.items())))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_options, (self._values,))


def _options(values: dict[str, Any]) -> Options:
    return Options(**values)


def read_options(options: CData, given: Iterable[str] = ()) -> Options:
    """The options of an aann_search_options that are not the defaults, and those that were given:
    left out, they would follow the data."""
    known = set(given)
    values = {}
    for name, option in option_table().items():
        value = _read(options, name, option.type)
        if value != option.default or name in known:
            values[name] = value
    return _options(values)
