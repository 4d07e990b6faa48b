"""Is the report whole, safe, the same twice, and true to the run?"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from calcis.references import cited, in_full, references
from calcis.report.run_page import render
from calcis.results.store import Run
from tests.view.fake_run import fake_run, number, without_lesion

VOID = {"meta", "br", "input", "link", "img", "hr"}
LOADS = {"script", "iframe", "object", "embed", "link", "img", "video", "audio", "form", "base"}


class Page(HTMLParser):
    """Checks nesting, and collects text, tags, links and ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).replace("\u200b", "").split())

    def values(self, name: str) -> list[str]:
        return [str(attrs[name]) for _, attrs in self.tags if attrs.get(name) is not None]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render(fake_run()))


def test_nothing_is_loaded_from_anywhere_and_nothing_runs(page: Page) -> None:
    assert not LOADS & {tag for tag, _ in page.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert not page.values("src")
    assert all(link.startswith(("#", "https://doi.org/", "https://")) for link in page.values("href"))
    style = re.findall("<style>(.*?)</style>", render(fake_run()), re.DOTALL)[0]
    assert "@import" not in style
    assert re.findall(r"url\(([^)]*)\)", style) == ["#dots", "#hatch"]


def test_links_within_the_page_lead_somewhere(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [link[1:] for link in page.values("href") if link.startswith("#")]
    assert inner
    assert set(inner) <= set(ids)


def hostile(run: Run, text: str) -> Run:
    """The run with `text` wherever a case file can put words."""
    arms = {}
    for index, arm in enumerate(run.arms.values()):
        name = f"{text}{index}"
        findings = tuple(replace(finding, text=text, source=text) for finding in arm.findings)
        changes = tuple(replace(change, note=text, changed_by=text, source=text) for change in arm.changes)
        arms[name] = replace(
            arm,
            name=name,
            findings=findings,
            changes=changes,
            treatment=(text,),
            lesion_facts={text: text},
            failure=text,
            ledger={text: 1.0},
            doses=tuple(replace(dose, drug=text, text=text) for dose in arm.doses),
        )
    case = run.case_text + f"x: {text!r}\n"
    numbers = tuple(replace(one, name=f"a.{text}", note=text) for one in run.parameters)
    return replace(run, title=text, arms=arms, case_text=case, command=text, parameters=numbers)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "</style><script>", "a'b&c"],
)
def test_words_of_the_case_stay_words(text: str) -> None:
    shown = render(hostile(fake_run(), text))
    found = Page(shown)
    assert not LOADS & {tag for tag, _ in found.tags}
    assert not [name for _, attrs in found.tags for name in attrs if name.startswith("on")]
    assert text in html.unescape(shown)
    assert " ".join(text.split()) in found.text


def test_the_same_run_gives_the_same_page() -> None:
    assert render(fake_run()) == render(fake_run())


def test_the_answer_comes_first_and_the_caution_stands(page: Page) -> None:
    text = page.text
    order = [
        "In short",
        "What happened",
        "What this rests on",
        "Known limits",
        "The lesion",
        "Key values",
        "Blood",
        "What was simulated",
        "Numbers used",
        "What to cite",
    ]
    headings = re.findall("<h2>(.*?)</h2>", render(fake_run()))
    assert [title for title in headings if title in order] == order
    assert text.index("not medical advice") < text.index("Key values")
    assert "“watch” calcified (visible on CT from day 226) and “treated” healed." in text
    assert "Total calcium: lowest 2.05 mmol/L on day 100" in text
    assert "54 y, female, 68 kg, human" in text
    assert "denosumab 60 mg SC every 26 weeks" in text
    assert "2 doses, day 0 to day 182" in text


def test_the_story_is_told_in_order_and_what_arms_share_once(page: Page) -> None:
    text = page.text.split("What happened")[1].split("Known limits")[0]
    told = [
        "In every arm",
        "A bite, it was.",
        "watch",
        "Growth day 1",
        "Crystals grew & grew <fast>.",
        "Bone day 3",
    ]
    told += [
        "treated",
        "denosumab 60 mg SC every 26 weeks",
        "All of it went.",
        "Total calcium: lowest",
        "What this",
    ]
    places = [text.index(words) for words in told]
    assert places == sorted(places)
    assert text.count("A bite, it was.") == 1
    # Of the numbers that the steps rest on only the assumed one is listed, with its value.
    rests = text.split("What this rests on")[1]
    assert "Injury mineral.growth 60 1/d" in rests
    assert "kidney.rate" not in rests


def test_a_finding_of_an_arm_that_is_no_part_of_the_story_is_told_with_it() -> None:
    run = fake_run()
    findings = (*run["watch"].findings, replace(run["watch"].findings[0], text="3 doses are not given."))
    text = Page(
        render(replace(run, arms={**run.arms, "watch": replace(run["watch"], findings=findings)}))
    ).text
    assert "To mind 3 doses are not given." in text
    assert text.count("It turned to stone.") == 0  # the table and the sentence above it say so


def test_a_run_without_a_lesion_keeps_its_cards() -> None:
    text = Page(render(without_lesion(fake_run()))).text
    assert "What happened" not in text and "What this rests on" not in text
    assert "Total calcium: lowest 2.05 mmol/L on day 100" in text.split("Key values")[0]


