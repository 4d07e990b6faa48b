"""Does a picture show what the numbers say?  Read back from the SVG, in the units of its axes."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from calcis.figures import Line, Panel, areas, curves, number, settled

DAY = 24.0


def panel(values: np.ndarray, days: float = 10.0, **more: object) -> Panel:
    time = np.linspace(0.0, days * DAY, len(values))
    return Panel("Calcium", "mmol/L", time, (Line("watch", values, "s0"),), **more)  # type: ignore[arg-type]


def texts(svg: str, kind: str) -> list[tuple[float, float]]:
    """(place, number) of the ticks of an axis: `end` for values (place is y), `mid` for times (x)."""
    found = []
    for node in ET.fromstring(svg).iter("text"):
        if kind in str(node.get("class")) and re.fullmatch("[−0-9.]+", node.text or ""):
            place = node.get("y" if kind == "end" else "x")
            found.append((float(place or 0), float((node.text or "").replace("−", "-"))))
    return found


def read_back(svg: str, which: str = "line s0") -> tuple[np.ndarray, np.ndarray]:
    """Times and values of a drawn path, by the ticks of the axes."""
    path = next(node for node in ET.fromstring(svg).iter("path") if node.get("class") == which)
    points = np.array([[float(x), float(y)] for x, y in re.findall(r"([\d.]+) ([\d.]+)", str(path.get("d")))])
    (y0, v0), (y1, v1) = texts(svg, "end")[0], texts(svg, "end")[-1]
    (x0, t0), (x1, t1) = texts(svg, "mid")[0], texts(svg, "mid")[-1]
    times = t0 + (points[:, 0] - x0) * (t1 - t0) / (x1 - x0)
    return times, v0 + (points[:, 1] + 3.5 - y0) * (v1 - v0) / (y1 - y0)


def test_curve_is_where_its_numbers_are() -> None:
    values = 2.0 + np.sin(np.linspace(0, 6, 50))
    times, drawn = read_back(curves(panel(values)))
    # A tenth of a pixel of rounding in a picture 153 high that spans about 2.2, and 324 wide for 10 d.
    assert np.abs(drawn - values).max() < 2 * 0.1 * 2.5 / 153
    assert np.abs(times - np.linspace(0, 10, 50)).max() < 2 * 0.1 * 10 / 324


def test_axis_holds_data_and_band_whole() -> None:
    svg = curves(panel(np.full(20, 3.1), band=(2.2, 2.6)))
    band = next(node for node in ET.fromstring(svg).iter("rect"))
    _, drawn = read_back(svg)
    assert drawn == pytest.approx(np.full(20, 3.1), abs=0.01)
    (y0, v0), (y1, v1) = texts(svg, "end")[0], texts(svg, "end")[-1]
    top, height = float(str(band.get("y"))), float(str(band.get("height")))
    ends = [v0 + (y + 3.5 - y0) * (v1 - v0) / (y1 - y0) for y in (top + height, top)]
    assert ends == pytest.approx([2.2, 2.6], abs=0.01)


def test_a_course_that_hardly_moves_looks_still() -> None:
    values = 2.35 + 0.001 * np.sin(np.linspace(0, 6, 50))
    path = re.search(r'class="line s0" d="([^"]+)"', curves(panel(values)))
    assert path
    heights = [float(y) for y in re.findall(r" ([\d.]+)", path[1])]
    assert max(heights) - min(heights) < 2.0  # of 153


def test_gap_where_a_value_is_not_known() -> None:
    values = np.ones(20)
    values[8:12] = math.nan
    path = re.search(r'class="line s0" d="([^"]+)"', curves(panel(values)))
    assert path
    assert path[1].count("M") == 2
    assert "nan" not in curves(panel(values))


def test_no_number_at_all_still_is_a_picture() -> None:
    svg = curves(panel(np.full(20, math.nan)))
    assert ET.fromstring(svg).tag == "svg"
    assert "nan" not in svg
    assert "inf" not in svg


@pytest.mark.parametrize("level", [0.0, 1e-12, -3.0, 1e9, 5e-324, 1.0])
def test_constant_courses_of_any_size_are_drawn(level: float) -> None:
    svg = curves(panel(np.full(20, level)))
    assert len(texts(svg, "end")) >= 1 or "e" in svg
    assert not re.search("nan|inf", svg)


def test_peaks_survive_thinning() -> None:
    values = np.zeros(500_000)
    values[123_456] = 7.0
    svg = curves(panel(values, days=365.0))
    assert len(svg) < 60_000
    times, drawn = read_back(svg)
    weeks = 123_456 / 499_999 * 365 / 7
    assert drawn.max() == pytest.approx(7.0, abs=0.02)
    assert times[int(np.argmax(drawn))] == pytest.approx(weeks, abs=0.1)


@pytest.mark.parametrize(
    ("days", "unit", "last"),
    [
        (1.0, "hours", 24),
        (10.0, "days", 10),
        (84.0, "days", 84),
        (365.25, "weeks", 52),
        (3652.5, "years", 10),
    ],
)
def test_time_axis_has_a_unit_that_suits(days: float, unit: str, last: float) -> None:
    svg = curves(panel(np.ones(50), days=days))
    assert f">{unit}</text>" in svg
    ticks = [value for _, value in texts(svg, "mid")]
    assert ticks[0] == 0
    assert 3 <= len(ticks) <= 8
    assert 0.75 * last <= ticks[-1] <= last


def test_doses_are_marked_at_their_times() -> None:
    times = np.array([0.0, 4 * DAY])
    svg = curves(panel(np.ones(50), doses={"s1": times}))
    marks = re.search(r'class="dose s1" d="([^"]+)"', svg)
    assert marks
    ticks = {value: place for place, value in texts(svg, "mid")}
    tips = [float(x) + 3 for x in re.findall(r"M([\d.]+)", marks[1])]
    assert tips == pytest.approx([ticks[0.0], ticks[4.0]], abs=0.2)


def test_daily_doses_are_one_bar() -> None:
    svg = curves(panel(np.ones(50), days=365.0, doses={"s1": np.arange(365) * DAY}))
    assert 'class="doses s1"' in svg
    assert 'class="dose s1"' not in svg


def test_areas_add_up() -> None:
    time = np.linspace(0, 100.0, 11)
    svg = areas("Tissue", time, [("dead", np.full(11, 0.25)), ("living", np.full(11, 0.75))])
    paths = {str(node.get("class")): str(node.get("d")) for node in ET.fromstring(svg).iter("path")}
    edge = {
        name: float(re.match(r"M[\d.]+ ([\d.]+)", paths[f"layer layer-{name}"])[1])
        for name in ("dead", "living")
    }  # type: ignore[index]
    heights = {value: place - 3.5 for place, value in texts(svg, "end")}
    assert edge["dead"] == pytest.approx(heights[25.0], abs=0.1)
    assert edge["living"] == pytest.approx(heights[100.0], abs=0.1)


def test_names_cannot_become_markup() -> None:
    line = Line("<script>&\"'", np.ones(5), "s0")
    svg = curves(Panel("<i>", '"><script>', np.arange(5.0), (line,)))
    assert "<script" not in svg
    assert ET.fromstring(svg).tag == "svg"


def test_settled_finds_when_it_is_over() -> None:
    time = np.arange(366) * DAY
    quick = np.where(time < 10 * DAY, 1.0, 0.0)
    assert settled(time, [quick]) == 2 * 168.0
    assert settled(time, [np.linspace(0, 1, 366)]) == time[-1]
    assert settled(time, [np.ones(366)]) == 168.0
    assert settled(time, [np.full(366, math.nan)]) == 168.0


def test_tick_numbers() -> None:
    assert number(0.30000000000000004, 0.1) == "0.3"
    assert number(-2.0, 1.0) == "−2"
    assert number(2.5, 2.5) == "2.5"
    assert number(0.25, 0.05) == "0.25"
    assert number(1e-17, 0.5) == "0.0"


def points(svg: str, which: str) -> list[tuple[float, float]]:
    """Places of the first path of a class, as drawn."""
    path = next(node for node in ET.fromstring(svg).iter("path") if node.get("class") == which)
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", str(path.get("d")))]


@pytest.mark.parametrize("jump", [4.0, 3.5])
def test_a_jump_looks_like_a_jump(jump: float) -> None:
    """Tissue that dies at once on day 4, or between two outputs: the edge is upright where it dies."""
    time = np.arange(11) * DAY
    dead = np.where(time >= jump * DAY, 0.9, 0.0)
    layers = [("dead", dead), ("living", 1 - dead)]
    days = {value: place for place, value in texts(areas("Tissue", time, layers), "mid")}
    ramp = points(areas("Tissue", time, layers), "layer layer-dead")
    edge = points(areas("Tissue", time, layers, jumps=[jump * DAY]), "layer layer-dead")
    at = days[0.0] + jump / 10 * (days[10.0] - days[0.0])
    heights = {round(y, 1) for x, y in edge if abs(x - at) < 0.15}
    assert len(heights) == 2 and max(heights) - min(heights) > 100  # both values stand at the jump
    rising = [x for x, y in edge[: len(edge) // 2] if min(heights) < y < max(heights) - 0.1]
    assert not rising
    assert len(edge) > len(ramp)


def test_a_curve_stays_until_the_injury_and_then_goes_on() -> None:
    """Without a jump of its own nothing upright is drawn, but nothing before it happened either."""
    values = np.array([0.0, 0.0, 0.0, 0.0, 6.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0])
    times, drawn = read_back(curves(panel(values, jumps=(3.5 * DAY,))))
    assert np.interp(3.5, times, drawn) == pytest.approx(0.0, abs=0.05)
    assert np.interp(3.25, times, drawn) == pytest.approx(0.0, abs=0.05)
    _, plain = read_back(curves(panel(values)))
    assert len(drawn) == len(plain) + 1


def test_jumps_at_the_ends_or_outside_change_nothing() -> None:
    values = np.arange(11.0)
    plain = curves(panel(values))
    assert curves(panel(values, jumps=(0.0, -5.0, 10 * DAY + 1.0))) == plain


def test_decades_and_levels() -> None:
    """A logarithmic axis from 0.1: a course of 0 lies on the floor, 620 on the line that is named for it."""
    values = np.array([0.0, 1.0, 10.0, 100.0, 620.0])
    svg = curves(panel(values, levels={"CT": 620.0, "never": 1e6}, decades_from=0.1))
    ticks = [value for _, value in texts(svg, "end")]
    assert ticks == [0.1, 1.0, 10.0, 100.0, 1000.0]
    drawn = [y for _, y in points(svg, "line s0")]
    floor, decade = drawn[0], (drawn[1] - drawn[3]) / 2
    assert drawn[1] == pytest.approx(floor - decade, abs=0.2)
    level = re.search(r'class="threshold" d="M[\d.]+ ([\d.]+)H', svg)
    assert level
    assert float(level[1]) == pytest.approx(drawn[4], abs=0.1)
    assert ">CT</text>" in svg and "never" not in svg
