// The search page: Pagefind's index with our own facets, order and pages; the whole state stands in
// the URL. Pagefind is fetched when search is first used, the facets when they are first opened.
const base = new URL("../", import.meta.url);
const PAGE = 10;
const FACETS = ["type", "status", "country", "person", "topic", "kind", "year"];
const SORTS = { newest: { date: "desc" }, oldest: { date: "asc" } };

const root = document.getElementById("finder"); // one form: its fields are the state
const part = (name) => root.querySelector(`[data-search-${name}]`);
const [count, list, more, clear, active, slash] = ["count", "results", "more", "clear", "active", "slash"].map(part);
const filters = root.querySelector(".search__filters");
const boxes = () => root.querySelectorAll(".facet input");
const asked = () => new URLSearchParams(location.search);
const lists = {}; // name of a facet -> its list
let engine, drawn, results = [], shown = 0, turn = 0, timer;

const make = (tag, props, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

const load = () => engine ??= (async () => {
  const pagefind = await import(new URL("pagefind/pagefind.js", base));
  await pagefind.options({ baseUrl: base.pathname, excerptLength: 28 });
  return pagefind;
})();

const draw = () => drawn ??= (async () => {
  const found = await (await load()).filters();
  for (const name of FACETS) {
    const values = Object.entries(found[name] || {}).sort(name === "year" ? ([a], [b]) => b.localeCompare(a) : ([a, m], [b, n]) => n - m || a.localeCompare(b));
    lists[name] = make("ul", { ariaLabel: name }, ...values.map(([value]) => make("li", {}, make("label", {},
      make("input", { type: "checkbox", name, value }), make("span", { textContent: value }), make("span", { className: "count" })))));
    part("facets").append(make("details", { className: "facet", open: FACETS.indexOf(name) < 3 }, make("summary", { textContent: name }), lists[name]));
  }
  tick();
})();

function tick() {
  const state = asked();
  for (const box of boxes()) box.checked = state.getAll(box.name).includes(box.value);
}

function read() {
  const state = asked();
  root.q.value = state.get("q") || "";
  root.sort.value = SORTS[state.get("sort")] ? state.get("sort") : "";
  filters.open ||= FACETS.some((name) => state.has(name));
  tick();
}

async function change(push) {
  clearTimeout(timer);
  if (filters.open) await draw().catch(broken);
  const state = new URLSearchParams([...new FormData(root)].filter(([, value]) => value.trim()));
  const url = location.pathname + (state.size ? "?" + state : "");
  if (url !== location.pathname + location.search) history[push ? "pushState" : "replaceState"](null, "", url);
  run();
}

async function search() {
  const mine = ++turn;
  root.classList.add("is-on");
  count.textContent ||= "Loading the index …";
  if (filters.open) await draw();
  const pagefind = await load();
  const query = root.q.value.trim() || null;
  const wanted = {};
  for (const box of boxes()) if (box.checked) (wanted[box.name] ??= { any: [] }).any.push(box.value);
  const sort = SORTS[root.sort.value] || (query ? undefined : SORTS.newest);
  const ask = (filters) => pagefind.search(query || "qxqx", { filters, sort });
  // A facet's own counts must ignore its own choices, or choosing Japan would hide Korea.
  const names = Object.keys(wanted);
  const [answer, ...others] = await Promise.all([wanted, ...names.map((name) => {
    const { [name]: own, ...rest } = wanted;
    return rest;
  })].map(ask));
  if (mine !== turn) return;
  for (const name in lists) recount(lists[name], (others[names.indexOf(name)] || answer).filters[name] || {});
  const ticks = root.querySelectorAll(".facet :checked").length;
  active.textContent = ticks ? `(${ticks})` : "";
  clear.hidden = !ticks;
  results = answer.results;
  shown = 0;
  const rows = await page();
  if (mine !== turn) return;
  list.replaceChildren(...rows);
  root.classList.toggle("is-none", !results.length);
  count.textContent = `${results.length ? results.length.toLocaleString("en") : "No"} record${results.length === 1 ? "" : "s"}` + (query ? ` for “${query}”` : "") + (results.length || !ticks ? "" : ". Fewer filters may help.");
}

const broken = (problem) => {
  console.warn("search:", problem);
  root.classList.replace("is-on", "is-broken");
};
const run = () => search().catch(broken);

async function page() {
  const data = await Promise.all(results.slice(shown, shown + PAGE).map((result) => result.data()));
  shown += data.length;
  more.hidden = shown >= results.length;
  return data.map(row);
}

function row({ url, meta, excerpt }) {
  const text = make("p", { className: "row__text" });
  // Odd pieces stand between <mark> tags; every piece is set as text, never as markup.
  if (root.q.value.trim()) ("… " + excerpt + "\u00a0…").split(/<\/?mark>/).forEach((piece, index) => {
    const plain = new DOMParser().parseFromString("<body>" + piece, "text/html").body.textContent;
    text.append(index % 2 ? make("mark", { textContent: plain }) : plain);
  });
  else text.textContent = meta.summary || "";
  const labels = [["tag", meta.type], ["", meta.date], [`chip chip--${meta.tone}`, meta.status]].filter(([, textContent]) => textContent);
  return make("li", { className: "row" },
    make("a", { className: "row__title", href: url, textContent: meta.title }),
    make("p", { className: "row__meta" }, ...labels.map(([className, textContent]) => make("span", { className, textContent }))),
    text);
}

// Values without a hit are hidden, but for those that are chosen or have the focus.
function recount(ul, numbers) {
  for (const li of ul.children) {
    const box = li.querySelector("input"), number = numbers[box.value];
    li.querySelector(".count").textContent = number || 0;
    li.hidden = !number && !box.checked && box !== document.activeElement;
    if (box.checked) ul.parentNode.open = true;
  }
  ul.parentNode.hidden = !ul.querySelector("li:not([hidden])");
}

// Parts of the index with the words so far are fetched while the rest is typed.
root.q.onfocus = () => load().then((pagefind) => pagefind.preload(root.q.value)).catch(() => {});
root.q.oninput = () => { root.q.onfocus(); clearTimeout(timer); timer = setTimeout(change, 80); };
root.onsubmit = (event) => { event.preventDefault(); change(true); };
filters.onchange = root.sort.onchange = change;
filters.ontoggle = () => drawn || run();
clear.onclick = () => { for (const box of boxes()) box.checked = false; change(true); root.q.focus(); };
more.onclick = async () => { const rows = await page(); list.append(...rows); rows[0].querySelector("a").focus(); };
onpopstate = () => { read(); run(); };

slash.checked = __md_get("slash") !== false;
slash.onchange = () => __md_set("slash", slash.checked);

read();
if (location.search) run();
