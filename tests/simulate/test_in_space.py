"""Is the lesion of a case in space what its voxels say, taken up where it stopped, cut where it is?"""

from __future__ import annotations

import re

import numpy as np
import pytest

import calcis
from calcis.case import read_case_text
from calcis.case.placed import injured
from calcis.case.templates import template
from calcis.errors import InputError
from calcis.simulate import simulate
from calcis.simulate.in_space import frame_times
from calcis.solve.grid.layout import Grid
from calcis.space.margin import within_margin
from calcis.space.shapes import Sphere, share_of_voxels
from tests.simulate.kills import SPACE, everything, kills

CUT = "  cut: [{excise: {at: 12 d, margin: 0.3 mm}}]\n"
LESION = """  injury: {kind: toxin, at: 2 d, shape: {sphere: {diameter: 2 mm}}, killed: 0.9}
  grid: [12, 12, 12]
  spacing: 0.25 mm
"""


def changed(*pairs):
    text = SPACE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def run():
    return simulate(read_case_text(SPACE, "case"))


def test_courses_are_those_of_the_fields(run):
    arm = run["watch"]
    fields, each = arm.fields, 0.25**3
    assert dict(fields.sizes) == {"time": 25, "z": 12, "y": 12, "x": 12}
    assert np.array_equal(fields.time, arm.space_time)
    mineral = fields.mineral_total.values.astype(float)
    mass = mineral.sum(axis=(1, 2, 3)) * each * 1e-6 * 40.078
    assert mass[-1] > 1e-3
    assert arm.space["calcium_in_mineral"].values == pytest.approx(mass, rel=1e-5, abs=1e-12)
    assert arm.space["visible_volume"].values == pytest.approx((mineral >= 620).sum(axis=(1, 2, 3)) * each)
    ball = (0.75 * arm.space["visible_volume"].values / np.pi) ** (1 / 3)
    assert arm.space["visible_radius"].values == pytest.approx(ball)
    assert (arm.space["stainable_radius"].values >= ball).all()
    assert np.allclose(fields.radiodensity, 50 + 1.35 * 0.1005 * mineral, rtol=1e-5)  # single precision


def test_a_lesion_in_the_middle_is_symmetric(run):
    """The block is: only the order of relaxation, red before black, tells left from right."""
    mineral = run["watch"].fields.mineral_total.values[-1].astype(float)
    for axis in range(3):
        assert np.allclose(mineral, np.flip(mineral, axis), rtol=1e-3, atol=1e-2 * mineral.max())


def test_books_of_the_block_close(run):
    for arm in run.values():
        assert max(share for name, share in arm.ledger.items() if name.startswith("space.")) < 1e-9


def test_what_is_cut_out_is_weighed_and_gone(run):
    arm = run["cut"]
    (cut,) = arm.lesion_facts["in_space"]["removed"]
    before = run["watch"].space["calcium_in_mineral"].values[12]
    fluid = 1.25 * 0.2 * cut["volume"]["value"] * 1e-6 * 40.078  # at most
    assert cut["calcium"]["value"] == pytest.approx(before, rel=1e-2, abs=fluid)
    assert cut["share_of_mineral"]["value"] > 99.0
    after = arm.fields.sel(time=288.0)
    assert float(after.mineral_total.max()) < 15.0
    assert float(after.living_fraction.sel(z=1.5, y=1.5, x=1.5, method="nearest")) == 0.0
    assert any("of calcium, 100 % of the mineral there" in finding.text for finding in arm.findings)


def test_layers_lie_under_the_surface():
    layers = "  layers: [{tissue: skin, thickness: 1 mm}, {tissue: fat, thickness: 1 mm}]\n"
    text = changed(
        (LESION, LESION + layers), ("24 d", "3 d"), ("  cut: [{excise: {at: 12 d, margin: 0.3 mm}}]\n", "")
    )
    found = simulate(read_case_text(text, "case"))["watch"].fields.exchange_relative.values[0]
    assert (found[:4] == found[0, 0, 0]).all()
    assert (found[4:8] == found[4, 0, 0]).all()
    assert (found[8:] == found[8, 0, 0]).all()
    assert len({float(found[z, 0, 0]) for z in (0, 4, 8)}) == 3


def test_interrupted_it_goes_on_to_the_same_bits(tmp_path, run):
    case = read_case_text(SPACE, "case")

    def interrupt(at):
        def progress(what, share):
            if "in space" in what and share >= at:
                raise KeyboardInterrupt

        return progress

    for at in (0.1, 0.3, 0.8):
        with pytest.raises(KeyboardInterrupt):
            simulate(case, tmp_path, resume=True, progress=interrupt(at))
    begun = []
    again = simulate(case, tmp_path, resume=True, progress=lambda what, share: begun.append((what, share)))
    assert min(share for what, share in begun if "cut in space" in what) >= 0.5
    assert np.array_equal(everything(again), everything(run))


