// The search page: Pagefind's index with our own facets, order and pages; the whole state stands in the URL.
const base = new URL("../", import.meta.url);
const PAGE = 20, SHORT = 8;
const FACETS = { type: "Type", status: "Status", country: "Country", person: "Person", topic: "Topic", kind: "Kind of takeaway", year: "Year" };
const SORTS = { newest: { date: "desc" }, oldest: { date: "asc" } };

const root = document.getElementById("finder");
const part = (name) => root.querySelector(`[data-search-${name}]`);
const input = root.querySelector("#search-q");
const [count, list, more, sort, clear, active] = ["count", "results", "more", "sort", "clear", "active"].map(part);
const filters = root.querySelector(".search__filters");
const facets = {}; // name -> { box, items: Map(value -> { li, input, count }), all }
let pagefind, results = [], shown = 0, turn = 0;

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child != null));
  return node;
};
const chosen = (name) => [...facets[name].items].filter(([, item]) => item.input.checked).map(([value]) => value);
const tone = (text) => text.toLowerCase().replace(/[^a-z]+/g, "-");


function readWords() {
  const state = new URLSearchParams(location.search);
  input.value = state.get("q") || "";
  sort.value = SORTS[state.get("sort")] ? state.get("sort") : "";
}

function readFacets() {
  const state = new URLSearchParams(location.search);
  for (const name in facets) for (const [value, item] of facets[name].items) item.input.checked = state.getAll(name).includes(value);
}

function writeUrl(push) {
  const state = new URLSearchParams();
  if (input.value.trim()) state.set("q", input.value.trim());
  for (const name in facets) for (const value of chosen(name)) state.append(name, value);
  if (sort.value) state.set("sort", sort.value);
  const url = location.pathname + (state.size ? "?" + state : "");
  if (url !== location.pathname + location.search) history[push ? "pushState" : "replaceState"](null, "", url);
}


async function run() {
  const mine = ++turn;
  const query = input.value.trim() || null;
  const wanted = {};
  for (const name in facets) if (chosen(name).length) wanted[name] = { any: chosen(name) };
  const order = SORTS[sort.value] || (query ? undefined : SORTS.newest);
  const ask = (filters) => pagefind.search(query, { filters, sort: order });
  // A facet's own counts must ignore its own choices, or choosing Japan would hide Korea.
  const names = Object.keys(wanted);
  const [answer, ...others] = await Promise.all([ask(wanted), ...names.map((name) => {
    const { [name]: own, ...rest } = wanted;
    return ask(rest);
  })]);
  if (mine !== turn) return;
  for (const name in facets) {
    const from = names.includes(name) ? others[names.indexOf(name)] : answer;
    recount(facets[name], from.filters[name] || {});
  }
  const ticks = names.reduce((sum, name) => sum + wanted[name].any.length, 0);
  active.textContent = ticks ? `(${ticks})` : "";
  clear.hidden = !ticks;
  results = answer.results;
  shown = 0;
  const rows = await page();
  if (mine !== turn) return;
  list.replaceChildren(...rows);
  const number = results.length ? results.length.toLocaleString("en") : "No";
  count.textContent = number + (results.length === 1 ? " record" : " records") + (query ? ` for “${query}”` : "") + (results.length || !ticks ? "" : ". Fewer filters may help.");
}

async function page() {
  const data = await Promise.all(results.slice(shown, shown + PAGE).map((result) => result.data()));
  shown += data.length;
  more.hidden = shown >= results.length;
  more.textContent = `Show ${Math.min(PAGE, results.length - shown)} more`;
  return data.map(row);
}


