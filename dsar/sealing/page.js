
"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const how = JSON.parse(find("how").textContent);
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const say = (text) => { find("message").textContent = text; };

  // as the sender's program: capitals and digits only, and what sounds or looks alike is one
  const plain = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");

  async function opened(passphrase) {
    const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(plain(passphrase)), "PBKDF2", false, ["deriveKey"]);
    const way = { name: "PBKDF2", hash: "SHA-256", salt: bytes(how.salt), iterations: how.rounds };
    const key = await crypto.subtle.deriveKey(way, secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    return crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(how.nonce) }, key, bytes(find("sealed").textContent));
  }

  async function unpacked(data) {
    const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
    const all = await new Response(stream).arrayBuffer();
    const length = new DataView(all).getUint32(0);
    const index = JSON.parse(new TextDecoder().decode(new Uint8Array(all, 4, length)));
    let at = 4 + length;
    return index.map((file) => {
      const blob = new Blob([new Uint8Array(all, at, file.size)], { type: file.type });
      at += file.size;
      return { ...file, url: URL.createObjectURL(blob) };
    });
  }

  function size(count) {
    const unit = count < 1e6 ? [1e3, "kB"] : [1e6, "MB"];
    return `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(count / unit[0])} ${unit[1]}`;
  }

  function show(files) {
    for (const file of files) {
      const item = document.createElement("li"), link = document.createElement("a"), told = document.createElement("span");
      link.href = file.url;
      link.download = file.name.split("/").pop();
      link.textContent = file.name;
      told.textContent = size(file.size);
      item.append(link, told);
      find("files").append(item);
    }
    const report = files.find((file) => file.name === "report.html");
    if (report) find("report").src = report.url;
    else { find("report").remove(); find("report-title").remove(); }
    find("door").hidden = true;
    find("room").hidden = false;
    find("inside").focus();
  }

  find("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!globalThis.crypto || !crypto.subtle || !globalThis.DecompressionStream) { say(how.texts.old); return; }
    find("open").disabled = true;
    say(how.texts.wait);
    let data;
    try {
      data = await opened(find("passphrase").value);
    } catch {
      say(how.texts.wrong);
      find("open").disabled = false;
      find("passphrase").focus();
      return;
    }
    try {
      show(await unpacked(data));
    } catch {
      say(how.texts.damaged);
    }
  });
})();