def test_killed_and_resumed_to_the_same_bits(tmp_path):
    """One of those that `python -m tests.simulate.kills --space` does."""
    small = changed(("[12, 12, 12]", "[8, 8, 8]"), ("0.25 mm", "0.375 mm"), ("24 d", "8 d"), ("12 d", "4 d"))
    assert kills(1, 3, tmp_path, small)[0] == 1


def test_a_damaged_checkpoint_is_ignored_and_another_cases_refused(tmp_path):
    short = changed(("24 d", "6 d"), ("  cut: [{excise: {at: 12 d, margin: 0.3 mm}}]\n", ""))
    case = read_case_text(short, "case")

    def stop(what, share):
        if "in space" in what and share >= 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(case, tmp_path, progress=stop)
    kept = tmp_path / "checkpoint" / "space_0.npz"
    sound = kept.read_bytes()
    other = read_case_text(short.replace("1.5 mmol", "1.6 mmol"), "case")
    with pytest.raises(InputError, match="checkpoint of this case"):
        simulate(other, tmp_path, resume=True)
    undisturbed = everything(simulate(case))
    for content in (b"", sound[:5000], b"not a checkpoint"):
        kept.write_bytes(content)
        assert np.array_equal(everything(simulate(case, tmp_path, resume=True)), undisturbed)


@pytest.mark.parametrize("full", ["FieldWriter", "FieldWriter.write", "_keep", "finish"])
def test_a_full_disk_is_told_in_words(tmp_path, monkeypatch, full):
    def write(*args, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"calcis.simulate.in_space.{full}", write)
    with pytest.raises(InputError, match=r"a folder with room .* No space left on device"):
        simulate(read_case_text(changed(("24 d", "3 d"), (CUT, "")), "case"), tmp_path)


def test_a_block_that_no_memory_holds_is_refused(monkeypatch):
    monkeypatch.setattr("os.sysconf", lambda name: 4096 if name == "SC_PAGE_SIZE" else 1000)
    with pytest.raises(InputError, match=r"fits into the 0\.0041 GB"):
        simulate(read_case_text(changed(("[12, 12, 12]", "[16, 16, 16]")), "case"))


def test_of_a_slice_it_is_said_how_thick_it_is():
    text = changed(
        ("24 d", "3 d"),
        ("  cut: [{excise: {at: 12 d, margin: 0.3 mm}}]\n", ""),
        ("[12, 12, 12]", "[12, 10]"),
    )
    arm = simulate(read_case_text(text, "case"))["watch"]
    assert dict(arm.fields.sizes) == {"time": 4, "z": 10, "y": 1, "x": 12}
    told = [one.text for one in arm.findings]
    assert any(text.startswith("What is told of the slice in space is that of one voxel") for text in told)
    assert not any("the block took" in text for text in told)


def test_a_run_folder_holds_the_fields(tmp_path):
    text = changed(("24 d", "3 d"), ("  cut: [{excise: {at: 12 d, margin: 0.3 mm}}]\n", ""))
    found = calcis.run(read_case_text(text, "case"), tmp_path / "a.run")
    again = calcis.load(tmp_path / "a.run")
    assert (tmp_path / "a.run" / "fields.zarr" / "zarr.json").is_file()
    assert not (tmp_path / "a.run" / "checkpoint").exists()
    assert np.array_equal(everything(found), everything(again))


