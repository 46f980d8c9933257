/**
 * Puts a meeting into a page of another site: see docs/embedding.md. A plain script, for any page, that needs nothing
 * else.
 */
(function () {
  "use strict";
  var script = /** @type {HTMLScriptElement} */ (document.currentScript);
  var site = new URL(script.src).origin;
  /** @typedef {{meeting: string, name?: string, ticket?: string, parent?: Element, title?: string, height?: string}} Wanted */
  /** @typedef {(told: any) => void} Listener */
  // One without a height of its own has this.
  var HEIGHT = "600px";
  var ALLOWED = "camera; microphone; display-capture; fullscreen; autoplay; clipboard-write; speaker-selection";

  /**
   * Puts a meeting at the end of `wanted.parent` (or of the page), and answers what steers it.
   *
   * @param {Wanted} wanted
   */
  function embed(wanted) {
    var frame = document.createElement("iframe");
    /** @type {Record<string, Listener[]>} */ var listeners = {};
    frame.src = address(wanted);
    frame.allow = ALLOWED;
    frame.title = wanted.title || "Meeting";
    frame.style.width = "100%";
    frame.style.height = wanted.height || HEIGHT;
    frame.style.border = "0";

    /** @param {string} what */
    function ask(what) {
      if (frame.contentWindow) frame.contentWindow.postMessage({ kcsMeet: what }, site);
    }

    /** @param {MessageEvent} event */
    function heard(event) {
      if (event.origin !== site || event.source !== frame.contentWindow) return;
      var told = event.data;
      if (!told || typeof told.kcsMeet !== "string") return;
      (listeners[told.kcsMeet] || []).forEach(function (listener) { listener(told); });
      frame.dispatchEvent(new CustomEvent("kcs-meet", { bubbles: true, detail: told }));
    }

    frame.addEventListener("load", function () { ask("hello"); });
    window.addEventListener("message", heard);
    (wanted.parent || document.body).appendChild(frame);
    return {
      frame: frame,
      /** @param {string} what  `joined`, `participants`, `microphone`, `left` or `ended`. @param {Listener} listener */
      on: function (what, listener) {
        listeners[what] = (listeners[what] || []).concat(listener);
      },
      leave: function () { ask("leave"); },
      toggleMicrophone: function () { ask("toggle-microphone"); },
      /** Takes it out of the page, which leaves the meeting too. */
      remove: function () {
        window.removeEventListener("message", heard);
        if (frame.parentNode) frame.parentNode.removeChild(frame);
      },
    };
  }

  /** @param {Wanted} wanted */
  function address(wanted) {
    var told = new URLSearchParams();
    if (wanted.name) told.set("name", wanted.name);
    if (wanted.ticket) told.set("ticket", wanted.ticket);
    // In the fragment: no server's log has it.
    return site + "/m/" + encodeURIComponent(wanted.meeting) + "/#" + told.toString();
  }

  var known = /** @type {any} */ (window);
  known.KcsMeet = known.KcsMeet || { embed: embed, meetings: [] };
  var data = script.dataset;
  if (!data.meeting) return;
  var place = document.createElement("div");
  script.insertAdjacentElement("afterend", place);
  known.KcsMeet.meetings.push(embed({
    meeting: data.meeting, name: data.name, ticket: data.ticket, title: data.title, height: data.height, parent: place,
  }));
})();
