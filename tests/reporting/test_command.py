"""`ovop report`: what it lists, writes and refuses; whose books it shows."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader
from worked.books import Books

from ovop_payouts.folding import goods, money
from ovop_payouts.folding.reversed import REVERSAL
from ovop_payouts.refusal import Refusal
from ovop_payouts.reporting import kinds, span_of
from ovop_payouts.settings import BadSettings, settings_from
from reports.colours import PAPER, SERIES, lightness
from reports.report import FORMATS
from reports.words import words

NAMES = """treasurer trial-balance payables advances sales margins stock certificates rejects
orders groups impact unsettled consolidated esf 1c""".split()


def test_all_reports_are_there_each_with_a_line_about_it(small: Books) -> None:
    assert set(kinds()) == set(NAMES)
    listed = small.done("anna", "report", "--lang", "en").splitlines()
    assert [line.split()[0] for line in listed] == sorted(NAMES)
    rows = json.loads(small.done("anna", "report", "--json"))
    assert [row["report"] for row in rows] == sorted(NAMES)


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_is_written_under_a_name_that_tells(
    small: Books, tmp_path: Path, form: str
) -> None:
    words = ("report", "treasurer", "2026-03", "-a", "naryn", "--lang", "ky", "--format", form)
    small.done("anna", *words, "--out", str(tmp_path))
    (path,) = tmp_path.iterdir()
    suffix = "txt" if form == "text" else form
    assert path.name == f"treasurer_2026-03_naryn_ky.{suffix}"
    assert path.stat().st_size > 500


def test_without_a_period_it_is_the_month_of_the_latest_run(small: Books) -> None:
    made = json.loads(small.done("anna", "report", "groups", "--format", "json"))
    assert (made["period"], made["until"]) == ("2026-03", "2026-03-31")
    assert made == json.loads(small.done("anna", "report", "groups", "--json"))


def test_a_treasurer_sees_only_own_association(small: Books) -> None:
    for name in sorted(set(NAMES) - {"consolidated"}):
        text = small.done("talgat", "report", name, "2026-03", "--format", "json")
        assert "Atbashy" not in text, name
        assert "N1" not in json.dumps(json.loads(text)["tables"]), name
    refused = small.not_done("talgat", "report", "treasurer", "2026-03", "-a", "naryn")
    assert "treasurer of issyk-kul alone" in refused
    assert "not for one alone" in small.not_done("talgat", "report", "consolidated", "2026-03")


def test_what_there_is_not_is_refused_in_one_line(small: Books) -> None:
    assert "there is no report tax" in small.not_done("anna", "report", "tax")
    assert "is no period" in small.not_done("anna", "report", "sales", "March")
    assert "osh is not known" in small.not_done("anna", "report", "sales", "2026-03", "-a", "osh")


def test_periods() -> None:
    assert span_of("2026").months[::11] == ("2026-01", "2026-12")
    assert span_of("2026-q1").months == ("2026-01", "2026-02", "2026-03")
    assert span_of("2025-11..2026-02").months == ("2025-11", "2025-12", "2026-01", "2026-02")
    for text in ("2026-13", "2026-Q5", "26", "2026-02..2026-01", "..2026-01"):
        with pytest.raises(Refusal):
            span_of(text)


def test_a_quarter_and_a_year_add_up_their_months(small: Books) -> None:
    month = json.loads(small.done("anna", "report", "sales", "2026-03", "--json"))
    for period in ("2026-Q1", "2026", "2026-02..2026-03"):
        longer = json.loads(small.done("anna", "report", "sales", period, "--json"))
        assert longer["figures"] == month["figures"]
        columns = [column["name"] for column in longer["tables"][-1]["columns"]]
        assert "2026-03" in columns


def test_pdfs_are_tagged_with_fonts_of_their_own_and_say_the_totals(
    small: Books, tmp_path: Path
) -> None:
    for name in NAMES:
        words = ("report", name, "2026-03", "--lang", "ky", "--format", "pdf")
        small.done("anna", *words, "--out", str(tmp_path / f"{name}.pdf"))
        reader = PdfReader(BytesIO((tmp_path / f"{name}.pdf").read_bytes()))
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
        text = "\n".join(page.extract_text() for page in reader.pages).replace("\u00a0", " ")
        made = json.loads(small.done("anna", "report", name, "2026-03", "--lang", "ky", "--json"))
        for figure in made["figures"]:
            if figure["kind"] == "money" and figure["value"]:
                shown = f"{float(figure['value']):,.2f}".replace(",", " ").replace(".", ",")
                assert shown.replace("-", "−") in text, (name, figure)


def test_colours_are_told_apart_in_grey() -> None:
    greys = [lightness(colour) for colour in SERIES]
    assert all(later - earlier > 10 for earlier, later in pairwise(greys))
    assert lightness(PAPER) - greys[-1] > 10


def test_codes_of_another_system_are_those_of_the_settings() -> None:
    assert settings_from(b'[codes]\nbank = "1220"\n').codes == {"bank": "1220"}
    with pytest.raises(BadSettings, match=r"codes\.banc: is no kind of account"):
        settings_from(b'[codes]\nbanc = "1220"\n')
    with pytest.raises(BadSettings, match="codes"):
        settings_from(b"[codes]\nbank = 1220\n")


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_kind_of_entry_has_its_words_for_1c(language: str) -> None:
    tags = {*goods.HANDLERS, *money.HANDLERS, "openings", "regrouping", "passed-through", REVERSAL}
    assert len(tags) > 15
    for tag in tags:
        assert words(language)(f"tag_{tag}")