WRONG = {
    "odd": ("grid: [12, 12, 12]", "grid: [15, 16, 16]", "an even number of voxels along the first edge"),
    "too many": ("grid: [12, 12, 12]", "grid: [512, 512, 64]", "at most 2097152 voxels"),
    "four": ("grid: [12, 12, 12]", "grid: [4, 4, 4, 4]", "one to three whole numbers"),
    "too wide": ("{diameter: 2 mm}", "{diameter: 5 mm}", "a patch inside the block of 3 x 3 x 3 mm"),
    "in the air": ("{diameter: 2 mm}", "{diameter: 2 mm, depth: 0.5 mm}", "its middle at least 1 mm deep"),
    "too narrow": ("{diameter: 2 mm}", "{diameter: 0.1 mm}", "a patch at least a voxel of 0.25 mm wide"),
    "two shapes": (
        "{sphere: {diameter: 2 mm}}",
        "{sphere: {diameter: 2 mm}, line: {diameter: 1 mm, end: 2 mm}}",
        "one shape of",
    ),
    "no spacing": ("  spacing: 0.25 mm\n", "", "`spacing` in lesion"),
    "no grid": ("  grid: [12, 12, 12]\n", "", "`grid` in lesion"),
    "thick": (
        "  spacing: 0.25 mm\n",
        "  spacing: 0.25 mm\n  layers: [{tissue: skin, thickness: 3 mm}]\n",
        "layers thinner than the block",
    ),
    "thin": (
        "  spacing: 0.25 mm\n",
        "  spacing: 0.25 mm\n  layers: [{tissue: skin, thickness: 0.1 mm}]\n",
        "a layer at least a voxel of 0.25 mm thick",
    ),
    "strange layer": (
        "  spacing: 0.25 mm\n",
        "  spacing: 0.25 mm\n  layers: [{tissue: skim, thickness: 1 mm}]\n",
        "a tissue: ",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_refused_with_its_place(name):
    old, new, expected = WRONG[name]
    with pytest.raises(InputError) as wrong:
        read_case_text(changed((old, new)), "case.yaml")
    assert expected in wrong.value.expected
    assert wrong.value.line is not None


@pytest.mark.parametrize(
    ("intervals", "frames", "even"), [(24, 25, True), (72, 37, True), (2000, 41, True), (97, 34, False)]
)
def test_frames_are_few_and_evenly_spaced_where_that_can_be(intervals, frames, even):
    times = frame_times(np.arange(intervals + 1.0))
    assert len(times) == frames <= 49
    assert (times[0], times[-1]) == (0.0, intervals)
    assert (len(set(np.diff(times))) == 1) == even


def test_a_sharp_threshold_beside_empty_voxels_is_passed(monkeypatch):
    """Rows of 20 are filled up to 32, with voxels at which nobody looks, and which must stay numbers."""
    monkeypatch.setattr("calcis.simulate.block.SMOOTHING", 1.5e-4)  # stopped on day 1.6
    text = template("implant_in_space").replace("12 weeks", "2 d").replace("  as in the rat: []\n", "")
    (arm,) = simulate(read_case_text(text, "case")).values()
    assert arm.failure is None
    assert arm.space["calcium_in_mineral"].values[-1] > 1e-5


def test_a_margin_is_a_distance():
    rng = np.random.default_rng(3)
    chosen = rng.random((9, 7, 11)) < 0.02
    z, y, x = np.indices(chosen.shape)
    for margin in (0.0, 0.4, 0.5, 0.9, 1.4):
        squared = np.min(
            [(z - a) ** 2 + (y - b) ** 2 + (x - c) ** 2 for a, b, c in np.argwhere(chosen)], axis=0
        )
        assert np.array_equal(within_margin(chosen, margin, 0.25), squared * 0.0625 <= margin**2 * (1 + 1e-8))


def test_many_tell_their_courses_as_json_and_what_a_block_needs(run):
    from calcis.case.block import block_words
    from calcis.terminal import run_json

    told = run_json(run)["arms"]["cut"]["space"]
    assert told["stainable_radius"]["unit"] == "mm"
    assert told["visible_volume"]["unit"] == "mm^3"
    assert told["time"]["values"] == run["cut"].space_time.tolist()
    large = changed(
        ("[12, 12, 12]", "[96, 64]"), ("0.25 mm\n", "0.25 mm\n  layers: [{tissue: skin, thickness: 2 mm}]\n")
    )
    lesion = read_case_text(large, "case").lesion
    assert block_words(lesion) == (
        "in space: 96 x 64 voxels of 0.25 mm, 24 x 16 mm; from the surface skin 2 mm, then skeletal_muscle"
    )
    assert "about 3.6 GB" in block_words(lesion.model_copy(update={"grid": (128, 128, 128)}))


def test_a_core_that_grows_joins_shell_by_shell():
    form = "{growing: {begin: 0.5 mm, end: 2.4 mm, over: 12 d, rim: 0.2 mm}}"
    case = read_case_text(changed(("{sphere: {diameter: 2 mm}}", form)), "case")
    shape, grid = case.lesion.injury.shape.kind, Grid(case.lesion.grid, case.lesion.spacing)
    shells = injured(grid, shape, 48.0)
    assert shells[-1][0] == pytest.approx(48.0 + 288.0)
    left = np.ones(grid.shape[::-1])
    for _, within in shells:
        left = left * (1.0 - within)
    whole = share_of_voxels(Sphere((1.5, 1.5, 1.5), 2.0), grid)
    assert np.allclose(1.0 - left, whole, atol=1e-12)
    assert shape.volume == pytest.approx(4.18879, rel=1e-5)  # π·2³/6


def test_patches_die_one_after_the_other_and_apart():
    form = "{patches: {diameter: 2.2 mm, patch: 0.7 mm, number: 5, over: 10 d}}"
    case = read_case_text(changed(("{sphere: {diameter: 2 mm}}", form)), "case")
    shape, grid = case.lesion.injury.shape.kind, Grid((60, 60, 60), 0.05)
    patches = injured(grid, shape, 48.0)
    assert [at for at, _ in patches] == pytest.approx([48.0 + 60.0 * k for k in range(5)])
    left = np.ones(grid.shape[::-1])
    for _, within in patches:
        assert within.min() >= 0.0
        left = left * (1.0 - within)
    assert (1.0 - left).sum() * 0.05**3 == pytest.approx(shape.volume, rel=0.03)
    assert shape.volume == pytest.approx(5 * np.pi * 0.7**3 / 6)
    places = np.array(shape.places)
    assert np.linalg.norm(places, axis=1).max() <= 0.5 * (2.2 - 0.7)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(5, 1)]
    assert apart.min() >= 0.7
    again = read_case_text(case.text, "case").lesion.injury.shape.kind
    other = read_case_text(changed(("{sphere: {diameter: 2 mm}}", form[:-2] + ", seed: 2}}")), "case")
    assert again.places == shape.places
    assert other.lesion.injury.shape.kind.places != shape.places


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("{patches: {diameter: 2 mm, patch: 2 mm, number: 2}}", "a `patch` narrower than 2 mm"),
        ("{patches: {diameter: 2 mm, patch: 1 mm, number: 40}}", "expected patches that find room beside"),
        ("{patches: {diameter: 2 mm, patch: 1 mm, number: 1}}", "expected a number of at least 2, got 1"),
        ("{patches: {diameter: 2 mm, patch: 1 mm, number: 2.5}}", "expected a whole number, got 2.5"),
        ("{patches: {diameter: 9 mm, patch: 1 mm, number: 4}}", "a patch inside the block of 3 x 3 x 3 mm"),
    ],
)
def test_patches_that_do_not_fit_are_refused(form, said):
    with pytest.raises(InputError, match=re.escape(said)):
        read_case_text(changed(("{sphere: {diameter: 2 mm}}", form)), "case")


