/** Five bars that move with a level. @param {HTMLElement} meter @returns {(level: number) => void} */
export function meterBars(meter) {
  const bars = /** @type {HTMLElement[]} */ ([...meter.children]);
  const shape = [0.45, 0.75, 1, 0.75, 0.45];
  return (level) => {
    bars.forEach((bar, index) => {
      const height = Math.max(0.3, Math.min(1, level * 1.35) * (shape[index] ?? 1));
      bar.style.setProperty("--level", height.toFixed(2));
      bar.classList.toggle("lit", level > 0.12);
    });
  };
}
