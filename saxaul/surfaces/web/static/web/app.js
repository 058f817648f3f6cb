// All the script of the pages. Every page works without it: forms post, links lead on; this only saves steps.
(() => {
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";

  // A form that is under way is not sent twice; the server would answer the same, but people should not wonder.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) return event.preventDefault();
    if (event.target.method !== "post" || event.target.hasAttribute("hx-post")) return;
    event.target.dataset.sent = "1";
    all("button", event.target).forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("button", form).forEach((button) => button.removeAttribute("aria-busy"));
  }));
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
  document.addEventListener("change", (event) => event.target.closest("form[data-auto]")?.requestSubmit());

  // The countdown of a one-time code; at its end the page asks for a new one, at most five times in a row.
  let renewals = 0;
  setInterval(() => all("[data-left]").forEach((timer) => {
    if (!timer.dataset.end) timer.dataset.end = Date.now() + 1000 * timer.dataset.left;
    const left = Math.max(0, Math.ceil((timer.dataset.end - Date.now()) / 1000));
    const shown = timer.querySelector("[data-seconds]");
    if (shown) shown.textContent = left;
    if (left || timer.dataset.over || document.hidden || renewals > 4) return;
    timer.dataset.over = "1";
    renewals += 1;
    document.body.dispatchEvent(new Event("ended"));
  }), 500);

  // Scanning: the browser's own reader where there is one, else a small picture twice a second for the server to read.
  const lens = document.querySelector("[data-scan]");
  if (lens) {
    const video = lens.querySelector("video"), status = document.querySelector("[data-status]");
    const form = document.querySelector("form[data-code]"), canvas = document.createElement("canvas");
    const found = (code) => {
      video.srcObject.getTracks().forEach((track) => track.stop());
      form.querySelector("[name=code]").value = code;
      form.requestSubmit();
    };
    const frame = async () => {
      canvas.width = 640;
      canvas.height = Math.round((640 * video.videoHeight) / video.videoWidth);
      canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.7));
      const headers = { "X-CSRFToken": token(), "Content-Type": "image/jpeg" };
      const reply = await fetch(lens.dataset.scan, { method: "POST", body: blob, headers });
      return reply.status === 200 ? (await reply.json()).code : "";
    };
    const start = async () => {
      try {
        video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        status.textContent = lens.querySelector("[data-say]").textContent = status.dataset.none;
        return;
      }
      video.hidden = false;
      lens.querySelector(".call").hidden = true;
      await video.play();
      const formats = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
      const reader = formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
      while (video.srcObject.active) {
        const code = await (reader ? reader.detect(video).then((codes) => codes[0]?.rawValue) : frame()).catch(() => "");
        if (code) return found(code);
        await new Promise((done) => setTimeout(done, reader ? 120 : 500));
      }
    };
    lens.querySelector("[data-start]").addEventListener("click", start);
    navigator.permissions?.query({ name: "camera" }).then((now) => now.state === "granted" && start()).catch(() => {});
  }
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
})();
