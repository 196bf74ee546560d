// Checkpoints, students and dead letters.
import { ask, bytes, count, el, fixed, known, moment, percent } from './format.js';

export function deadLetters(root, total) {
  let shown = '';
  return (letters) => {
    total.textContent = count(letters.total) + ' in all';
    const now = JSON.stringify(letters.recent);
    if (now === shown) return;
    shown = now;
    root.replaceChildren(...(letters.recent.length === 0
      ? [el('p', { class: 'note' }, 'None: every image could be used.')]
      : letters.recent.map((d) => el('div', { class: 'row' },
        el('span', {}, d.message), el('time', {}, moment(d.at)),
        el('span', { class: 'more' }, el('span', { class: 'tag' }, d.stage), d.key, ' · ', d.errorClass, ' · partition ' + d.partition + ', offset ' + count(d.offset))))));
  };
}

// Which student serves; a promotion by hand is answered when the log has it.
export function registry(root, rollback, toast) {
  let seen = null;

  async function order(path, done) {
    try {
      toast(done(await ask(path, { method: 'POST' })));
    } catch (error) {
      toast('Not done: ' + error.message);
    }
    load();
  }

  function row(one) {
    const scores = Object.entries(one.scores.accuracies).map(([name, value]) => name.replace(/_top1$/, '') + ' ' + percent(value, 1));
    if (known(one.scores.rankMe)) scores.push('RankMe ' + fixed(one.scores.rankMe, 1));
    const offered = one.artefact.file && one.stage !== 'serving';
    return el('div', { class: 'row' },
      el('span', {}, el('span', { class: 'tag' }, one.decision.held ? one.stage + ', held' : one.stage), el('a', { href: 'api/registry/' + encodeURIComponent(one.id) + '/card' }, one.id)),
      offered ? el('button', { type: 'button', onclick: () => order('api/registry/' + encodeURIComponent(one.id) + '/promote', () => one.id + ' serves.') }, 'Promote') : el('span', { class: 'size' }, scores.length ? '' : 'not evaluated'),
      el('span', { class: 'more' }, [scores.join(' · '), one.decision.reason, one.decision.at ? moment(one.decision.at) : ''].filter((s) => s).join(' · ')));
  }

  async function load() {
    try {
      const { students } = await ask('api/registry');
      root.replaceChildren(...(students.length === 0 ? [el('p', { class: 'note' }, 'No student yet.')] : students.map(row)));
      rollback.disabled = !students.some((one) => one.stage === 'serving' && one.decision.replaced);
    } catch (error) {
      root.replaceChildren(el('p', { class: 'note' }, 'Not known here: ' + error.message + '.'));
      rollback.disabled = true;
    }
  }

  rollback.addEventListener('click', () => order('api/registry/rollback', (reply) => reply.serving + ' serves again, and is held.'));
  return {
    /** Looks again when something was decided. */
    update(latest) {
      const now = latest?.at ?? 0;
      if (now !== seen) { seen = now; load(); }
    },
  };
}

export function students(root, toast) {
  let seen = null;

  async function load() {
    try {
      const files = (await ask('api/students')).students;
      root.replaceChildren(...(files.length === 0
        ? [el('p', { class: 'note' }, 'No checkpoint yet.')]
        : files.map((f) => el('div', { class: 'row' },
          el('a', { href: 'api/students/download?file=' + encodeURIComponent(f.file), download: '' }, f.file),
          el('span', { class: 'size' }, bytes(f.bytes)),
          el('span', { class: 'more' }, el('span', { class: 'tag' }, f.format), moment(f.modifiedAt))))));
    } catch (error) {
      root.replaceChildren(el('p', { class: 'note' }, 'No list: ' + error.message + '.'));
    }
  }

  async function current(format) {
    const response = await fetch('api/students/current?format=' + format);
    if (!response.ok) {
      toast('No download: ' + ((await response.json().catch(() => ({}))).error?.message ?? response.status));
      return;
    }
    const address = URL.createObjectURL(await response.blob());
    el('a', { href: address, download: 'student.' + format }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  return {
    current,
    /** Looks again when the service has written a new checkpoint. */
    update(checkpoints) {
      const newest = checkpoints[0]?.at ?? 0;
      if (newest !== seen) { seen = newest; load(); }
    },
  };
}
