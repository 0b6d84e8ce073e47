// The search page: Pagefind's index with our own facets, order and pages; the whole state stands in
// the URL. Pagefind is fetched for the first words, the facets when they are first opened, or an order
// of dates is asked for.
const base = new URL("../", import.meta.url);
const FACETS = ["type", "status", "country", "person", "topic", "kind", "year"];
const SORTS = { newest: -1, oldest: 1 };

// One form: its fields are the state.
const root = document.getElementById("finder");
const part = (name) => root.querySelector(`[data-search-${name}]`);
const [count, list, more, clear, active, slash] = ["count", "results", "more", "clear", "active", "slash"].map(part);
const filters = root.querySelector(".search__filters");
const asked = () => new URLSearchParams(location.search);
const narrowed = () => filters.open || FACETS.some((name) => asked().has(name));
// Of each page its place in the order of dates and the numbers of its values.
const pages = {};
const about = ({ id }) => pages[id] || { at: 0, own: [] };
let engine, drawn, options = [], results = [], shown, turn = 0, timer;

const make = (tag, props, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

const get = (path, how) => fetch(new URL("pagefind/" + path, base), how);
const load = () => engine ??= (async () => {
  const pagefind = await import(new URL("pagefind/pagefind.js", base));
  await pagefind.options({ baseUrl: base.pathname, excerptLength: 28 });
  return pagefind;
})();

// All pages in order of dates, and the values of all facets, each with its pages as steps from one to
// the next.
const draw = () => drawn ??= (async () => {
  const found = await (await get("facets.json", { cache: "no-cache" })).json();
  const ids = found.pages.match(/.{7}/g).map((id) => "en_" + id);
  ids.forEach((id, at) => { pages[id] = { at, own: [] }; });
  options = found.values.map(([name, value, steps], n) => {
    let at = 0;
    for (const step of steps) pages[ids[at += step]].own.push(n);
    const box = make("input", { type: "checkbox", name, value }), count = make("span", { className: "count" });
    return { box, count, li: make("li", {}, make("label", {}, box, value, count)) };
  });
  part("facets").replaceChildren(...FACETS.map((name, n) => {
    const own = options.filter(({ box }) => box.name === name);
    if (name === "year") own.sort((a, b) => b.box.value - a.box.value);
    return make("details", { className: "facet", open: n < 3 }, make("summary", {}, name), make("ul", { ariaLabel: name }, ...own.map(({ li }) => li)));
  }));
  tick();
})();

// A page as the index has it, for what is found without words; there Pagefind would take seconds.
async function fragment(id) {
  // Some hosts unpack it on the way.
  const file = await get(`fragment/${id}.pf_fragment`), plain = file.clone();
  const text = await new Response(file.body.pipeThrough(new DecompressionStream("gzip"))).text().catch(() => plain.text());
  // It stands behind a signature.
  const { url, meta } = JSON.parse(text.slice(12));
  return { url: new URL("." + url, base).pathname, meta };
}

function tick() {
  const state = asked();
  for (const { box } of options) box.checked = state.getAll(box.name).includes(box.value);
}

function read() {
  const state = asked();
  root.q.value = state.get("q") || "";
  root.sort.value = SORTS[state.get("sort")] ? state.get("sort") : "";
  // Where they would stand above what is found, they wait to be opened.
  filters.open ||= matchMedia("(min-width: 60em)").matches && narrowed();
  tick();
}

async function change(push) {
  clearTimeout(timer);
  // Without the facets the form is not all of the state.
  if (narrowed() && await draw().catch(broken)) return;
  const state = new URLSearchParams([...new FormData(root)].filter(([, value]) => value.trim()));
  const url = location.pathname + (state.size ? "?" + state : "");
  if (url !== location.pathname + location.search) history[push ? "pushState" : "replaceState"](null, "", url);
  run();
}

async function search() {
  const mine = ++turn;
  root.classList.remove("is-broken");
  root.classList.add("is-on");
  count.textContent ||= "Loading …";
  const query = root.q.value.trim();
  const sort = SORTS[root.sort.value] || (query ? 0 : SORTS.newest);
  const [hits] = await Promise.all([query && load().then((it) => it.search(query)), (sort || drawn || narrowed()) && draw()]);
  const found = hits ? hits.results : Object.keys(pages).map((id) => ({ id, data: () => fragment(id) }));
  if (mine !== turn) return;
  const wanted = {}, numbers = options.map(() => 0);
  options.forEach(({ box }, n) => { if (box.checked) (wanted[box.name] ??= []).push(n); });
  const names = Object.keys(wanted);
  results = found.filter((one) => {
    const { own } = about(one);
    const lacks = names.filter((name) => !own.some((n) => wanted[name].includes(n)));
    // A facet's own counts must ignore its own choices, or choosing Japan would hide Korea.
    if (!lacks[1]) for (const n of own) if (!lacks[0] || options[n].box.name === lacks[0]) numbers[n]++;
    return !lacks[0];
  });
  if (sort) results.sort((a, b) => (about(a).at - about(b).at) * sort);
  // Values without a hit are hidden, but for those that are chosen or have the focus.
  options.forEach(({ box, count, li }, n) => {
    count.textContent = numbers[n];
    li.hidden = !numbers[n] && !box.checked && box !== document.activeElement;
    if (box.checked) li.closest("details").open = true;
  });
  for (const facet of part("facets").children) facet.hidden = !facet.querySelector("li:not([hidden])");
  const ticks = options.filter(({ box }) => box.checked).length;
  active.textContent = ticks ? `(${ticks})` : "";
  clear.hidden = !ticks;
  const rows = await page(0);
  if (mine !== turn) return;
  list.replaceChildren(...rows);
  root.classList.toggle("is-none", !results.length);
  count.textContent = `${results.length ? results.length.toLocaleString("en") : "No"} record${results.length === 1 ? "" : "s"}` + (query ? ` for “${query}”` : "") + (ticks && !results.length ? ". Fewer filters may help." : "");
}

const broken = (problem) => {
  console.warn(problem);
  // Next time they are asked for again.
  drawn = engine = null;
  root.classList.replace("is-on", "is-broken");
  return true;
};
const run = () => search().catch(broken);

async function page(from) {
  const data = await Promise.all(results.slice(from, from + 10).map((one) => one.data()));
  shown = from + data.length;
  more.hidden = shown >= results.length;
  return data.map(row);
}

function row({ url, meta, excerpt }) {
  const text = make("p", { className: "row__text" });
  // Odd pieces stand between <mark> tags; every piece is set as text, never as markup.
  if (excerpt) ("… " + excerpt + "\u00a0…").split(/<\/?mark>/).forEach((piece, index) => {
    const plain = new DOMParser().parseFromString("<body>" + piece, "text/html").body.textContent;
    text.append(index % 2 ? make("mark", { textContent: plain }) : plain);
  });
  else text.textContent = meta.summary || "";
  const labels = [["tag", meta.type], ["", meta.date], [`chip chip--${meta.tone}`, meta.status]].filter(([, text]) => text);
  return make("li", { className: "row" },
    make("a", { className: "row__title", href: url, textContent: meta.title }),
    make("p", { className: "row__meta" }, ...labels.map(([className, textContent]) => make("span", { className, textContent }))),
    text);
}

// Parts of the index with the words so far are fetched while the rest is typed.
root.q.onfocus = () => load().then((pagefind) => pagefind.preload(root.q.value)).catch(() => {});
root.q.oninput = () => { root.q.onfocus(); clearTimeout(timer); timer = setTimeout(change, 80); };
root.onsubmit = (event) => { event.preventDefault(); change(true); };
filters.onchange = root.sort.onchange = change;
filters.ontoggle = () => drawn || run();
clear.onclick = () => { for (const { box } of options) box.checked = false; change(true); root.q.focus(); };
more.onclick = async () => { const rows = await page(shown); list.append(...rows); rows[0].querySelector("a").focus(); };
onpopstate = () => { read(); run(); };

slash.checked = __md_get("slash") !== false;
slash.onchange = () => __md_set("slash", slash.checked);

read();
if (location.search) run();
