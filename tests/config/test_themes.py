"""Themes: shipped files, contrast, and errors in a theme of the user."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.config.themes import COLOURS, ThemeSpec, contrast, load_theme, load_themes
from incident_cockpit.errors import Refused
from incident_cockpit.resources import shipped

NAMES = ("cockpit-colourblind", "cockpit-contrast", "cockpit-dark", "cockpit-light")
SPECS = {name: load_theme(shipped("themes", f"{name}.toml")) for name in NAMES}
TEXTS = ("foreground", "bright", "muted", "faint", "accent", "ok", "warn", "late")
# Machado, Oliveira and Fernandes (2009): linear RGB as eyes without the red or the green receptor see it.
BLINDNESS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "full sight": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
Vector = tuple[float, ...]


def linear(colour: str) -> Vector:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def times(matrix: tuple[Vector, ...], vector: Vector) -> Vector:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def lab(rgb: Vector) -> Vector:
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    shares = (c / w for c, w in zip(times(to_xyz, rgb), white, strict=True))
    x, y, z = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in shares)
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def distance(one: str, other: str, sight: str) -> float:
    """How far two colours are apart to an eye: 2 is just to be seen side by side, 20 is plainly another colour."""
    seen = [lab(tuple(min(max(c, 0.0), 1.0) for c in times(BLINDNESS[sight], linear(each)))) for each in (one, other)]
    return float(sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5)


def test_shipped_themes_load_and_match_file_names() -> None:
    specs, complaints = load_themes((shipped("themes"),))
    assert complaints == ()
    assert tuple(spec.name for spec in specs) == NAMES
    assert [spec.dark for spec in specs] == [True, True, True, False]


def test_contrast_follows_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("spec", SPECS.values(), ids=NAMES)
def test_text_is_readable_on_every_background(spec: ThemeSpec) -> None:
    least = 7 if spec.name == "cockpit-contrast" else 4.5
    ratios = {
        (text, behind): contrast(spec.colours[text], spec.colours[behind])
        for text in TEXTS
        for behind in ("background", "panel", "surface")
    }
    # Faint text on the cursor's row is only looked up, and the row itself is repeated brighter in the detail.
    low = 3 if least == 4.5 else least
    poor = {pair: r for pair, r in ratios.items() if r < (low if pair == ("faint", "surface") else least)}
    assert poor == {}


@pytest.mark.parametrize("spec", SPECS.values(), ids=NAMES)
def test_badge_text_is_readable(spec: ThemeSpec) -> None:
    least = 7 if spec.name == "cockpit-contrast" else 4.5
    badges = ("sev1", "sev2", "sev3", "sev4", "accent", "ok", "warn", "late")
    poor = {key: r for key in badges if (r := contrast(spec.ink_on(spec.colours[key]), spec.colours[key])) < least}
    assert poor == {}


@pytest.mark.parametrize("spec", SPECS.values(), ids=NAMES)
def test_borders_are_quiet_but_focus_stands_out(spec: ThemeSpec) -> None:
    back = spec.colours["background"]
    line, focus = contrast(spec.colours["line"], back), contrast(spec.colours["line_focus"], back)
    assert line < contrast(spec.colours["faint"], back)
    assert focus > line
    assert focus >= 3
    assert spec.name != "cockpit-contrast" or line >= 3


@pytest.mark.parametrize("pair", itertools.combinations(("ok", "warn", "late"), 2), ids="-".join)
@pytest.mark.parametrize("spec", SPECS.values(), ids=NAMES)
def test_ok_warn_and_late_colours_differ(spec: ThemeSpec, pair: tuple[str, str]) -> None:
    assert distance(spec.colours[pair[0]], spec.colours[pair[1]], "full sight") >= 25


@pytest.mark.parametrize("sight", ["protanopia", "deuteranopia"])
def test_colourblind_theme_separates_states(sight: str) -> None:
    colours = SPECS["cockpit-colourblind"].colours
    states = {
        pair: distance(colours[pair[0]], colours[pair[1]], sight)
        for pair in itertools.combinations(("ok", "warn", "late", "foreground"), 2)
    }
    badges = {
        pair: distance(colours[pair[0]], colours[pair[1]], sight)
        for pair in itertools.combinations(("sev1", "sev2", "sev3", "sev4"), 2)
    }
    assert {pair: d for pair, d in {**states, **badges}.items() if d < 20} == {}


@pytest.mark.parametrize("name", NAMES)
def test_theme_file_documents_every_colour(name: str) -> None:
    text = shipped("themes", f"{name}.toml").read_text(encoding="utf-8")
    for key, meaning in COLOURS.items():
        assert re.search(rf"^#   {key} +{re.escape(meaning)}$", text, re.MULTILINE)


def written(folder: Path, **changes: object) -> Path:
    raw: dict[str, object] = {"name": "'mine'", "dark": "true", **dict.fromkeys(COLOURS, "'#123456'"), **changes}
    path = folder / "mine.toml"
    path.write_text("".join(f"{key} = {value}\n" for key, value in raw.items() if value is not None))
    return path


def test_user_theme_loads_with_short_colours(tmp_path: Path) -> None:
    spec = load_theme(written(tmp_path, accent="'#Fa0'", dark="false"))
    assert (spec.name, spec.dark, spec.colours["accent"]) == ("mine", False, "#ffaa00")
    assert spec.colours.keys() == COLOURS.keys()


@pytest.mark.parametrize("key", ["name", "dark", *COLOURS])
@pytest.mark.parametrize("bad", ["7", "'#12345'", "'\\u001b[31m'", None], ids=["number", "digits", "escape", "missing"])
def test_each_invalid_theme_key_is_one_error(tmp_path: Path, key: str, bad: str | None) -> None:
    written(tmp_path, **{key: bad and bad.replace("'", '"')})
    specs, complaints = load_themes((tmp_path,))
    assert specs == ()
    (complaint,) = complaints
    assert "has 1 error" in complaint
    assert f"mine.toml: {key}" in complaint
    assert ("missing" if bad is None else "must be") in complaint
    assert "\x1b" not in complaint


def test_unknown_theme_key_suggests_a_key(tmp_path: Path) -> None:
    with pytest.raises(Refused, match='acent: unknown key, did you mean "accent"'):
        load_theme(written(tmp_path, acent="'#fff'"))


def test_invalid_theme_file_leaves_the_rest(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "binary.toml").write_bytes(b"\xff\x00")
    (tmp_path / "broken.toml").write_text("name = ")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "huge.toml").write_text("#" * 100_001)
    specs, complaints = load_themes((tmp_path, tmp_path / "missing"))
    assert [spec.name for spec in specs] == ["mine"]
    ends = ("is not text", "is not TOML", "cannot be read", "is too large")
    assert len(complaints) == 4
    assert all(any(end in complaint for complaint in complaints) for end in ends)


def test_user_theme_replaces_shipped_one(tmp_path: Path) -> None:
    written(tmp_path, name="'cockpit-dark'")
    (tmp_path / "other.toml").write_text((tmp_path / "mine.toml").read_text())
    specs, complaints = load_themes((tmp_path, shipped("themes")))
    assert next(spec for spec in specs if spec.name == "cockpit-dark").colours["accent"] == "#123456"
    (complaint,) = complaints
    assert 'other.toml: name = "cockpit-dark"' in complaint


@given(st.sampled_from([*COLOURS, "name", "dark"]), st.binary(max_size=30))
def test_any_bytes_in_theme_file_are_refused(key: str, junk: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "junk.toml").write_bytes(key.encode() + b" = " + junk)
        specs, complaints = load_themes((Path(folder),))
    assert (specs, len(complaints)) == ((), 1)