@pytest.mark.parametrize(
    ("disease", "told"),
    [
        ("ckd", "Disease: Chronic kidney disease Body"),
        ("{ckd: {gfr: 15 mL/min}}", "Disease: Chronic kidney disease (GFR: 15 mL/min) Body"),
        ("{ckd: , gone: {a: 1}}", "Disease: Chronic kidney disease; gone (a: 1) Body"),
    ],
)
def test_the_head_tells_what_the_person_has(disease: str, told: str) -> None:
    run = fake_run()
    run = replace(run, case_text=run.case_text.replace("arms:", f"disease: {disease}\narms:"))
    assert told in " ".join(Page(render(run)).text.split())


def test_a_run_without_a_title_has_a_heading() -> None:
    shown = render(replace(fake_run(), title=""))
    assert "<h1>Bite: dermis</h1>" in shown and "<title>Bite: dermis · Calcis</title>" in shown


def test_assumed_numbers_come_first_with_sources_and_borrowed_species(page: Page) -> None:
    text = page.text
    assert text.index("mineral.growth", text.index("Assumed: 1")) < text.index("kidney.rate")
    assert "60 1/d" in text
    assert "1 from mouse (mineral 1)" in text
    assert "case.yaml line 9" not in text.split("Numbers used")[1]
    assert references()["peterson_riggs_2010"][:40] in text


def test_units_of_the_united_states() -> None:
    text = Page(render(fake_run(), "us")).text
    assert "lowest 8.22 mg/dL on day 100" in text
    assert "8.82 to 10.4" in text
    assert "mmol/L (range" not in text


def test_what_does_not_move_is_not_drawn(page: Page) -> None:
    assert "Nothing here moves by more than 1 %: Osteoclasts." in page.text
    labels = page.values("aria-label")
    assert not [label for label in labels if label.startswith("Osteoclasts")]
    assert [label for label in labels if label.startswith("Denosumab")]
    assert len([label for label in labels if label.startswith("Total calcium")]) == 1


def test_facts_in_which_arms_differ_are_not_told_of_all(page: Page) -> None:
    assert "Tissue: dermis" in page.text
    assert "Verdict" not in page.text


def test_a_failed_arm_is_told_and_its_gap_left_open() -> None:
    run = fake_run()
    arm = run["watch"]
    series = {
        name: replace(one, values=np.where(arm.time < 2400, one.values, np.nan))
        for name, one in arm.body_series.items()
    }
    failed = replace(arm, body_series=series, failure="The solver gave up at day 100.")
    shown = render(replace(run, arms={**run.arms, "watch": failed}))
    assert "Failed" in Page(shown).text
    assert "The solver gave up at day 100." in Page(shown).text
    assert "nan" not in re.sub("<style>.*?</style>", "", shown, flags=re.DOTALL).replace("nanometre", "")


def test_an_arm_that_failed_before_its_first_value_is_told_too() -> None:
    run = fake_run()
    arm = run["watch"]
    empty = {
        name: replace(one, values=np.full(len(arm.time), np.nan)) for name, one in arm.body_series.items()
    }
    none = {
        name: replace(one, values=np.full(len(arm.time), np.nan))
        for name, one in (arm.lesion_series or {}).items()
    }
    failed = replace(arm, body_series=empty, lesion_series=none, failure="It could not start.")
    assert "It could not start." in Page(render(replace(run, arms={"watch": failed}))).text
    assert "It could not start." in Page(render(replace(run, arms={**run.arms, "watch": failed}))).text


def test_one_arm_no_lesion_no_doses() -> None:
    run = without_lesion(fake_run())
    text = Page(render(replace(run, arms={"watch": run["watch"]}))).text
    assert "The lesion" not in text
    assert "doses" not in text.split("Numbers used")[0]


def test_many_arms_keep_their_own_line_styles() -> None:
    run = fake_run()
    arms = {f"arm {i}": replace(run["watch"], name=f"arm {i}") for i in range(6)}
    shown = render(replace(run, arms=arms))
    assert all(f'class="line s{i}"' in shown for i in range(6))


def test_source_without_a_reference_is_shown_as_it_is() -> None:
    odd = replace(number("a.b", 1.0, "given"), source="my notebook: page 3")
    assert "my notebook: page 3" in Page(render(replace(fake_run(), parameters=(odd,)))).text


def test_references_are_plain_text() -> None:
    """No TeX is left in what a reader sees, and every entry has a title and ends as a sentence or link."""
    for key, text in references().items():
        assert not re.search(r"[{}\\]", text), key
        assert len(text) > 20, key
        assert text.endswith(".") or re.search(r"https?://\S+$", text), key


def test_reference_fields() -> None:
    entry = """@article{doe_2020, author = {Doe, Jane and M{\\"u}ller, K.}, title = {{CT} of $x$},
      journal = {J. Bone}, year = 2020, volume = {3}, number = {1}, pages = {1--9}, doi = {10.1/x}}"""
    assert cited(entry) == {
        "doe_2020": "Doe, Jane; Müller, K. (2020). CT of $x$. J. Bone 3(1):1–9. https://doi.org/10.1/x"
    }
    assert in_full("nobody_1900: table 1") == "nobody_1900: table 1"
