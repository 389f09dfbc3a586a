"""Workbooks damaged as disks, mails and programs do, and worse; a seed gives the same damage."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]
ODD = (
    b"", b"0", b"-1", b"1e999", b"NaN", b"99999999999999999999", b"A1048577", b"XFE1", b"true",
    b"#N/A", b"\xff\xfe", b"&lt;x&gt;", b"&#0;", b"&amp;", b"'", b"9" * 5000, b"2958467", b"1904",
    b"../../etc/passwd", b"=1+1", b"\xd0\xb8", b" ", b"<a>", b"]]>", b"-0.0000001", b"60", b"s",
)  # fmt: skip
TYPES = (b"s", b"str", b"inlineStr", b"n", b"b", b"e", b"d", b"x", b"")
COUNTS = (b"-1", b"0", b"1", b"16384", b"1048576", b"2147483648", b"x")


def bytes_changed(content: bytes, chance: Random) -> bytes:
    """A few bytes anywhere."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def bytes_cut(content: bytes, chance: Random) -> bytes:
    """Truncated, or with a hole, or with a piece twice."""
    a, b = sorted(chance.randrange(len(content)) for _ in range(2))
    return chance.choice((content[:a], content[:a] + content[b:], content[:b] + content[a:]))


def _repacked(content: bytes, chance: Random, change: Mutation) -> bytes:
    """One XML part of the package changed; what is no package is changed itself."""
    if content[:2] != b"PK":
        return change(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    likely = [name for name in parts if re.search(r"sheet|content\.xml|strings|styles|book", name)]
    name = chance.choice(likely or list(parts))
    parts[name] = change(parts[name] or b" ", chance)
    return _packed(parts)


def _packed(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return packed.getvalue()


def xml_bytes(content: bytes, chance: Random) -> bytes:
    return _repacked(content, chance, chance.choice((bytes_changed, bytes_cut)))


def _xml_elements(xml: bytes, chance: Random) -> bytes:
    """An element gone, doubled, nested in itself, renamed, or moved."""
    found = [m.span() for m in re.finditer(rb"<[^<>]*>[^<>]*(?:</[^<>]*>)?", xml)]
    if not found:
        return xml
    (a, b), (c, d) = chance.choice(found), chance.choice(found)
    piece = xml[a:b]
    return chance.choice(
        (
            xml[:a] + xml[b:],
            xml[:b] + piece * chance.choice((1, 2, 500)) + xml[b:],
            xml[:a] + b"<a>" * 300 + piece + b"</a>" * 300 + xml[b:],
            xml[: min(a, c)] + xml[max(b, d) :] + piece,
            xml[:a] + re.sub(rb"^<\w+", b"<zz", piece) + xml[b:],
        )
    )


def xml_elements(content: bytes, chance: Random) -> bytes:
    return _repacked(content, chance, _xml_elements)


def _xml_values(xml: bytes, chance: Random) -> bytes:
    """Attributes and texts replaced by odd ones; counts and references by impossible ones."""
    for _ in range(chance.choice((1, 3, 30))):
        found = [m.span(1) for m in re.finditer(rb'(?:="([^"]*)")', xml)]
        found += [m.span(1) for m in re.finditer(rb">([^<>]+)<", xml)]
        if not found:
            break
        a, b = chance.choice(found)
        xml = xml[:a] + chance.choice(ODD + COUNTS) + xml[b:]
    return xml


def xml_values(content: bytes, chance: Random) -> bytes:
    return _repacked(content, chance, _xml_values)


def _cell_types(xml: bytes, chance: Random) -> bytes:
    """Cells of another type or style than they are, repeated, or without their value."""

    def turned(match: re.Match[bytes]) -> bytes:
        if chance.random() < 0.6:
            return match[0]
        return b' %s="%s"' % (match[1], chance.choice(TYPES if match[1] == b"t" else COUNTS))

    xml = re.sub(
        rb'\s(t|s|r|count|office:value-type|table:number-columns-repeated)="[^"]*"', turned, xml
    )
    if chance.random() < 0.3:
        xml = re.sub(
            rb"<v>[^<]*</v>", lambda m: m[0] if chance.random() < 0.7 else b"<f>1+1</f>", xml
        )
    return xml


def cell_types(content: bytes, chance: Random) -> bytes:
    return _repacked(content, chance, _cell_types)


def zip_structure(content: bytes, chance: Random) -> bytes:
    """Parts gone, twice, renamed, empty or swapped; a directory that does not fit."""
    if content[:2] != b"PK":
        return bytes_cut(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    one, other = chance.choice(list(parts)), chance.choice(list(parts))
    match chance.randrange(7):
        case 0:
            del parts[one]
        case 1:
            parts[one], parts[other] = parts[other], parts[one]
        case 2:
            parts[one.upper()] = parts.pop(one)
        case 3:
            parts[one] = b""
        case 4:
            parts["../" + one] = parts.pop(one)
        case 5:
            return b"junk" * 50 + _packed(parts)
        case _:
            made = _packed(parts)
            start = made.rfind(b"PK\1\2")
            return made[:start] + bytes_changed(made[start:], chance)
    return _packed(parts)


MUTATIONS: tuple[Mutation, ...] = (
    bytes_changed, bytes_cut, xml_bytes, xml_elements, xml_values, cell_types, zip_structure
)  # fmt: skip
