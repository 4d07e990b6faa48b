"""Do the pictures of a lesion in space show what is there, on one scale, and stay small?"""

from __future__ import annotations

import base64
import io
import re

import matplotlib.image
import numpy as np
import pytest
import xarray

from calcis.imaging.pictures import SpacePictures
from calcis.imaging.raster import png
from calcis.imaging.strip import coarser, top
from tests.imaging.test_measures import fields


def pictures(**arms: xarray.Dataset) -> SpacePictures:
    return SpacePictures(arms, stained=15.0, seen_on_ct=620.0, seen_on_radiograph=100.0, calcium_mass=40.0)


def rows_of(told: dict, words: str) -> dict:
    return next(row for row in told["rows"] if words in row["title"])


def images(svg: str) -> list[np.ndarray]:
    found = re.findall(r'href="data:image/png;base64,([^"]+)"', svg)
    return [matplotlib.image.imread(io.BytesIO(base64.b64decode(one))) for one in found]


def test_a_png_is_read_back_by_others() -> None:
    values = np.arange(12.0).reshape(3, 4)
    read = matplotlib.image.imread(io.BytesIO(png(values, 0.0, 11.0, "grey")))
    np.testing.assert_allclose(read[..., 0], np.rint(255 * values / 11.0) / 255, atol=1e-6)


def test_a_palette_grows_lighter_evenly() -> None:
    """In grey print, too, more is lighter: each of 256 colours is as light as the one before it."""
    read = matplotlib.image.imread(io.BytesIO(png(np.arange(256.0)[None], 0.0, 255.0, "viridis")))
    light = read[0, :, :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(light) > -1.0 / 255.0).all() and light[-1] > light[0] + 0.6


def test_a_slice_shows_the_surface_at_its_top() -> None:
    told = pictures(one=fields()).told()
    last = images(rows_of(told, "CT")["pictures"][0][1])[-1]
    rows = np.flatnonzero((last[..., 0] > last[..., 0].min()).any(axis=1))
    assert (rows[0], rows[-1]) == (2, 17)  # 0.5 to 4.5 mm below the surface


def test_arms_share_their_scale() -> None:
    half = fields()
    half["mineral_total"] = 0.5 * half["mineral_total"]
    told = pictures(one=fields(), half=half).told()
    one, other = (images(svg)[0][..., 0] for _, svg in rows_of(told, "X-ray")["pictures"])
    assert other.max() == pytest.approx(0.5 * one.max(), abs=0.01)
    assert told["table"][2] == ("Seen on CT: volume", [told["table"][2][1][0], "none"])


def test_pictures_say_what_they_show_to_those_who_do_not_see_them() -> None:
    told = pictures(**{"a <b>": fields()}).told()
    for row in told["rows"]:
        for _, svg in row["pictures"]:
            assert re.search(r'role="img" aria-label="[^"<]*a &lt;b&gt;[^"<]* at most [^"<]*"', svg)


def test_what_is_not_there_has_no_picture() -> None:
    calm = fields()
    calm["dead_fraction"][:] = 0.0
    calm["mineral_total"][:] = 0.0
    told = pictures(calm=calm).told()
    assert [row["title"][:5] for row in told["rows"]] == ["As CT"]
    assert told["profiles"] is None and told["fronts"] is None


def test_an_arm_without_mineral_beside_one_with_it_has_none() -> None:
    calm = fields()
    calm["mineral_total"][:] = 0.0
    told = pictures(stony=fields(), calm=calm).told()
    stony, none = (svg for _, svg in rows_of(told, "X-ray")["pictures"])
    assert len(images(stony)) == 2 and "none" in none and not images(none)


def test_a_line_has_profiles_and_no_slices() -> None:
    line = fields().isel(y=slice(12, 13), z=slice(10, 11)).assign_coords(y=[0.125], z=[0.125])
    told = pictures(line=line).told()
    assert told["rows"] == [] and told["profiles"] and told["fronts"]


def test_a_large_block_makes_no_large_page() -> None:
    """An arm of noise at 128 voxels an edge, the worst there is, stays below half a megabyte."""
    noise = np.random.default_rng(1).random((2, 128, 1, 128))
    axes, places = ("time", "z", "y", "x"), 0.1 * (np.arange(128) + 0.5)
    names = ("dead_fraction", "mineral_total", "radiodensity", "neutrophils", "giant_cells", "scar_fraction")
    block = xarray.Dataset(
        dict.fromkeys(names, (axes, 1000.0 * noise)),
        coords={"time": [0.0, 24.0], "z": places, "y": [0.05], "x": places},
    )
    told = pictures(noise=block).told()
    size = sum(len(svg) for row in told["rows"] for _, svg in row["pictures"])
    assert 2.5 * size < 5e5  # five times where these are two


def test_coarser_keeps_the_mean() -> None:
    values = np.random.default_rng(2).random((192, 200))
    assert coarser(values).shape == (64, 67)
    assert coarser(values[:, :192]).mean() == pytest.approx(values[:, :192].mean())


@pytest.mark.parametrize(("value", "round_"), [(0.9, 1.0), (1.0, 1.0), (1.1, 1.5), (55, 60), (810, 1000)])
def test_scales_end_at_round_numbers(value: float, round_: float) -> None:
    assert top(value) == pytest.approx(round_)
