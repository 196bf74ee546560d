// Checkpoints, students and dead letters.
import { ask, bytes, count, el, moment } from './format.js';

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
