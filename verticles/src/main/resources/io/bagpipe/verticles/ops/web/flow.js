// The picture of the flow: topics as pipes with lag and gate, stages as boxes.
import { count, el, known, percent, rate, short } from './format.js';

const NAMES = { augment: 'Augment', teacher: 'Teacher', bags: 'Bag index', student: 'Student' };
const CONDITIONS = { running: 'running', waiting: 'waiting', held: 'held', paused: 'paused', restoring: 'restoring', evaluating: 'evaluating', saving: 'saving', standby: 'standing by',
  stalled: 'stalled', silent: 'silent', failed: 'failed', stopped: 'stopped', absent: 'not here' };

function topic(name) {
  const parts = { name: el('span', { class: 'name' }, name), lag: el('span', {}), closed: el('span', { class: 'closed', hidden: true }, 'gate closed'), gate: el('span', { class: 'gate', hidden: true }, el('i'), el('i')) };
  const root = el('li', { class: 'topic' }, parts.name, el('span', { class: 'pipe' }, parts.gate), el('span', { class: 'lag' }, parts.lag, parts.closed));
  root.dataset.topic = name;
  return { root, ...parts };
}

function meter(label) {
  const value = el('span', { class: 'value' });
  const bar = el('i');
  return { root: el('div', { class: 'meter' }, el('span', {}, label, value), el('b', {}, bar)), value, bar };
}

function stage(id) {
  const parts = { pill: el('span', { class: 'pill condition' }), big: el('div', { class: 'big' }), busy: meter('busy'), queue: meter('queue'), why: el('div', { class: 'why' }) };
  const root = el('li', { class: 'stage' }, el('div', { class: 'top' }, NAMES[id] ?? id, parts.pill), parts.big, parts.busy.root, parts.queue.root, parts.why);
  root.dataset.stage = id;
  return { root, ...parts };
}

export function flow(root) {
  let topics = null;
  let stages = null;

  function build(status) {
    topics = new Map();
    stages = new Map();
    for (const s of status.stages) {
      if (!topics.has(s.input)) topics.set(s.input, topic(s.input));
      stages.set(s.stage, stage(s.stage));
      topics.set(s.output, topic(s.output));
      root.append(topics.get(s.input).root, stages.get(s.stage).root);
    }
    root.append(topics.get(status.stages.at(-1).output).root);
  }

  function updateStage(view, s) {
    view.root.className = 'stage ' + s.condition + (s.ill ? ' ill' : '');
    view.pill.dataset.state = s.condition;
    view.pill.textContent = CONDITIONS[s.condition] ?? s.condition;
    const running = s.condition === 'running' || s.condition === 'held';
    view.big.replaceChildren(rate(running ? s.ratePerSecond : 0), el('small', {}, ' images/s'));
    view.big.title = count(s.in) + ' in, ' + count(s.out) + ' out, ' + count(s.deadLetters) + ' dead letters';
    view.busy.value.textContent = percent(s.busy);
    view.busy.bar.style.width = 100 * Math.min(1, s.busy ?? 0) + '%';
    const full = s.queueCapacity > 0 ? s.queue / s.queueCapacity : 0;
    view.queue.value.textContent = s.queueCapacity > 0 ? count(s.queue) + ' / ' + count(s.queueCapacity) : '–';
    view.queue.bar.style.width = 100 * Math.min(1, full) + '%';
    view.queue.root.classList.toggle('full', full > 0.9);
    view.why.textContent = s.reason ?? '';
  }

  function updateTopics(s) {
    const input = topics.get(s.input);
    input.lag.textContent = s.lag < 0 ? '' : short(s.lag) + ' waiting';
    input.root.classList.toggle('behind', s.ill && s.lag > 0);
    const flowing = s.condition === 'running' && known(s.ratePerSecond) && s.ratePerSecond > 0;
    input.root.classList.toggle('flowing', flowing);
    if (flowing) input.root.style.setProperty('--beat', Math.max(0.4, 2.2 - 0.5 * Math.log10(s.ratePerSecond)).toFixed(1) + 's');
    const output = topics.get(s.output);
    output.closed.hidden = s.gate !== 'closed';
    output.gate.hidden = !s.gate || s.gate === 'none';
    output.gate.dataset.gate = s.gate ?? 'none';
    output.gate.title = 'gate ' + s.gate;
    output.gate.setAttribute('role', 'img');
    output.gate.setAttribute('aria-label', 'gate ' + s.gate);
    output.root.classList.toggle('flowing', flowing && s.gate !== 'closed');
  }

  return (status) => {
    if (!topics) build(status);
    for (const s of status.stages) { updateStage(stages.get(s.stage), s); }
    // In order: a pipe's look is decided last by the stage that reads it.
    for (const s of [...status.stages].reverse()) updateTopics(s);
  };
}
