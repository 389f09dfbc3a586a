"""One cell: from what a spreadsheet holds to the exact value a person sees in it (contract §3)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from importers.kinds import Column
from importers.languages import LANGUAGES, value_names, words
from importers.rows import Value

Raw = str | float | int | bool | date | datetime | Decimal | None
ERRORS = ("#N/A", "#NAME?", "#DIV/0!", "#REF!", "#VALUE!", "#NULL!", "#NUM!", "#GETTING_DATA")
_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009\u2007\u2008'’\u200b\t"), None)
_SIGNS = re.compile(
    r"^(KGS|сом|som|с\.|USD|EUR|RUB|KZT|\$|€|₽|⃀)|(KGS|сом|som|с\.|USD|EUR|RUB|KZT|\$|€|₽|⃀)$", re.I
)
_PLAIN = re.compile(r"-?\d+(\.\d+)?$|-?\.\d+$", re.A)
_SCIENTIFIC = re.compile(r"-?\d+(\.\d+)?[eE][+-]?\d{1,2}$", re.A)
_NAME = re.compile(r"[^\W\d_]{2} |[^\W\d_a-zA-Z]{3}")
"""Words, or letters of another script."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*$")
_LOOK_ALIKE = str.maketrans("АВЕЅІЈКМНОРСТУХаеіјосрух", "ABESIJKMHOPCTYXaeijocpyx")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$")
_LOCAL = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?: 0?0:00(?::00)?)?$")
_DAYS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_FIRST_YEAR = 1900
YES = frozenset(("yes", "y", "true", "1", "да", "ооба", "истина", "ырас"))
NO = frozenset(("no", "n", "false", "0", "нет", "жок", "ложь", "жалган"))
MOST_DECIMALS = 6
_DIGITS = 15
"""What a spreadsheet keeps of a number."""
_HUGE = Decimal(10) ** 15
_ONE = Decimal(1)


class BadCell(ValueError):
    """A cell that cannot be read; the message says what would be right."""


class Missing(str):
    """A formula for which the workbook stores no value."""


def is_blank(raw: Raw) -> bool:
    return raw is None or (
        isinstance(raw, str) and not isinstance(raw, Missing) and not raw.strip()
    )


def read(raw: Raw, column: Column, *, epoch_1904: bool = False) -> Value:
    """The typed value of a cell that is not blank. Raises BadCell."""
    if isinstance(raw, Missing):
        raise BadCell("is a formula without a stored value: open, calculate and save the workbook")
    if isinstance(raw, str) and raw.strip().upper() in ERRORS:
        raise BadCell(f"is an error of the spreadsheet: enter a {_PLAIN_WORDS[column.type]}")
    match column.type:
        case "text":
            return _line(text(raw), column.longest) if column.longest else text(raw)
        case "id":
            return _ident(raw, column)
        case "date":
            return day(raw, epoch_1904)
        case "period":
            return _period(raw)
        case "integer":
            return _integer(raw)
        case "bool":
            return _yes_no(raw)
        case "choice":
            return _choice(raw, column)
        case "set":
            parts = {part.strip() for part in text(raw).split(",")}
            return tuple(sorted(part for part in parts if part))
        case _:
            return _canonical(_signed(number(raw), column))


_MOST_KNOWN = 1 << 14
"""Cells of one column that are remembered: what repeats does so soon."""


_SHORT = re.compile(r"(?:0|[1-9]\d{0,8})(?:\.\d{0,5}[1-9])?", re.A).fullmatch
"""A number that needs no care: plain, not negative, in its one form, well within what is kept."""
_OF_NUMBERS = frozenset(("number", "money"))


class Remembered(dict[tuple[type, Raw], Value | None]):
    """`read` for the cells of one column by type and content, each read once; None if blank."""

    def __init__(self, column: Column, epoch_1904: bool) -> None:
        self.column, self.epoch_1904 = column, epoch_1904
        self.plain = column.type in _OF_NUMBERS and column.sign != "positive"

    def __missing__(self, key: tuple[type, Raw]) -> Value | None:
        kind, raw = key
        if self.plain and (kind is float or kind is str):
            shown = raw if kind is str else format(raw, f".{_DIGITS}g")
            if _SHORT(shown):  # type: ignore[arg-type]
                return self._keep(key, Decimal(shown))  # type: ignore[arg-type]
        value = None if is_blank(raw) else read(raw, self.column, epoch_1904=self.epoch_1904)
        if value == "" or value == ():
            value = None
        return self._keep(key, value)

    def _keep(self, key: tuple[type, Raw], value: Value | None) -> Value | None:
        if len(self) < _MOST_KNOWN and key[1] != 0:  # 0.0 and -0.0 are alike, but not as text
            self[key] = value
        return value


