// Server-sent events, reconnecting. The service speaks every second: silence means a broken line.
const SILENCE = 6000;

export function listen({ onStatus, onPoints, onResync, onLink }) {
  let source = null;
  let heardAt = performance.now();
  let first = true;

  function open() {
    source?.close();
    source = new EventSource('api/events');
    source.addEventListener('status', (event) => {
      heardAt = performance.now();
      onLink('live');
      // After a break the charts have a hole: read the history anew.
      if (first) { first = false; onResync(); }
      onStatus(JSON.parse(event.data));
    });
    source.addEventListener('points', (event) => { heardAt = performance.now(); onPoints(JSON.parse(event.data)); });
    source.addEventListener('resync', () => onResync());
    source.addEventListener('error', () => {
      first = true;
      onLink('reconnecting');
      if (source.readyState === EventSource.CLOSED) signIn();
    });
  }

  // A service with another token than before answers, and asks for it.
  async function signIn() {
    const reply = await fetch('api/status').catch(() => null);
    if (reply?.status === 401) location.reload();
  }

  setInterval(() => {
    const silent = performance.now() - heardAt;
    if (silent > SILENCE) {
      onLink('reconnecting');
      if (source.readyState === EventSource.CLOSED || silent > 3 * SILENCE) {
        first = true;
        heardAt = performance.now() - SILENCE;
        open();
      }
    }
  }, 1000);
  open();
}
