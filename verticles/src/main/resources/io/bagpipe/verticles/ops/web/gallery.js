// Anchors with their bags.
import { ask, el, fixed } from './format.js';

export const source = (key) => 'api/images/' + encodeURIComponent(key);

export function gallery(root, more) {
  let chosen = null;
  let bags = [];

  function picture(item, anchor, label) {
    const image = el('img', { alt: 'image ' + item.key + (item.label ? ', ' + item.label : ''), loading: 'lazy', decoding: 'async', src: source(item.key) });
    image.addEventListener('load', () => image.classList.toggle('small', image.naturalWidth <= 96));
    const other = item.label !== undefined && item.label !== null && label !== undefined && label !== null && item.label !== label;
    const caption = el('span', { class: 'caption' }, el('span', { class: other ? 'other' : '', title: item.key }, item.label ?? item.key));
    const button = el('button', { type: 'button', class: 'picture', title: 'Show the bag of ' + item.key, onclick: () => choose(item.key) }, image, caption);
    if (!anchor) {
      caption.append(el('b', {}, fixed(item.similarity, 2)));
      const bar = el('i');
      bar.style.width = Math.max(0, Math.min(1, item.similarity)) * 100 + '%';
      button.insertBefore(el('span', { class: 'similarity', role: 'presentation' }, bar), caption);
    }
    return button;
  }

  function bag(item, isChosen) {
    const members = el('div', { class: 'members' }, ...item.members.map((m) => picture(m, false, item.label)));
    if (item.members.length === 0) members.append(el('span', { class: 'note' }, 'Its bag is empty: it stood alone.'));
    return el('article', { class: 'bag' + (isChosen ? ' chosen' : ''), 'aria-label': 'Bag of ' + item.key }, el('div', { class: 'anchor' }, picture(item, true)), members);
  }

  function show(note) {
    const parts = [];
    if (chosen) parts.push(bag(chosen, true));
    parts.push(...bags.filter((b) => b.key !== chosen?.key).map((b) => bag(b, false)));
    if (note || parts.length === 0) parts.push(el('p', { class: 'note' }, note ?? 'No bags yet: the index is still filling.'));
    root.replaceChildren(...parts);
  }

  async function load() {
    more.disabled = true;
    try {
      bags = (await ask('api/bags?n=6')).bags;
      chosen = null;
      show();
    } catch (error) {
      show('No bags to show: ' + error.message + '.');
    } finally {
      more.disabled = false;
    }
    return bags.length > 0;
  }

  async function choose(key) {
    try {
      chosen = await ask('api/bags?key=' + encodeURIComponent(key));
      show();
      root.firstElementChild.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
      root.firstElementChild.querySelector('button').focus({ preventScroll: true });
    } catch (error) {
      show(key + ': ' + error.message + '.');
    }
  }

  more.addEventListener('click', load);
  return { load, choose, empty: () => bags.length === 0 };
}
