// Before the first paint, on every page: the reader's own settings, kept under the top of the site,
// and the colour scheme among them. A file, not a line in the page, so that the Content-Security-Policy
// can forbid every script inside a page.
(() => {
  const top = new URL("..", document.currentScript.src).pathname;
  window.__md_get = (name) => { try { return JSON.parse(localStorage.getItem(top + "." + name)); } catch { return null; } };
  // Where nothing may be kept, nothing is.
  window.__md_set = (name, value) => { try { localStorage.setItem(top + "." + name, JSON.stringify(value)); } catch {} };

  const scheme = __md_get("__palette")?.color?.scheme;
  if (scheme !== "default" && scheme !== "slate") return;
  // The body begins after this file was read; its attribute is set before anything in it is painted.
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    observer.disconnect();
    document.body.dataset.mdColorScheme = scheme;
  }).observe(document.documentElement, { childList: true });
})();