_PLAIN_WORDS = {
    "text": "text",
    "id": "id",
    "date": "date",
    "period": "month like 2026-03",
    "integer": "whole number",
    "bool": "yes or no",
    "choice": "word of the list",
    "set": "list",
    "number": "number",
    "money": "amount",
}


def text(raw: Raw) -> str:
    """Text as it stands; a number stored as one as its digits, never as `17.0`."""
    match raw:
        case str():
            return raw.strip()
        case bool():
            return "TRUE" if raw else "FALSE"
        case datetime():
            return raw.date().isoformat() if raw.time() == raw.time().min else raw.isoformat(" ")
        case date():
            return raw.isoformat()
        case None:
            return ""
    value = number(raw)
    if value == value.to_integral_value() and abs(value) >= _HUGE:
        raise BadCell(
            "was stored as a number, which keeps only 15 digits: its last digits are lost;"
            " format the column as text and enter it again"
        )
    plain = value.normalize()
    return format(plain, "f")


def _line(shown: str, longest: int) -> str:
    """Text that has to fit on one line of a payment file."""
    plain = "".join(shown.split())
    if len(plain) > longest or not plain.isprintable():
        raise BadCell(f"does not fit a payment file: {longest} characters at most, on one line")
    return shown


def _ident(raw: Raw, column: Column) -> str:
    ident = text(raw)
    if not _ID.match(ident):
        latin = ident.translate(_LOOK_ALIKE)
        if _ID.match(latin):
            raise BadCell(f"holds Cyrillic letters that look like Latin ones: write {latin}")
        name = "; write the id, not the name" if _NAME.search(ident) else ""
        raise BadCell(f"an id has only ASCII letters, digits and -, and starts with no -{name}")
    if len(ident) > column.longest:
        raise BadCell(f"is longer than {column.longest} characters")
    return ident


def number(raw: Raw) -> Decimal:
    """The decimal that a person sees: 15 digits of a stored float, local forms of text."""
    match raw:
        case bool() | date() | None:
            raise BadCell("is no number")
        case Decimal():
            return raw
        case int():
            return Decimal(raw)
        case float():
            return _from_float(raw)
        case str():
            return _from_text(raw)
    raise BadCell("is no number")


def _from_float(raw: float) -> Decimal:
    if raw != raw or raw in (float("inf"), float("-inf")):
        raise BadCell("is no number")
    return Decimal(format(raw, f".{_DIGITS}g"))


def _from_text(raw: str) -> Decimal:
    shown = raw.strip().replace("\u2212", "-").replace("–", "-")
    negative = shown.startswith("(") and shown.endswith(")")
    if negative:
        shown = shown[1:-1]
    percent = shown.endswith("%")
    shown = shown.rstrip("%").strip()
    shown = _SIGNS.sub("", _SIGNS.sub("", shown).strip()).strip()
    shown = _grouped(shown)
    if not (_PLAIN.match(shown) or _SCIENTIFIC.match(shown)):
        raise BadCell("is no number: write it like 1234.56")
    try:
        value = Decimal(shown)
    except InvalidOperation:
        raise BadCell("is no number: write it like 1234.56") from None
    if "." in shown and len(value.as_tuple().digits) > _DIGITS:
        value = +Decimal(format(value, f".{_DIGITS}g"))
    value = value / 100 if percent else value
    return -value if negative else value


