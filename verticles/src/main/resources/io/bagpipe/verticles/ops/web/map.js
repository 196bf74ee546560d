// The map of recent images on a canvas: points by label, some as thumbnails.
import { ask, css, el } from './format.js';
import { source } from './gallery.js';

const COLORS = ['#0d9488', '#e07b39', '#7c6ce0', '#c9a227', '#d6568c', '#4f8fd9', '#6aa84f', '#a0623a', '#8f9aa5', '#c0392b'];
const THUMBNAILS = 36;
const THUMB = 30;

export function map(canvas, card, note, legend, choose) {
  let items = [];
  let colors = new Map();
  let thumbs = new Map();
  let current = -1;

  function place() {
    const xs = items.map((p) => p.x);
    const ys = items.map((p) => p.y);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [w, h, air] = [canvas.clientWidth, canvas.clientHeight, 28];
    return items.map((p) => [air + ((p.x - left) / (right - left || 1)) * (w - 2 * air), h - air - ((p.y - low) / (high - low || 1)) * (h - 2 * air)]);
  }

  function draw() {
    const scale = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const g = canvas.getContext('2d');
    g.scale(scale, scale);
    const at = place();
    canvas.dataset.points = at.filter((xy) => xy.every(Number.isFinite)).length;
    items.forEach((p, i) => {
      g.globalAlpha = 0.75;
      g.fillStyle = colors.get(p.label ?? '') ?? COLORS[0];
      g.beginPath();
      g.arc(at[i][0], at[i][1], 3.5, 0, 7);
      g.fill();
    });
    g.globalAlpha = 1;
    g.imageSmoothingEnabled = false;
    items.forEach((p, i) => {
      const image = thumbs.get(p.key);
      if (!image?.complete || image.naturalWidth === 0) return;
      const [x, y] = [at[i][0] - THUMB / 2, at[i][1] - THUMB / 2];
      g.drawImage(image, x, y, THUMB, THUMB);
      g.strokeStyle = colors.get(p.label ?? '') ?? COLORS[0];
      g.lineWidth = 1.5;
      g.strokeRect(x, y, THUMB, THUMB);
    });
    if (current >= 0) {
      g.strokeStyle = css('--ink');
      g.lineWidth = 2;
      g.beginPath();
      g.arc(at[current][0], at[current][1], 8, 0, 7);
      g.stroke();
    }
  }

  function point(index) {
    if (index === current) return;
    current = index;
    card.hidden = index < 0;
    if (index >= 0) {
      const p = items[index];
      const [x, y] = place()[index];
      card.replaceChildren(el('img', { alt: '', src: source(p.key) }), el('span', {}, p.label ?? ''), el('span', {}, p.key));
      card.style.left = Math.min(x + 12, canvas.clientWidth - 108) + 'px';
      card.style.top = Math.max(4, Math.min(y - 40, canvas.clientHeight - 140)) + 'px';
    }
    draw();
  }

  function nearest(event) {
    const box = canvas.getBoundingClientRect();
    let best = -1;
    let distance = 400;
    place().forEach(([x, y], i) => {
      const d = (x - event.clientX + box.left) ** 2 + (y - event.clientY + box.top) ** 2;
      if (d < distance) { distance = d; best = i; }
    });
    return best;
  }

  /** The nearest point in the arrow's direction. */
  function step(dx, dy) {
    const at = place();
    if (current < 0) { point(0); return; }
    let best = -1;
    let cost = Infinity;
    at.forEach(([x, y], i) => {
      const [ox, oy] = [x - at[current][0], y - at[current][1]];
      const along = ox * dx + oy * dy;
      if (i === current || along <= 0.5) return;
      const c = along + 2 * Math.abs(ox * dy - oy * dx);
      if (c < cost) { cost = c; best = i; }
    });
    if (best >= 0) point(best);
  }

  function color() {
    const labels = [...new Set(items.map((p) => p.label ?? ''))].sort();
    colors = new Map(labels.map((label, i) => [label, COLORS[i % COLORS.length]]));
    legend.replaceChildren(...labels.filter((label) => label !== '').slice(0, 20).map((label) => {
      const swatch = el('i', { class: 'swatch' });
      swatch.style.background = colors.get(label);
      return el('span', { class: 'key' }, swatch, label);
    }));
  }

  async function load() {
    try {
      items = (await ask('api/map?n=400')).items;
      note.hidden = items.length > 0;
      note.textContent = 'Nothing on the map yet: the index is still filling.';
    } catch (error) {
      items = [];
      note.hidden = false;
      note.textContent = 'No map: ' + error.message + '.';
    }
    current = -1;
    card.hidden = true;
    color();
    const stride = Math.max(1, Math.floor(items.length / THUMBNAILS));
    const fresh = new Map();
    items.filter((_, i) => i % stride === 0).forEach((p) => {
      let image = thumbs.get(p.key);
      if (!image) { image = new Image(); image.addEventListener('load', draw); image.src = source(p.key); }
      fresh.set(p.key, image);
    });
    thumbs = fresh;
    draw();
    return items.length > 0;
  }

  canvas.addEventListener('pointermove', (event) => point(nearest(event)));
  canvas.addEventListener('pointerleave', () => point(-1));
  canvas.addEventListener('blur', () => point(-1));
  canvas.addEventListener('click', (event) => { const i = nearest(event); if (i >= 0) choose(items[i].key); });
  canvas.addEventListener('keydown', (event) => {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (arrows[event.key]) { event.preventDefault(); if (items.length > 0) step(...arrows[event.key]); }
    else if (event.key === 'Enter' && current >= 0) choose(items[current].key);
    else if (event.key === 'Escape') point(-1);
  });
  new ResizeObserver(draw).observe(canvas);
  return { load, draw, empty: () => items.length === 0 };
}
