// Numbers, times and elements, the same way everywhere.
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const known = (x) => x !== null && x !== undefined && Number.isFinite(x);
export const count = (x) => (known(x) ? whole.format(x) : '–');
export const short = (x) => (known(x) ? (Math.abs(x) < 10000 ? whole.format(x) : compact.format(x)) : '–');
export const fixed = (x, digits) => (known(x) ? x.toFixed(digits) : '–');
export const percent = (x, digits = 0) => (known(x) ? (100 * x).toFixed(digits) + ' %' : '–');
export const rate = (x) => (known(x) ? (x >= 10 ? whole.format(x) : x.toFixed(1)) : '–');

export function small(x) {
  if (!known(x)) return '–';
  if (x === 0) return '0';
  const size = Math.abs(x);
  return size >= 100 ? whole.format(x) : size >= 1 ? x.toFixed(3) : size >= 0.001 ? x.toPrecision(3) : x.toExponential(1);
}

export function bytes(x) {
  if (!known(x)) return '–';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (x >= 1000 && unit < units.length - 1) { x /= 1000; unit++; }
  return (unit === 0 || x >= 100 ? whole.format(x) : x.toFixed(1)) + ' ' + units[unit];
}

export function span(seconds) {
  if (!known(seconds)) return '–';
  if (seconds < 90) return Math.round(seconds) + ' s';
  if (seconds < 5400) return Math.round(seconds / 60) + ' min';
  if (seconds < 172800) return (seconds / 3600).toFixed(1) + ' h';
  return Math.round(seconds / 86400) + ' days';
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const dayFormat = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });
export const clock = (at) => clockFormat.format(new Date(at));
export const moment = (at) => (Date.now() - at < 43200000 ? clock(at) : dayFormat.format(new Date(at)));

/** An element with properties and children; text is always text, never markup. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== 'role') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** JSON of this service; an error's message is the service's own. */
export async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error?.message ?? 'the service answered ' + response.status);
  return body;
}
