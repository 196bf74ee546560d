// Charts over images and over time. uPlot draws; legends are buttons, so that the keyboard reaches them.
import uPlot from './uplot.js';
import { clock, css, el, known, moment, short } from './format.js';

const KEEP = 4000;

/** Columns that grow; x never goes back: work that was done again replaces what it undid. */
export class Table {
  constructor(xField) { this.xField = xField; this.clear(); }

  clear() { this.x = []; this.rows = []; }

  append({ fields, columns }) {
    const xAt = fields.indexOf(this.xField);
    for (let i = 0; i < columns[0].length; i++) {
      const x = columns[xAt][i];
      if (!known(x)) continue;
      while (this.x.length > 0 && this.x.at(-1) >= x) { this.x.pop(); this.rows.pop(); }
      this.x.push(x);
      this.rows.push(Object.fromEntries(fields.map((field, f) => [field, columns[f][i]])));
    }
    if (this.x.length > KEEP) {
      // The older half gets thinner; the history on the server has the means.
      const keep = (_, i) => i >= this.x.length / 2 || i % 2 === 0;
      this.rows = this.rows.filter(keep);
      this.x = this.x.filter(keep);
    }
  }

  column(field) { return this.rows.map((row) => row[field] ?? null); }
}

let marks = { anchors: [], time: [] };

/** Upright lines in every chart, where the stream changed: {anchors, time}, each a list. */
export function mark(at) {
  if (JSON.stringify(at) === JSON.stringify(marks)) return;
  marks = at;
  for (const c of charts) c.recolor();
}

/** Drawn behind the curves. */
function drawMarks(u, x) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = css('--warn');
  ctx.setLineDash([4, 4]);
  for (const value of marks[x]) {
    if (value < u.scales.x.min || value > u.scales.x.max) continue;
    const at = Math.round(u.valToPos(value, 'x', true));
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

const charts = new Set();
let dirty = false;

/** Redraws what has changed, once a frame at most. */
export function redraw() {
  if (dirty) return;
  dirty = true;
  requestAnimationFrame(() => { dirty = false; for (const chart of charts) chart.draw(); });
}

/**
 * @param figure where
 * @param title over it
 * @param x 'anchors' or 'time'
 * @param series [{name, color (a CSS variable), format, scale?, width?, points?}]
 * @param data () => [x, ...columns]
 */
export function chart(figure, { title, x, series, data, height = 200, range, empty = 'No data yet' }) {
  const legend = el('span', { class: 'legend' });
  const plot = el('div', { class: 'plot' });
  const note = el('div', { class: 'empty' }, empty);
  plot.append(note);
  figure.append(el('figcaption', {}, el('strong', {}, title), legend), plot);
  figure.setAttribute('aria-label', title);
  const values = series.map(() => el('b'));
  const buttons = [];
  let u = null;
  let sizes = null;
  let last = [[]];
  // A line needs two points; what is drawn as points needs one.
  const enough = series.some((s) => s.points) ? 1 : 2;

  series.forEach((s, i) => {
    const swatch = el('i', { class: 'swatch' });
    swatch.style.background = 'var(' + s.color + ')';
    const button = el('button', { type: 'button', 'aria-pressed': 'true', title: 'Show or hide ' + s.name }, swatch, s.name + ' ', values[i]);
    button.addEventListener('click', () => {
      const show = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(show));
      u?.setSeries(i + 1, { show });
    });
    buttons.push(button);
    legend.append(button);
  });

  function say(index) {
    series.forEach((s, i) => {
      const column = last[i + 1] ?? [];
      let value = index === null || index === undefined ? undefined : column[index];
      if (index === null || index === undefined) value = column.findLast(known);
      values[i].textContent = known(value) ? s.format(value) : '';
    });
  }

  function create() {
    const second = series.some((s) => s.scale === 'right');
    const ticks = (s) => s.tick ?? ((v) => (Math.abs(v) >= 1000 ? short(v) : String(+v.toPrecision(3))));
    const axis = (scale, format, side, own) => ({
      scale, side, stroke: () => css(own ?? '--soft'), font: '11px system-ui', size: 46, gap: 4,
      grid: { show: side === 3, stroke: () => css('--faint'), width: 1 }, ticks: { show: false },
      values: (_, splits) => splits.map(format),
    });
    u = new uPlot({
      width: plot.clientWidth, height, legend: { show: false },
      padding: [8, second ? 0 : 10, 0, 0],
      cursor: { points: { size: 7 }, y: false, drag: { x: true, y: false } },
      scales: { x: { time: false }, y: { range: range ?? padded }, right: { range: padded } },
      axes: [
        { stroke: () => css('--soft'), font: '11px system-ui', size: 28, grid: { show: false }, ticks: { show: false }, space: 80,
          values: (self, splits) => splits.map((v) => (x === 'time' ? (self.scales.x.max - self.scales.x.min > 43200000 ? moment(v) : clock(v).slice(0, self.scales.x.max - self.scales.x.min > 600000 ? 5 : 8)) : short(v))) },
        axis('y', ticks(series.find((s) => s.scale !== 'right')), 3),
        ...(second ? [axis('right', ticks(series.find((s) => s.scale === 'right')), 1, series.find((s) => s.scale === 'right').color)] : []),
      ],
      series: [{}, ...series.map((s) => ({
        label: s.name, scale: s.scale ?? 'y', stroke: () => css(s.color), width: s.width ?? 1.5, dash: s.dash, alpha: s.alpha ?? 1,
        spanGaps: true, points: { show: s.points ?? false, size: 5, fill: () => css(s.color) },
      }))],
      hooks: { drawAxes: [(self) => drawMarks(self, x)], setCursor: [(self) => say(self.cursor.idx)] },
    }, last, plot);
    sizes = new ResizeObserver(() => u.setSize({ width: plot.clientWidth, height }));
    sizes.observe(plot);
  }

  const self = {
    draw(force) {
      if (document.hidden && !force) return;
      last = data();
      const some = last[0].length >= enough;
      note.hidden = some;
      series.forEach((s, i) => { buttons[i].hidden = Boolean(s.optional) && !last[i + 1].some(known); });
      if (some && !u) create();
      else if (u) u.setData(last);
      if (!u || u.cursor.idx === null || u.cursor.idx === undefined) say(null);
    },
    recolor() { u?.redraw(false, true); },
    remove() { charts.delete(self); sizes?.disconnect(); u?.destroy(); figure.replaceChildren(); },
  };
  charts.add(self);
  return self;
}

/** A little air above and below. */
function padded(_, low, high) {
  if (!known(low) || !known(high)) return [0, 1];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low >= 0 && low - air < 0 ? 0 : low - air, high + air];
}

export const fromZero = (_, low, high) => [0, known(high) && high > 0 ? high * 1.1 : 1];

export function recolor() { for (const c of charts) c.recolor(); }

/** Several tables over time on one axis. */
export function joined(tables, field) {
  const some = tables.filter((t) => t.x.length > 0);
  if (some.length === 0) return [[], ...tables.map(() => [])];
  const columns = uPlot.join(some.map((t) => [t.x, t.column(field)]));
  const result = [columns[0]];
  let next = 1;
  for (const table of tables) result.push(table.x.length > 0 ? columns[next++] : columns[0].map(() => null));
  return result;
}
