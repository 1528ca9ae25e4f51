"use strict";
(() => {
  const bar = document.getElementById("find"), field = bar.querySelector("input"), told = bar.querySelector("output");
  const [back, next] = bar.querySelectorAll("button");
  const marks = typeof Highlight === "function" && CSS.highlights ? CSS.highlights : null;
  const MOST = 5000;
  let texts = null, wanted = "", hits = [], at = -1, timer = 0;
  const plain = (text) => text.toLowerCase().normalize("NFC");
  const all = () => {
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const lower = plain(node.data);
      if (lower.trim() && lower.length === node.data.length) found.push([node, lower]);
    }
    return found;
  };
  const search = () => {
    wanted = field.value.trim();
    hits = []; at = -1;
    const lowered = plain(wanted);
    if (lowered) {
      texts = texts || all();
      for (const [node, lower] of texts) {
        for (let i = lower.indexOf(lowered); i >= 0 && hits.length < MOST; i = lower.indexOf(lowered, i + lowered.length)) {
          const range = document.createRange();
          range.setStart(node, i); range.setEnd(node, i + lowered.length);
          hits.push(range);
        }
        if (hits.length >= MOST) break;
      }
    }
    if (marks) marks.set("hits", new Highlight(...hits));
    move(1, Boolean(lowered));
  };
  const move = (step, asked = true) => {
    if (!hits.length) {
      told.textContent = asked && field.value.trim() ? bar.dataset.none : "";
      if (marks) marks.delete("here");
    } else {
      at = (at + step + hits.length) % hits.length;
      const range = hits[at], inside = range.startContainer.parentElement;
      const closed = inside.closest("details:not([open])");
      if (closed) closed.open = true;
      if (marks) marks.set("here", new Highlight(range));
      inside.scrollIntoView({ block: "center", inline: "nearest" });
      told.textContent = bar.dataset.count.replace("{number}", at + 1).replace("{total}", hits.length + (hits.length === MOST ? "+" : ""));
    }
    back.disabled = next.disabled = hits.length < 2;
  };
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 150); });
  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (hits.length && field.value.trim() === wanted) move(1); else search();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); move(-1); }
    if (event.key === "Escape") { field.value = ""; search(); }
  });
  back.addEventListener("click", () => move(-1));
  next.addEventListener("click", () => move(1));
  addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details")) one.open = true; });
  back.disabled = next.disabled = true;
  bar.hidden = false;
})();
