// The dashboard: one status a second, charts from the history, pictures on demand.
import { Table, chart, fromZero, joined, mark, recolor, redraw } from './charts.js';
import { drift, marks } from './drift.js';
import { eras } from './eras.js';
import { listen } from './feed.js';
import { flow } from './flow.js';
import { ask, bytes, clock, count, fixed, known, percent, rate, short, small, span } from './format.js';
import { gallery } from './gallery.js';
import { map } from './map.js';
import { deadLetters, registry, students } from './tables.js';

const at = (id) => document.getElementById(id);
const STAGES = ['augment', 'teacher', 'bags', 'student'];
const STAGE_NAMES = ['augment', 'teacher', 'bag index', 'student'];

// ---- charts
const steps = new Table('anchors');
const evaluations = new Table('anchors');
const stages = STAGES.map(() => new Table('at'));
const tables = { step: steps, evaluation: evaluations, ...Object.fromEntries(STAGES.map((s, i) => ['stage-' + s, stages[i]])) };

// The terms of the loss are the objective's: their names come with the history's fields.
const termField = (term) => 'loss' + term[0].toUpperCase() + term.slice(1);
let terms = null;
let lossChart = null;
function showTerms(names) {
  if (terms && names.join() === terms.join()) return;
  terms = names;
  lossChart?.remove();
  lossChart = chart(at('chart-loss'), { title: 'Loss and its terms, over images', x: 'anchors', height: 240,
    data: () => [steps.x, ...terms.map((t) => steps.column(termField(t))), steps.column('loss')],
    series: [...terms.map((t, i) => ({ name: t, color: '--s' + (2 + i % 5), format: small, alpha: 0.75, optional: true })), { name: 'loss', color: '--s1', format: small, width: 2.2 }] });
  redraw();
}
showTerms([]);
chart(at('chart-evaluation'), { title: 'Accuracy and RankMe, over images', x: 'anchors', empty: 'No evaluation yet',
  data: () => [evaluations.x, ...['knnTop1', 'linearTop1', 'rankMe'].map((f) => evaluations.column(f))],
  series: [{ name: 'kNN', color: '--s1', format: (v) => percent(v, 1), tick: (v) => percent(v), width: 2, points: true, optional: true }, { name: 'linear', color: '--s3', format: (v) => percent(v, 1), width: 2, points: true, optional: true }, { name: 'RankMe', color: '--s2', format: (v) => fixed(v, 1), scale: 'right', points: true }] });
chart(at('chart-rate'), { title: 'Learning rate and speed, over images', x: 'anchors', range: fromZero,
  data: () => [steps.x, steps.column('learningRate'), steps.column('anchorsPerSecond')],
  series: [{ name: 'learning rate', color: '--s1', format: small, width: 2 }, { name: 'anchors/s', color: '--s2', format: rate, scale: 'right', width: 1.2 }] });
const perStage = (format, tick) => STAGES.map((_, i) => ({ name: STAGE_NAMES[i], color: '--s' + (i + 1), format, tick }));
chart(at('chart-throughput'), { title: 'Images a second', x: 'time', range: fromZero, data: () => joined(stages, 'ratePerSecond'), series: perStage(rate) });
chart(at('chart-busy'), { title: 'Utilisation', x: 'time', range: () => [0, 1], data: () => joined(stages, 'busy'), series: perStage(percent, (v) => percent(v)) });
chart(at('chart-lag'), { title: 'Records waiting', x: 'time', range: fromZero, data: () => joined(stages, 'lag'), series: perStage(short) });

function append(series) {
  for (const [name, columns] of Object.entries(series)) tables[name]?.append(columns);
  if (series.step) showTerms(series.step.fields.filter((f) => /^loss./.test(f)).map((f) => f[4].toLowerCase() + f.slice(5)));
  redraw();
}

async function history() {
  const { series } = await ask('api/history?points=1500');
  for (const table of Object.values(tables)) table.clear();
  append(series);
}

// ---- pictures and lists
const bags = gallery(at('gallery'), at('more'));
const chart2d = map(at('map'), at('map-card'), at('map-note'), at('map-legend'), (key) => bags.choose(key));
const showDead = deadLetters(at('dead'), at('dead-total'));
const files = students(at('students'), toast);
const showEras = eras(at('eras-section'), at('eras'), at('eras-level'));
const showDrift = drift(at('drift'), at('drift-level'));
const serving = registry(at('registry'), at('rollback'), toast);
const showFlow = flow(at('flow'));

// ---- status
let paused = false;
let statusAt = 0;

function put(id, text, raw) {
  const element = at(id);
  if (element.textContent !== text) element.textContent = text;
  if (raw !== undefined) element.dataset.value = raw ?? '';
}

