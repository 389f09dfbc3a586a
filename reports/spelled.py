"""Amounts in words, as pay sheets need them, in Kyrgyz, Russian and English."""

from __future__ import annotations

from decimal import Decimal

_EN_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_EN_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_RU_ONES = (
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать"
    " тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
).split()
_RU_TENS = (
    "_ _ двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
)
_RU_HUNDREDS = "_ сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()
_RU_THOUSANDS = (
    (10**9, ("миллиард", "миллиарда", "миллиардов"), False),
    (10**6, ("миллион", "миллиона", "миллионов"), False),
    (10**3, ("тысяча", "тысячи", "тысяч"), True),
)
_KY_ONES = "нөл бир эки үч төрт беш алты жети сегиз тогуз".split()
_KY_TENS = "_ он жыйырма отуз кырк элүү алтымыш жетимиш сексен токсон".split()
_TOP = 10**12


def spelled(amount: Decimal, language: str) -> str:
    """`1750.05` -> `одна тысяча семьсот пятьдесят сомов 05 тыйынов`.

    `amount` is KGS below 10^12 with two decimals at most. Raises ValueError beyond that.
    """
    tyiyn = int(abs(amount) * 100)
    if tyiyn != abs(amount) * 100 or tyiyn >= _TOP * 100:
        raise ValueError(f"{amount} cannot be written in words")
    whole, rest = divmod(tyiyn, 100)
    text = _LANGUAGES[language](whole, rest)
    minus = {"en": "minus", "ru": "минус", "ky": "минус"}[language]
    return f"{minus} {text}" if amount < 0 else text


def _english(whole: int, rest: int) -> str:
    return f"{english(whole)} som {rest:02d} tyiyn"


def english(number: int) -> str:
    """A whole number in English."""
    for size, name in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand")):
        if number >= size:
            head, rest = divmod(number, size)
            tail = f" {english(rest)}" if rest else ""
            return f"{english(head)} {name}{tail}"
    if number >= 100:
        head, rest = divmod(number, 100)
        return f"{_EN_ONES[head]} hundred" + (f" {english(rest)}" if rest else "")
    if number >= 20:
        head, rest = divmod(number, 10)
        return _EN_TENS[head] + (f"-{_EN_ONES[rest]}" if rest else "")
    return _EN_ONES[number]


def _russian(whole: int, rest: int) -> str:
    som = russian_form(whole, ("сом", "сома", "сомов"))
    tyiyn = russian_form(rest, ("тыйын", "тыйына", "тыйынов"))
    return f"{russian(whole)} {som} {rest:02d} {tyiyn}"


def russian_form(number: int, forms: tuple[str, str, str]) -> str:
    """The form of a noun after a number: one, few or many."""
    if 11 <= number % 100 <= 14:
        return forms[2]
    match number % 10:
        case 1:
            return forms[0]
        case 2 | 3 | 4:
            return forms[1]
    return forms[2]


def russian(number: int, feminine: bool = False) -> str:
    """A whole number in Russian."""
    parts: list[str] = []
    for size, forms, is_feminine in _RU_THOUSANDS:
        head, number = divmod(number, size)
        if head:
            parts += [russian(head, is_feminine), russian_form(head, forms)]
    hundreds, rest = divmod(number, 100)
    if hundreds:
        parts.append(_RU_HUNDREDS[hundreds])
    if rest >= 20:
        parts.append(_RU_TENS[rest // 10])
        rest %= 10
    if rest or not parts:
        feminine_words = {1: "одна", 2: "две"} if feminine else {}
        parts.append(feminine_words.get(rest, _RU_ONES[rest]))
    return " ".join(parts)


def _kyrgyz(whole: int, rest: int) -> str:
    return f"{kyrgyz(whole)} сом {rest:02d} тыйын"


def kyrgyz(number: int) -> str:
    """A whole number in Kyrgyz."""
    for size, name in ((10**9, "миллиард"), (10**6, "миллион"), (10**3, "миң"), (100, "жүз")):
        if number >= size:
            head, rest = divmod(number, size)
            tail = f" {kyrgyz(rest)}" if rest else ""
            return f"{kyrgyz(head)} {name}{tail}"
    tens, ones = divmod(number, 10)
    words = [_KY_TENS[tens]] if tens else []
    if ones or not words:
        words.append(_KY_ONES[ones])
    return " ".join(words)


_LANGUAGES = {"en": _english, "ru": _russian, "ky": _kyrgyz}
