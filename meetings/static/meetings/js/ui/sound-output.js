/**
 * Plays what is heard, on the chosen speaker: one audio element for each sound received.
 *
 * @import {Subscriber} from "../media/subscriber.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 */

/**
 * @param {object} parts
 * @param {HTMLElement} parts.container
 * @param {Subscriber} parts.subscriber
 * @param {LocalMedia} parts.local
 * @param {(waiting: boolean) => void} parts.onWaiting  The browser wants a click before it plays sound (true), or plays it now.
 * @returns {{play: () => Promise<void>}}  To be called in answer to a click.
 */
export function mountSoundOutput({ container, subscriber, local, onWaiting }) {
  /** @type {Map<string, HTMLAudioElement>} By producer id. */ const playing = new Map();

  /** @param {HTMLAudioElement} element */
  const start = async (element) => {
    try {
      await element.play();
      return true;
    } catch (error) {
      return !(error instanceof DOMException && error.name === "NotAllowedError");
    }
  };

  subscriber.on("added", (received) => {
    if (received.kind !== "audio") return;
    const element = document.createElement("audio");
    element.autoplay = true;
    element.dataset["participantId"] = received.participantId;
    element.srcObject = new MediaStream([received.consumer.track]);
    playing.set(received.producerId, element);
    container.append(element);
    void route(element, local.state.speakerId);
    void start(element).then((played) => {
      if (!played) onWaiting(true);
    });
  });
  subscriber.on("removed", (received) => {
    const element = playing.get(received.producerId);
    if (!element) return;
    element.srcObject = null;
    element.remove();
    playing.delete(received.producerId);
  });
  local.store.watch(
    (state) => state.speakerId,
    (speakerId) => playing.forEach((element) => void route(element, speakerId)),
  );

  return {
    async play() {
      const played = await Promise.all([...playing.values()].map(start));
      onWaiting(played.includes(false));
    },
  };
}

/**
 * A speaker that was unplugged falls back to the system's choice.
 *
 * @param {HTMLAudioElement} element
 * @param {string} speakerId
 */
async function route(element, speakerId) {
  if (!("setSinkId" in element)) return;
  await element.setSinkId(speakerId).catch(() => element.setSinkId("").catch(() => {}));
}
