"""Do fields over a grid come back as they were written, and does an attempt that was cut off do no harm?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.results.fields import FieldWriter, finish, open_fields

SHAPE, TIMES = (2, 3, 4), np.array([0.0, 24.0, 48.0])
UNITS = {"mineral_total": "mmol/L", "living_fraction": "1"}


def writer(folder, shape=SHAPE):
    return FieldWriter(folder, "0", "watch", shape, 0.25, TIMES, UNITS)


def frame(number, shape=SHAPE):
    return {name: np.full(shape, number + 0.5 * k) for k, name in enumerate(UNITS)}


def test_what_is_written_is_read_with_axes_and_units(tmp_path):
    one = writer(tmp_path / "f.zarr")
    for number in range(3):
        one.write(number, frame(number))
    finish(tmp_path / "f.zarr")
    found = open_fields(tmp_path / "f.zarr", "0")
    assert found.mineral_total.dims == ("time", "z", "y", "x")
    assert found.mineral_total.attrs["units"] == "mmol/L"
    assert found.mineral_total.encoding["chunks"] == (1, *SHAPE)
    assert found.time.values.tolist() == TIMES.tolist()
    assert found.x.values.tolist() == [0.125, 0.375, 0.625, 0.875]
    assert found.z.attrs == {"units": "mm", "long_name": "depth below the surface", "positive": "down"}
    assert found.attrs["spacing_mm"] == 0.25
    for number in range(3):
        for name, values in frame(number).items():
            assert np.array_equal(found[name].values[number], values.astype(np.float32))


def test_frames_of_an_earlier_attempt_stay(tmp_path):
    writer(tmp_path / "f.zarr").write(0, frame(0))
    writer(tmp_path / "f.zarr").write(1, frame(1))
    finish(tmp_path / "f.zarr")
    means = open_fields(tmp_path / "f.zarr", "0").mineral_total.values.mean(axis=(1, 2, 3))
    assert means[:2].tolist() == [0.0, 1.0] and np.isnan(means[2])


@pytest.mark.parametrize("calls", range(1, 7))
def test_one_that_was_cut_off_while_it_began_is_begun_again(tmp_path, monkeypatch, calls):
    import zarr

    done = []
    create = zarr.Group.create_array

    def cut(self, *args, **kwargs):
        if len(done) == calls - 1:
            raise KeyboardInterrupt
        done.append(args)
        return create(self, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(zarr.Group, "create_array", cut)
        with pytest.raises(KeyboardInterrupt):
            writer(tmp_path / "f.zarr")
    writer(tmp_path / "f.zarr").write(0, frame(0))
    finish(tmp_path / "f.zarr")
    found = open_fields(tmp_path / "f.zarr", "0")
    assert set(found.coords) == {"time", "z", "y", "x"}
    assert found.time.values.tolist() == TIMES.tolist()


def test_fields_of_another_block_are_replaced(tmp_path):
    writer(tmp_path / "f.zarr", (4, 4, 4)).write(0, frame(3, (4, 4, 4)))
    writer(tmp_path / "f.zarr").write(1, frame(1))
    finish(tmp_path / "f.zarr")
    found = open_fields(tmp_path / "f.zarr", "0")
    assert dict(found.sizes) == {"time": 3, "z": 2, "y": 3, "x": 4}
    assert np.isnan(found.mineral_total.values[0]).all()
