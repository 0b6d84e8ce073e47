// Small comforts on every page, all of them optional.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);

  document.documentElement.classList.replace("no-js", "js");

  // Colour scheme, kept where Material's inline script looks for it before the first paint.
  const scheme = $("#scheme");
  if (scheme) {
    const chosen = __md_get("__palette")?.color?.scheme;
    if (chosen) for (const input of scheme.querySelectorAll("input")) input.checked = input.value === chosen;
    scheme.onchange = ({ target }) => {
      const color = { scheme: target.value, media: target.dataset.mdColorMedia, primary: "custom", accent: "custom" };
      document.body.dataset.mdColorScheme = target.value;
      __md_set("__palette", target.value === "auto" ? null : { index: 0, color });
    };
  }

  // "/" goes to the search field (unless switched off on the search page), Escape leaves it or closes the menu.
  document.onkeydown = (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && __md_get("slash") !== false) {
      event.preventDefault();
      ($("#search-q") || $("#q")).focus();
    }
    if (event.key !== "Escape") return;
    const menu = $(".menu[open]");
    if (menu) { menu.open = false; $("summary", menu).focus(); }
    else if (typing?.type === "search") typing.blur();
  };
  const leave = ({ target }) => { const menu = $(".menu[open]"); if (menu && !menu.contains(target)) menu.open = false; };
  document.onclick = leave;
  document.addEventListener("focusin", leave);

  // Print what is folded.
  let folded;
  onbeforeprint = () => { folded = [...document.querySelectorAll("details:not([open], .menu, .cite)")]; for (const d of folded) d.open = true; };
  onafterprint = () => { for (const d of folded) d.open = false; };

  // 404: a search for the words of the address, and the pages whose addresses share most with it.
  const lost = $("[data-lost]");
  if (lost) {
    const [list, link] = [$("ul", lost), $("a", lost)];
    const threes = (path) => new Set(Array.from(path, (_, i) => path.slice(i, i + 3)));
    const path = location.pathname.toLowerCase(), mine = threes(path);
    link.search = "?q=" + path.replace(/\.html?$/, "").split("/").filter(Boolean).pop().replace(/^\d{4}(-\d\d)*-?|[-_]+/g, " ").trim();
    fetch(lost.dataset.lost).then((answer) => answer.text()).then((text) => {
      const rows = [...text.matchAll(/\[(.*)\]\(<(.*)index\.md\.txt>/g)].map(([, title, to]) => {
        const url = new URL(to, new URL(lost.dataset.lost, location)), its = threes(url.pathname);
        return { title, url, like: [...its].filter((three) => mine.has(three)).length / mine.size };
      });
      for (const { title, url, like } of rows.sort((a, b) => b.like - a.like).slice(0, 5)) if (like > .6) {
        const found = document.createElement("a");
        found.href = url;
        found.textContent = title.replace(/\\(?=\W)/g, "");
        list.appendChild(document.createElement("li")).append(found);
        list.parentNode.hidden = false;
      }
    });
    lost.hidden = false;
  }

  // A sentence with its citation, to the clipboard; what came of it is said beside the button.
  for (const box of document.querySelectorAll(".copy")) {
    const [button, told] = box.children;
    box.hidden = !navigator.clipboard;
    button.onclick = async () => {
      told.textContent = "";
      told.textContent = await navigator.clipboard.writeText(button.value).then(() => told.dataset.done, () => told.dataset.failed);
    };
  }

  // The tracker: narrowed and sorted; all of it stands in the address.
  const form = $("#narrow");
  if (form) {
    const tables = document.querySelectorAll(".data--tracker");
    const asked = new URLSearchParams(location.search);
    const value = (row, n) => $("time", row.cells[n])?.dateTime || row.cells[n].textContent.trim();
    let sort = +asked.get("sort") || 0;
    const show = () => {
      let seen = 0;
      for (const table of tables) {
        const body = table.tBodies[0], n = Math.abs(sort) - 1;
        if (sort) body.append(...[...body.rows].sort((a, b) => value(a, n).localeCompare(value(b, n), "en", { numeric: true }) * Math.sign(sort)));
        for (const row of body.rows) {
          row.hidden = !row.textContent.toLowerCase().includes(form.find.value.toLowerCase()) || !row.cells[1].textContent.includes(form.status.value);
          seen += !row.hidden;
        }
        [...table.rows[0].cells].forEach((head, i) => head.ariaSort = i !== n ? null : sort > 0 ? "ascending" : "descending");
      }
      const told = form.lastElementChild;
      told.textContent = `${seen} ${seen === 1 ? told.dataset.one : told.dataset.many}`;
      const query = new URLSearchParams([...new FormData(form), ["sort", sort || ""]].filter(([, v]) => v));
      history.replaceState(null, "", (query.size ? "?" + query : location.pathname) + location.hash);
    };
    for (const table of tables) [...table.rows[0].cells].forEach((head, i) => {
      const button = document.createElement("button");
      button.append(...head.childNodes);
      button.onclick = () => { sort = sort === i + 1 ? -i - 1 : i + 1; show(); };
      head.append(button);
    });
    form.find.value = asked.get("find") || "";
    form.status.value = asked.get("status") || "";
    form.oninput = show;
    form.onsubmit = (event) => event.preventDefault();
    show();
  }
})();