@pytest.mark.parametrize(
    "form", ["{shell: {diameter: 2 mm, thickness: 0.4 mm}}", "{line: {diameter: 0.5 mm, end: 2 mm}}"]
)
def test_other_shapes_fill_their_volume(form):
    case = read_case_text(changed(("{sphere: {diameter: 2 mm}}", form)), "case")
    shape, grid = case.lesion.injury.shape.kind, Grid((60, 60, 60), 0.05)
    ((at, within),) = injured(grid, shape, 48.0)
    assert at == 48.0
    assert within.sum() * 0.05**3 == pytest.approx(shape.volume, rel=0.03)


def region(text):
    return changed(("margin: 0.3 mm}", "region: {" + text + "}}"))


def test_a_region_is_cut_out_whatever_is_there():
    text = region("sphere: {diameter: 1.5 mm}, margin: 0").replace(", margin: 0}", "}")
    run = simulate(read_case_text(text.replace("24 d", "13 d"), "case"))
    (cut,) = run["cut"].lesion_facts["in_space"]["removed"]
    assert cut["volume"]["value"] == pytest.approx(np.pi * 1.5**3 / 6, rel=0.05)
    assert 35.0 < cut["share_of_mineral"]["value"] < 50.0
    assert "excision of a sphere of 1.77 mm³ on day 12" in cut["what"]
    share = (1.5 / 2.0) ** 3  # of the injured ball
    left, whole = (run[arm].lesion_series["mineral_total"].values[12] for arm in ("cut", "watch"))
    assert left == pytest.approx((1.0 - share) * whole, rel=0.03)
    living = run["cut"].lesion_series["living_fraction"].values
    assert 0.0 < living[12] <= 1.0
    assert max(run["cut"].ledger.values()) < 1e-9


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (region("mask: {file: a.nii}"), "a cone, sphere, line or shell"),
        (region("line: {diameter: 0.2 mm, end: 0.3 mm}"), "a region that holds some of the injured patch"),
        (
            region("sphere: {diameter: 1 mm}").replace("  grid: [12, 12, 12]\n  spacing: 0.25 mm\n", ""),
            "`grid` in lesion, a block in which a region lies",
        ),
    ],
)
def test_a_region_that_cannot_be_cut_is_refused(text, told):
    with pytest.raises(InputError) as wrong:
        read_case_text(text, "case")
    assert wrong.value.expected == told
    assert wrong.value.line is not None
