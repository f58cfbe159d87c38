// The map page. Everything comes from this site: boundaries as GeoJSON, organisations as vector tiles, and texts
// drawn by the browser with its own fonts (a style without "glyphs" asks no server for any). Words, addresses and
// figures come from the page; colours from its style sheet.
import { Map as MapLibreMap, NavigationControl, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";

const frame = document.getElementById("map");
const settings = JSON.parse(document.getElementById("map-settings").textContent);
const FRANCE = [-5.2, 41.3, 9.7, 51.2]; // where to look when no boundary was built
const TOUCH = 6; // pixels around the pointer that still count as on it
const CENTRE = 20; // pixels around the centre that Enter asks about
const MOST_NAMES = 12; // in one popup
const NO_MOTION = matchMedia("(prefers-reduced-motion: reduce)").matches;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--map-${name}`).trim();

function hatch() {
  // Thin diagonals that meet from one square to the next.
  const side = 16;
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const pen = canvas.getContext("2d");
  pen.fillStyle = colour("land");
  pen.fillRect(0, 0, side, side);
  pen.strokeStyle = colour("hatch");
  pen.lineWidth = 2;
  for (const shift of [-side / 2, 0, side / 2, side, 1.5 * side]) {
    pen.beginPath();
    pen.moveTo(shift - side, side);
    pen.lineTo(shift, 0);
    pen.stroke();
  }
  return pen.getImageData(0, 0, side, side);
}

// What a zone looks like: its shade, 0 to 4; else "sources place nothing there", else "not measured".
const NOTHING_PLACED = -1;
const UNMEASURED = -2;
const zoneShade = ["coalesce", ["feature-state", "shade"], UNMEASURED];

// Width of lines in pixels; those of small zones are thin from afar.
const LINES = {
  region: 2.2,
  departement: 1.4,
  zones: ["interpolate", ["linear"], ["zoom"], 6, 0.25, 9, 0.8, 13, 1.5],
};

function style() {
  const { layers, tiles, lastTileZoom } = settings;
  const absolute = (address) => new URL(address, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  const sources = {};
  for (const name of ["region", "departement", "zones", "towns"]) {
    if (layers[name]) sources[name] = { type: "geojson", data: absolute(layers[name]), promoteId: "code" };
  }
  if (tiles) sources.organisations = { type: "vector", tiles: [absolute(tiles)], minzoom: 0, maxzoom: lastTileZoom };
  const drawn = [{ id: "outside", type: "background" }];
  if (sources.zones) {
    drawn.push({ id: "unmeasured", type: "fill", source: "zones", paint: { "fill-pattern": "hatch" } });
    drawn.push({ id: "zones", type: "fill", source: "zones" });
  }
  for (const name of ["zones", "departement", "region"]) {
    if (sources[name]) {
      drawn.push({ id: `${name}-line`, type: "line", source: name, paint: { "line-width": LINES[name] } });
    }
  }
  if (sources.towns) drawn.push(towns());
  if (sources.organisations) drawn.push(...organisations());
  return { version: 8, sources, layers: drawn };
}

function towns() {
  // Towns are written where there is room, the most populated first, smaller ones as one comes nearer.
  const seenFrom = ["step", ["zoom"], 20000, 8, 8000, 9, 3000, 10, 1000, 11, 0];
  return {
    id: "towns",
    type: "symbol",
    source: "towns",
    filter: [">=", ["get", "population"], seenFrom],
    layout: {
      "text-field": ["get", "name"],
      "text-font": ["sans-serif"],
      "text-size": ["interpolate", ["linear"], ["get", "population"], 1000, 11.5, 100000, 15],
      "text-variable-anchor": ["top", "bottom", "left", "right"],
      "text-radial-offset": 1.3,
      "text-padding": 2,
      "symbol-sort-key": ["-", 0, ["get", "population"]],
    },
  };
}

function organisations() {
  const many = ["get", "count"];
  const figures = ["case", [">=", many, 10000], ["concat", ["to-string", ["round", ["/", many, 1000]]], " k"], ["to-string", many]];
  const tens = ["log10", many];
  // "Arial Bold", or what the system has in its place. With their padding, figures keep names of towns off circles.
  return [
    { id: "points", type: "circle", source: "organisations", "source-layer": "points",
      paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 6, 4.5, 14, 7], "circle-stroke-width": 1.2 } },
    { id: "clusters", type: "circle", source: "organisations", "source-layer": "clusters",
      layout: { "circle-sort-key": many },
      paint: { "circle-radius": ["interpolate", ["linear"], tens, 0.3, 8.5, 1, 11, 2, 14, 3, 17, 4, 20], "circle-stroke-width": 1.2 } },
    { id: "counts", type: "symbol", source: "organisations", "source-layer": "clusters",
      layout: { "text-field": figures, "text-font": ["Arial Bold"], "text-size": 11.5, "text-padding": 1.5, "symbol-sort-key": ["-", 0, many] } },
  ];
}

function paint(map) {
  // Again whenever the reader's system goes from light to dark.
  const has = (layer) => map.getLayer(layer) !== undefined;
  const set = (layer, property, value) => has(layer) && map.setPaintProperty(layer, property, value);
  set("outside", "background-color", colour("outside"));
  if (map.hasImage("hatch")) map.updateImage("hatch", hatch());
  else map.addImage("hatch", hatch(), { pixelRatio: 2 });
  const shades = [0, 1, 2, 3, 4].flatMap((shade) => [shade, colour(`shade-${shade}`)]);
  set("zones", "fill-color", ["match", zoneShade, ...shades, NOTHING_PLACED, colour("nothing-placed"), "rgba(0, 0, 0, 0)"]);
  for (const name of Object.keys(LINES)) set(`${name}-line`, "line-color", colour("line"));
  set("focus", "line-color", colour("focus"));
  set("towns", "text-color", colour("town"));
  set("towns", "text-halo-color", colour("land"));
  set("towns", "text-halo-width", 1.4);
  for (const layer of ["points", "clusters"]) {
    set(layer, "circle-color", colour("point"));
    set(layer, "circle-stroke-color", colour("on-point"));
  }
  set("counts", "text-color", colour("on-point"));
}

function colourZones(map) {
  if (!map.getSource("zones")) return;
  for (const [code, [shade, isMeasured]] of Object.entries(settings.zones)) {
    map.setFeatureState({ source: "zones", id: code }, { shade: shade ?? (isMeasured ? NOTHING_PLACED : UNMEASURED) });
  }
}

// Popups: built as elements, so a name is always text, whatever it holds.

function element(tag, content, attributes = {}) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...[content].flat());
  return made;
}
const link = (address, text) => element("a", text, { href: address });

function pointList(points) {
  const seen = new Map(points.map(({ properties }) => [properties.public_id, properties]));
  const items = [...seen.values()].slice(0, MOST_NAMES).map(({ public_id, name, nature }) =>
    element("li", [link(settings.party.replace("PUBLIC_ID", public_id), name), element("small", settings.natures[nature] ?? "")]),
  );
  const content = [element("ul", items)];
  if (seen.size > 1) content.unshift(element("p", `${seen.size} ${settings.words.together}`));
  if (seen.size > MOST_NAMES) content.push(element("p", settings.words.more));
  return content;
}

function zoneFacts({ properties }) {
  const [, , value] = settings.zones[properties.code] ?? [];
  return [
    element("p", element("strong", properties.name)),
    element("p", value ? `${settings.indicator} : ${value}` : ""),
    link(settings.place.replace("CODE", encodeURIComponent(properties.code)), settings.words.page),
  ];
}

function listAround([lon, lat], count) {
  const query = new URLSearchParams({ lon: lon.toFixed(5), lat: lat.toFixed(5), km: 5 });
  const told = element("p", `${count} ${settings.words.many}`);
  return settings.nearby ? [told, link(`${settings.nearby}?${query}`, settings.words.list)] : [told];
}

let popup;
function show(map, position, content) {
  popup?.remove();
  popup = new Popup({ maxWidth: "min(20rem, 80vw)", focusAfterOpen: true })
    .setLngLat(position)
    .setDOMContent(element("div", content))
    .addTo(map);
}

function closePopup(map) {
  if (!popup?.isOpen()) return;
  popup.remove();
  map.getCanvas().focus();
}

function tellWhatIsAt(map, place, margin) {
  const box = [[place.x - margin, place.y - margin], [place.x + margin, place.y + margin]];
  const on = (name, where) => (map.getLayer(name) ? map.queryRenderedFeatures(where, { layers: [name] }) : []);
  const points = on("points", box);
  const [cluster] = on("clusters", box);
  const [zone] = on("zones", place);
  if (points.length && !cluster) return show(map, points[0].geometry.coordinates, pointList(points));
  if (cluster) {
    const centre = cluster.geometry.coordinates;
    if (map.getZoom() > settings.lastTileZoom) return show(map, centre, listAround(centre, cluster.properties.count));
    return map.easeTo({ center: centre, zoom: Math.min(map.getZoom() + 2, settings.lastTileZoom + 0.5) });
  }
  return show(map, map.unproject(place), zone ? zoneFacts(zone) : element("p", settings.words.nothing));
}

async function readLayer(name) {
  if (!settings.layers[name]) return null;
  const answer = await fetch(settings.layers[name]);
  return answer.ok ? answer.json() : null;
}

// The smallest rectangle around a polygon, or around several.
function boxAround({ coordinates }) {
  const points = coordinates.flat(Infinity); // lon, lat, lon, lat…
  const lons = points.filter((_, place) => place % 2 === 0);
  const lats = points.filter((_, place) => place % 2 === 1);
  const least = (numbers) => numbers.reduce((a, b) => Math.min(a, b));
  const most = (numbers) => numbers.reduce((a, b) => Math.max(a, b));
  return [least(lons), least(lats), most(lons), most(lats)];
}

// The territory that the page is about, if any and if its boundary was built.
async function focusFeature() {
  if (!settings.focus) return null;
  const layer = await readLayer("focus");
  return layer?.features.find(({ properties }) => properties.code === settings.focus) ?? null;
}

function outline(map, feature) {
  map.addSource("focus", { type: "geojson", data: feature });
  const below = ["towns", "points"].find((name) => map.getLayer(name));
  map.addLayer({ id: "focus", type: "line", source: "focus", paint: { "line-width": 3 } }, below);
}

async function start() {
  setWorkerUrl(new URL(frame.dataset.worker, location.href).href);
  const focus = await focusFeature();
  const around = focus ? boxAround(focus.geometry) : ((await readLayer("region"))?.bbox ?? FRANCE);
  frame.hidden = false;
  const map = new MapLibreMap({
    container: frame,
    style: style(),
    bounds: around,
    fitBoundsOptions: { padding: 16 },
    maxZoom: 18.5,
    attributionControl: false, // sources are named under the map
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    cooperativeGestures: matchMedia("(pointer: coarse)").matches, // one finger goes on scrolling the page
    fadeDuration: NO_MOTION ? 0 : 300,
    locale: settings.locale,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl(), "bottom-left");
  map.on("style.load", () => {
    if (focus) outline(map, focus);
    paint(map);
    colourZones(map);
  });
  map.on("load", () => (frame.dataset.state = "ready"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(map));
  map.on("click", (event) => tellWhatIsAt(map, event.point, TOUCH));
  map.on("mousemove", (event) => {
    const layers = ["points", "clusters", "zones"].filter((name) => map.getLayer(name));
    map.getCanvas().style.cursor = map.queryRenderedFeatures(event.point, { layers }).length ? "pointer" : "";
  });
  const canvas = map.getCanvas();
  canvas.setAttribute("aria-describedby", "map-help");
  document.getElementById("map-help").hidden = false;
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") tellWhatIsAt(map, map.project(map.getCenter()), CENTRE);
  });
  frame.addEventListener("keydown", (event) => event.key === "Escape" && closePopup(map));
}

function giveUp(reason) {
  console.error(reason);
  frame.hidden = true;
  document.getElementById("map-failed").hidden = false;
}

start().catch(giveUp);
