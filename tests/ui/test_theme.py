"""The colours keep enough contrast: computed from the style sheet itself, by the formula of WCAG 2."""

import gzip
import re
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "src" / "terreau" / "ui"
TOKENS = (UI / "frontend" / "theme" / "tokens.css").read_text()
BLOCKS = re.findall(r"\{\s*((?:--[a-z-]+: #[0-9a-f]{6};\s*)+)\}", TOKENS)
LIGHT, DARK_BY_DEVICE, DARK_BY_CHOICE = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in BLOCKS
)
GROUNDS = ("ground", "ground-raised", "ground-sunken")
TEXT_PAIRS = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "leaf", "leaf-strong", "earth", "alarm")
        for ground in GROUNDS
    ),
    ("on-leaf", "leaf"),
    ("on-leaf", "leaf-strong"),
    ("ground", "ink-soft"),
    *(("ink", pale) for pale in ("leaf-pale", "ochre-pale", "alarm-pale")),
    ("leaf", "ochre-pale"),
    ("leaf", "leaf-pale"),
]
SHAPE_PAIRS = [(line, ground) for line in ("line-strong", "earth", "leaf") for ground in GROUNDS]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_published_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK_BY_CHOICE], ids=["light", "dark"])
def test_text_and_shapes_stand_out(colours: dict[str, str]) -> None:
    weak = [(a, b) for a, b in TEXT_PAIRS if contrast(colours[a], colours[b]) < 4.5]
    weak += [(a, b) for a, b in SHAPE_PAIRS if contrast(colours[a], colours[b]) < 3]
    assert weak == []


def test_dark_is_the_same_by_choice_and_by_device() -> None:
    assert DARK_BY_DEVICE == DARK_BY_CHOICE
    assert LIGHT.keys() == DARK_BY_CHOICE.keys()


def test_dark_changes_colours_and_nothing_else() -> None:
    """So the shape of a page, looked at in light, is that of the dark one too."""
    blocks = []
    for path in sorted((UI / "frontend").glob("[st]*/*.css")):
        blocks += re.findall(r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", path.read_text(), re.S)
    said = [one for block in blocks for one in re.findall(r"([a-z-]+): ([^;{}]+);", block)]
    colours = {name for name, value in said if re.fullmatch(r"(--[a-z0-9-]+|color-scheme)", name)}
    assert len(colours) > 20
    assert {name for name, _ in said} - colours == {"filter"}, "white icons of the map"


def test_the_style_sheet_is_light_and_asks_nothing_of_another_server() -> None:
    sheet = (UI / "static" / "ui" / "built" / "site.css").read_bytes()
    assert len(gzip.compress(sheet, 9)) < 20_000
    addresses = set(re.findall(rb"url\(\s*[\"']?([a-z]+:|//)", sheet))
    assert addresses <= {b"data:"}
    assert b"@import" not in sheet
    assert b"@font-face" not in sheet


def test_packages_that_visitors_receive_are_named_with_their_licence() -> None:
    text = (UI / "static" / "ui" / "built" / "THIRD-PARTY.txt").read_text()
    for name in ("maplibre-gl", "@picocss/pico", "earcut", "pbf"):
        assert re.search(rf"^{name} [0-9.]+ — [A-Z]", text, re.M), name
        assert f"== {name} " in text
    assert "axe-core" not in text
    assert "esbuild" not in text


def test_the_lock_file_names_no_download_address() -> None:
    lock = (UI / "frontend" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 20
