// Builds ../static/ui/built from what is here: one style sheet for the site, the map with its worker and style
// sheet, and THIRD-PARTY.txt. Run by build_hook.py; by hand: node build.mjs
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const here = (path) => new URL(path, import.meta.url).pathname;
const built = here("../static/ui/built/");
const maplibre = "maplibre-gl/dist/";

// site.css: Pico, our theme, one file per page in alphabetical order, and what paper changes last.
const styles = readdirSync(here("styles")).filter((name) => name.endsWith(".css")).sort();
const siteStyles = [
  "@picocss/pico/css/pico.css",
  "./theme/tokens.css",
  "./theme/layout.css",
  "./theme/pieces.css",
  ...styles.map((name) => `./styles/${name}`),
  "./theme/print.css",
].map((path) => `@import "${path}";`).join("\n");

// Every package a visitor receives: all that is not for development only, as the lock file tells them.
function thirdParty() {
  const { packages } = JSON.parse(readFileSync(here("package-lock.json"), "utf8"));
  const received = Object.entries(packages).filter(([path, facts]) => path && !facts.dev && !facts.optional);
  const name = (path) => path.split("node_modules/").at(-1);
  const lines = received.map(([path, facts]) => `${name(path)} ${facts.version} — ${facts.license}`);
  const texts = received.map(([path, facts]) => {
    const file = readdirSync(here(path)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file ? readFileSync(here(`${path}/${file}`), "utf8").trim() : `Licence: ${facts.license}`;
    return `== ${name(path)} ${facts.version} ==\n\n${text}`;
  });
  return [`Packages that the built style sheets and scripts contain.`, lines.join("\n"), ...texts].join("\n\n") + "\n";
}

rmSync(built, { recursive: true, force: true });
mkdirSync(built, { recursive: true });
const common = { bundle: true, minify: true, legalComments: "none", target: "es2022", logLevel: "warning" };
await Promise.all([
  build({
    ...common,
    stdin: { contents: siteStyles, loader: "css", resolveDir: here(".") },
    target: ["chrome111", "firefox113", "safari16.4"],
    outfile: built + "site.css",
  }),
  build({ ...common, entryPoints: [here("map.js")], format: "esm", outfile: built + "map.js" }),
  build({ ...common, entryPoints: [maplibre + "maplibre-gl-worker.mjs"], format: "esm", outfile: built + "maplibre-worker.js" }),
  build({ ...common, entryPoints: [maplibre + "maplibre-gl.css"], loader: { ".svg": "dataurl" }, outfile: built + "maplibre.css" }),
]);
writeFileSync(built + "THIRD-PARTY.txt", thirdParty());