function showKeyFigures({ step, evaluation, index, run }) {
  put('kpi-anchors', count(step?.anchors), step?.anchors);
  put('sub-anchors', known(run?.imagesGoal) ? 'of ' + count(run.imagesGoal) : 'in this run');
  put('kpi-rate', rate(step?.anchorsPerSecond), step?.anchorsPerSecond);
  put('kpi-loss', fixed(step?.loss, 3), step?.loss);
  put('sub-loss', step && Object.keys(step.terms).length === 0 ? 'as of the checkpoint' : step ? Object.entries(step.terms).map(([term, value]) => term + ' ' + fixed(value, 2)).join(' · ') : 'no step yet');
  put('kpi-knn', percent(evaluation?.knnTop1, 1), evaluation?.knnTop1);
  put('sub-knn', evaluation ? (evaluation.linearTop1 == null ? '' : 'linear ' + percent(evaluation.linearTop1, 1) + ', ') + 'at ' + count(evaluation.anchors) + ' images' : 'not evaluated yet');
  put('kpi-rankme', fixed(evaluation?.rankMe, 1), evaluation?.rankMe);
  put('sub-rankme', evaluation ? 'deviation ' + small(evaluation.featureStd) : 'effective rank');
  put('kpi-window', short(index?.live), index?.live);
  put('sub-window', index ? bytes(index.bytes) + ' · ' + (known(index.purity) ? percent(index.purity) + ' pure' : span(index.ageSpanSeconds)) : 'images in the index');
}

function showStatus(status) {
  statusAt = status.at;
  put('sentence', status.sentence);
  at('sentence').dataset.tone = status.tone;
  put('run', status.run?.run ?? '');
  document.title = (status.tone === 'attention' ? '⚠ ' : '') + 'Bagpipe' + (status.run ? ' · ' + status.run.run : '');
  const goal = status.run?.imagesGoal;
  at('progress').hidden = !(goal > 0);
  if (goal > 0) {
    const done = Math.min(1, (status.step?.anchors ?? 0) / goal);
    at('progress').firstElementChild.style.width = 100 * done + '%';
    at('progress').setAttribute('aria-valuenow', Math.round(100 * done));
  }
  paused = status.stages.some((s) => s.condition === 'paused');
  put('pause', paused ? 'Resume' : 'Pause');
  put('asof', 'As of ' + clock(status.at) + ', running for ' + span((status.at - status.startedAt) / 1000));
  showKeyFigures(status);
  showFlow(status);
  showDead(status.deadLetters);
  showDrift(status.drift);
  showEras(status.eras);
  mark(marks(status.drift.events));
  files.update(status.checkpoints);
  serving.update(status.registry);
  banner(status.warning);
}

function banner(text) {
  at('banner').hidden = !text;
  if (at('banner').textContent !== text) at('banner').textContent = text;
}

function link(state) {
  const stale = state !== 'live';
  const pill = at('link');
  pill.dataset.state = state;
  if (pill.textContent !== state) pill.textContent = state;
  document.body.classList.toggle('stale', stale && statusAt > 0);
  if (stale) banner(statusAt > 0 ? 'No connection to the service. What you see is from ' + clock(statusAt) + '; trying again.' : 'No connection to the service; trying again.');
}

// ---- control
let toastTimer = 0;
function toast(text) {
  at('toast').textContent = text;
  at('toast').hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { at('toast').hidden = true; }, 6000);
}

function order(button, path, done) {
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      toast(done(await ask(path(), { method: 'POST' })));
    } catch (error) {
      toast('Not done: ' + error.message);
    } finally {
      button.disabled = false;
    }
  });
}
order(at('pause'), () => (paused ? 'api/control/resume' : 'api/control/pause'), (reply) => 'The service is ' + reply.state + '.');
order(at('checkpoint'), () => 'api/checkpoint', (reply) => 'Written: ' + reply.file + ', ' + bytes(reply.bytes) + '.');
order(at('evaluate'), () => 'api/evaluate', (reply) => 'kNN accuracy ' + percent(reply.knnTop1, 1) + ', linear ' + percent(reply.linearTop1, 1) + ', RankMe ' + fixed(reply.rankMe, 1) + '.');
at('get-onnx').addEventListener('click', () => files.current('onnx'));
at('get-safetensors').addEventListener('click', () => files.current('safetensors'));
at('remap').addEventListener('click', () => chart2d.load());

// ---- light and dark
const dark = () => (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
function repaint() { recolor(); chart2d.draw(); }
at('theme').addEventListener('click', () => {
  document.documentElement.dataset.theme = dark() ? 'light' : 'dark';
  localStorage.setItem('theme', document.documentElement.dataset.theme);
  repaint();
});
const remembered = localStorage.getItem('theme');
if (remembered) document.documentElement.dataset.theme = remembered;
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);

// ---- go
listen({
  onStatus: showStatus, onPoints: append, onLink: link,
  onResync: () => {
    history().catch((error) => toast('No history: ' + error.message));
    if (bags.empty()) bags.load();
    if (chart2d.empty()) chart2d.load();
  },
});
// While the index is still filling there is nothing to show yet; a map grows old.
setInterval(() => { if (!document.hidden && bags.empty()) bags.load(); }, 10000);
setInterval(() => { if (!document.hidden && document.activeElement !== at('map')) chart2d.load(); }, 30000);
document.addEventListener('visibilitychange', () => { if (!document.hidden) redraw(); });