def _grouped(shown: str) -> str:
    """Thousands separators out, a decimal comma as a point; what could be either is refused."""
    shown = shown.translate(_SPACES)
    if "," in shown and "." in shown:
        last_comma = shown.rfind(",") > shown.rfind(".")
        thousands, point = (".", ",") if last_comma else (",", ".")
        whole, _, rest = shown.partition(point)
        if (
            point in rest
            or thousands in rest
            or not re.match(rf"-?\d{{1,3}}(\{thousands}\d{{3}})+$", whole)
        ):
            raise BadCell("is no number: write it like 1234.56")
        return f"{whole.replace(thousands, '')}.{rest}"
    if shown.count(",") == 1:
        whole, _, rest = shown.partition(",")
        if len(rest) == 3 and re.match(r"-?[1-9]\d{0,2}$", whole):
            raise BadCell(f"may be {whole}.{rest} or {whole}{rest}: write it like 1234.56")
        return f"{whole}.{rest}"
    if re.match(r"-?\d{1,3}(,\d{3}){2,}$", shown):
        return shown.replace(",", "")
    if re.match(r"-?\d{1,3}(\.\d{3}){2,}$", shown):
        return shown.replace(".", "")
    return shown


def _signed(value: Decimal, column: Column) -> Decimal:
    if column.type == "number" and decimals(value) > MOST_DECIMALS:
        raise BadCell(f"has more than {MOST_DECIMALS} decimals")
    if abs(value) >= _HUGE:
        raise BadCell("is too large")
    if column.sign == "positive" and value <= 0:
        raise BadCell("must be above zero")
    if column.sign == "natural" and value < 0:
        raise BadCell("must not be negative")
    return value


def _canonical(value: Decimal) -> Decimal:
    """The same number in one form: 12, not 12.0 or 1.2E+1."""
    plain = value.normalize()
    return plain.quantize(_ONE) if plain == plain.to_integral_value() else plain


def decimals(value: Decimal) -> int:
    """How many decimals a number has, without needless zeros."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def day(raw: Raw, epoch_1904: bool) -> date:
    """A day: a date of the spreadsheet, its number, or text like 2026-03-17 or 17.03.2026."""
    match raw:
        case datetime() if raw.year >= _FIRST_YEAR:
            return raw.date()
        case datetime():
            raise BadCell("is a time without a day: write it like 2026-03-17")
        case date():
            return raw
        case bool():
            raise BadCell("is no date: write it like 2026-03-17")
        case int() | float():
            return _serial(float(raw), epoch_1904)
        case str():
            return _day_of_text(raw.strip())
    raise BadCell("is no date: write it like 2026-03-17")


def _serial(raw: float, epoch_1904: bool) -> date:
    if not 1 <= raw < 2_958_466:
        raise BadCell("is no date: write it like 2026-03-17")
    return _DAYS[epoch_1904] + timedelta(days=int(raw))


def _day_of_text(shown: str) -> date:
    shown = shown.removesuffix("г.").rstrip()
    try:
        if iso := _ISO.match(shown):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if local := _LOCAL.match(shown):
            return date(int(local[3]), int(local[2]), int(local[1]))
    except ValueError:
        raise BadCell("there is no such day") from None
    raise BadCell("is no date: write it like 2026-03-17 or 17.03.2026")


def _period(raw: Raw) -> str:
    if isinstance(raw, (date, datetime)):
        return f"{raw:%Y-%m}"
    shown = text(raw)
    if re.match(r"\d{4}-(0[1-9]|1[0-2])$", shown):
        return shown
    if local := re.match(r"(0?[1-9]|1[0-2])[./](\d{4})$", shown):
        return f"{local[2]}-{int(local[1]):02}"
    raise BadCell("is no month: write it like 2026-03")


def _integer(raw: Raw) -> int:
    value = number(raw)
    if value != value.to_integral_value() or abs(value) >= _HUGE:
        raise BadCell("is no whole number")
    return int(value)


def _yes_no(raw: Raw) -> bool:
    shown = text(raw).lower()
    if shown in YES:
        return True
    if shown in NO:
        return False
    raise BadCell("is neither yes nor no")


def _choice(raw: Raw, column: Column) -> str:
    shown = " ".join(text(raw).split()).lower()
    plain = shown.replace("_", "-").replace(" ", "-")
    for choice in column.choices:
        if choice in (shown, plain) or shown in value_names(choice):
            return choice
    raise BadCell(f"is none of {', '.join(column.choices)}{_in_other_words(shown, column)}")


def _in_other_words(shown: str, column: Column) -> str:
    """The same choices for who writes in another script."""
    if shown.isascii():
        return ""
    listed = (", ".join(words(language).choices(column)) for language in LANGUAGES[1:])
    return f"; {'; '.join(listed)}"
