// Server-sent events that come back by themselves: after a lost connection, and after a server that was started again.
const againMs = 1500;

/** `listeners`: by the event's name, each is given its JSON. `state` is told 'open' or 'lost'. Returns what ends it. */
export function stream(address, listeners, state = () => undefined) {
  let source;
  let timer;
  let isOver = false;
  const open = () => {
    source = new EventSource(address);
    source.addEventListener('open', () => state('open'));
    source.addEventListener('error', () => {
      if (isOver) return;
      state('lost');
      // The browser tries again by itself, but not after an answer that is no stream.
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(open, againMs);
    });
    for (const [name, listener] of Object.entries(listeners))
      source.addEventListener(name, (event) => listener(JSON.parse(event.data)));
  };
  open();
  return () => {
    isOver = true;
    clearTimeout(timer);
    source.close();
  };
}
