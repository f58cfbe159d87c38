"""The map drawn in a real browser: points, zones and popups, by mouse and by keyboard."""

import base64
import json

import pytest
import shapely
from playwright.sync_api import expect

from terreau.commons.models import Party, Place
from terreau.observe.actions.boundaries import build_boundaries
from terreau.observe.actions.tiles import build_point_index


@pytest.fixture
def mapped(world, settings, tmp_path):
    """The fictional region with contours: one square a commune, side by side; two parties in the first one."""
    settings.DATA_DIR = tmp_path / "state"
    features = [
        {
            "type": "Feature",
            "properties": {"code": commune.code},
            "geometry": json.loads(shapely.to_geojson(shapely.box(1 + place, 47, 2 + place, 48))),
        }
        for place, commune in enumerate(world.communes)
    ]
    contours = tmp_path / "contours.geojson"
    contours.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    build_boundaries(contours=contours)
    for party in world.parties:
        party.sites.update(lon=None, lat=None)
    hostile = world.parties[0]
    Party.objects.filter(pk=hostile.pk).update(name="<img src=x onerror=alert(1)> fictive")
    # The middle of the region, so that the key Enter finds it: the centre of the map, in web-mercator.
    hostile.sites.filter(pk=hostile.sites.first().pk).update(lon=3.0, lat=47.503)
    build_point_index()
    return world


def open_map(visitor, query=""):
    page = visitor.open(f"/carte/{query}")
    expect(page.locator("#map[data-state=ready]")).to_be_visible(timeout=30_000)
    return page


def test_enter_tells_what_is_at_the_centre_and_escape_closes(visitor, mapped) -> None:
    page = open_map(visitor)
    canvas = page.locator("#map canvas")
    canvas.focus()
    popup = page.locator(".maplibregl-popup")
    canvas.press("Enter")
    expect(popup).to_contain_text("<img src=x onerror=alert(1)> fictive")  # a name is text, whatever it holds
    link = popup.get_by_role("link")
    expect(link).to_be_focused()
    assert link.get_attribute("href") == f"/acteurs/{mapped.parties[0].public_id}/"
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(canvas).to_be_focused()
    assert visitor.complaints == []


def test_a_click_on_a_zone_gives_its_figure_and_its_page(visitor, mapped) -> None:
    page = open_map(visitor, "?zonage=epci_2026&indicateur=organisations")
    box = page.locator("#map canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    popup = page.locator(".maplibregl-popup")
    expect(popup).to_contain_text("Communauté fictive de l’Ouest")
    expect(popup.get_by_role("link")).to_have_attribute("href", "/territoires/epci_2026/990000001/")


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_the_table_is_there_and_no_empty_frame(visitor, mapped) -> None:
    page = visitor.open("/carte/?zonage=commune")
    expect(page.locator("#map")).to_be_hidden()
    expect(page.get_by_role("row")).to_have_count(len(mapped.communes) + 1)
    page.get_by_label("Chiffre").select_option("organisations")
    page.get_by_role("button", name="Afficher").click()
    assert "indicateur=organisations" in page.url


def test_where_webgl_is_missing_the_page_says_so(visitor, mapped) -> None:
    visitor.context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = visitor.open("/carte/")
    expect(page.get_by_text("La carte ne peut pas être dessinée")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()


COLOURS = """async picture => {
    const image = new Image();
    image.src = "data:image/png;base64," + picture;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const bytes = pen.getImageData(0, 0, image.width, image.height).data;
    const counted = {};
    for (let at = 0; at < bytes.length; at += 4) {
        const colour = [bytes[at], bytes[at + 1], bytes[at + 2]].join(" ");
        counted[colour] = (counted[colour] ?? 0) + 1;
    }
    return counted;
}"""
POINT, PALE_ZONE, DARK_ZONE = "138 74 32", "230 239 217", "60 130 71"


def test_points_and_zones_are_really_drawn(visitor, mapped) -> None:
    """Pixels counted in the picture: one small point, and two zones, of the lowest and of the highest value."""
    for code, value in [("990000001", 2), ("990000002", 9)]:
        place = Place.objects.get(code=code)
        place.indicator_values.all().delete()
        place.indicator_values.create(indicator="organisations", period="2026", value=value)
    page = open_map(visitor, "?zonage=epci_2026&indicateur=organisations")
    page.wait_for_load_state("networkidle")
    picture = base64.b64encode(page.locator("#map canvas").screenshot()).decode()
    pixels = page.evaluate(COLOURS, picture)
    assert 30 < pixels.get(POINT, 0) < 1_000
    assert pixels.get(PALE_ZONE, 0) > 20_000 and pixels.get(DARK_ZONE, 0) > 20_000


def test_a_territory_asked_for_fills_the_frame(visitor, mapped) -> None:
    """The same click beside the centre: outside of the commune when the region is seen, inside when it is near."""
    page = open_map(visitor, "?territoire=commune:99003&indicateur=organisations")
    expect(page.get_by_role("heading", level=1)).to_contain_text(mapped.communes[2].name)
    box = page.locator("#map canvas").bounding_box()
    for share in (0.4, 0.6):
        page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.35)
        expect(page.locator(".maplibregl-popup")).to_contain_text(mapped.communes[2].name)
    assert visitor.complaints == []
