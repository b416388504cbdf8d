// A hasty second click, on the button of a dialog that is gone or going already, would fall on what lay behind it.
let answered = null;
for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"])
  addEventListener(type, (event) => {
    const { clientX: x, clientY: y, timeStamp: at, detail: rank } = event;
    const second = answered && (rank > 1 || at - answered.at < 500) && Math.hypot(x - answered.x, y - answered.y) < 8;
    if (second && !answered.dialog.contains(event.target)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (type === "click") {
      const dialog = event.target instanceof Element && event.target.closest("button")?.closest('[role="dialog"]');
      answered = dialog && { dialog, at, x, y };
    }
  }, true);