function row({ url, meta, excerpt }) {
  const text = make("p", { className: "row__text" });
  // Odd pieces stand between <mark> tags; every piece is set as text, never as markup.
  if (input.value.trim()) excerpt.split(/<\/?mark>/).forEach((piece, index) => {
    const plain = new DOMParser().parseFromString("<body>" + piece, "text/html").body.textContent;
    text.append(index % 2 ? make("mark", { textContent: plain }) : plain);
  });
  else text.textContent = meta.summary || "";
  return make("li", { className: "row" },
    make("a", { className: "row__title", href: url, textContent: meta.title }),
    make("p", { className: "row__meta" },
      make("span", { className: "tag", textContent: meta.type || "" }), " ", make("span", { textContent: meta.date || "" }), " ",
      meta.status ? make("span", { className: `chip chip--${meta.tone || tone(meta.status)}`, textContent: meta.status }) : null),
    text);
}

function facet(name, values) {
  const sorted = Object.entries(values).sort(name === "year" ? ([a], [b]) => b.localeCompare(a) : ([a, m], [b, n]) => n - m || a.localeCompare(b));
  const ul = make("ul");
  const all = make("button", { type: "button", className: "quiet" });
  const self = { items: new Map(), all, wide: false };
  for (const [value] of sorted) {
    const box = make("input", { type: "checkbox", name, value });
    const number = make("span", { className: "count" });
    const li = make("li", {}, make("label", {}, box, make("span", { textContent: value }), number));
    self.items.set(value, { li, input: box, count: number });
    ul.append(li);
  }
  all.addEventListener("click", () => { self.wide = !self.wide; fold(self); });
  const group = make("div", {}, ul, all);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", FACETS[name]);
  self.box = make("details", { className: "facet", open: ["type", "status", "country"].includes(name) }, make("summary", { textContent: FACETS[name] }), group);
  facets[name] = self;
  return self.box;
}

function recount(self, numbers) {
  for (const [value, item] of self.items) {
    item.number = numbers[value] || 0;
    item.count.textContent = item.number;
  }
  if ([...self.items.values()].some((item) => item.input.checked)) self.box.open = true;
  fold(self);
}

// Values without a hit are hidden; the first few of the others show.
function fold(self) {
  const alive = [...self.items.values()].filter((item) => item.number || item.input.checked || item.li.contains(document.activeElement));
  const few = self.wide ? alive : alive.filter((item, index) => index < SHORT || item.input.checked);
  for (const item of self.items.values()) item.li.hidden = !few.includes(item);
  self.box.hidden = !alive.length;
  self.all.hidden = alive.length <= SHORT;
  self.all.textContent = self.wide ? "Show fewer" : `Show all ${alive.length}`;
}


async function start() {
  root.classList.add("is-on");
  count.textContent = "Loading the index …";
  readWords();
  pagefind = await import(new URL("pagefind/pagefind.js", base));
  await pagefind.options({ baseUrl: base.pathname, excerptLength: 28 });
  const values = await pagefind.filters();
  part("facets").append(...Object.keys(FACETS).filter((name) => values[name]).map((name) => facet(name, values[name])));
  readFacets();
  filters.open = matchMedia("(min-width: 60em)").matches;

  let timer;
  const change = (push) => { clearTimeout(timer); writeUrl(push); run(); };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(change, 180, false); });
  input.form.addEventListener("submit", (event) => { event.preventDefault(); change(true); });
  filters.addEventListener("change", () => change(true));
  sort.addEventListener("change", () => change(true));
  clear.addEventListener("click", () => { for (const name in facets) for (const item of facets[name].items.values()) item.input.checked = false; change(true); input.focus(); });
  more.addEventListener("click", async () => { const rows = await page(); list.append(...rows); rows[0].querySelector("a").focus(); });
  addEventListener("popstate", () => { readWords(); readFacets(); run(); });

  const slash = part("slash");
  slash.checked = __md_get("slash") !== false;
  slash.addEventListener("change", () => __md_set("slash", slash.checked));
  writeUrl(false); // words may have been typed while the index loaded
  await run();
}

start().catch((problem) => {
  console.warn("search:", problem);
  root.classList.remove("is-on");
  root.classList.add("is-broken");
});
