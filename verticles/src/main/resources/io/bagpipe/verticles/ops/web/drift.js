// Changes of the stream: what came before each and what after, and where the student met it.
import { count, el, known, moment, small } from './format.js';
import { source } from './gallery.js';

function sheet(title, keys) {
  if (!keys?.length) return el('p', { class: 'note' }, title + ': no pictures kept.');
  return el('div', { class: 'sheet' }, el('span', { class: 'tag' }, title),
    ...keys.map((key) => {
      const image = el('img', { alt: title + ': image ' + key, title: key, loading: 'lazy', decoding: 'async', src: source(key) });
      // the window has moved on
      image.addEventListener('error', () => { image.hidden = true; });
      image.addEventListener('load', () => image.classList.toggle('small', image.naturalWidth <= 96));
      return image;
    }));
}

function told(event) {
  const parts = ['partition ' + event.partition + ', after ' + count(event.images) + ' images',
    'seen in the newest ' + event.window + ': MMD² ' + small(event.statistic) + ' over ' + small(event.threshold)];
  if (known(event.frechet)) parts.push('Fréchet distance ' + small(event.frechet) + (known(event.frechetBefore) ? ', ' + small(event.frechetBefore) + ' before the change' : ''));
  if (known(event.anchors)) parts.push('met at ' + count(event.anchors) + ' anchors' + (event.restarted ? ', where the learning rate began anew' : ''));
  return parts.join(' · ');
}

export function drift(root, level) {
  let shown = '';
  return ({ level: now, events }) => {
    level.textContent = !now ? 'not watched here' : known(now.statistic) ? 'MMD² ' + small(now.statistic) + ', alarm over ' + small(now.threshold) : now.watching ? 'watching' : 'gathering a reference';
    const text = JSON.stringify(events);
    if (text === shown) return;
    shown = text;
    root.replaceChildren(...(events.length === 0
      ? [el('p', { class: 'note' }, 'None: the images are like those before.')]
      : events.map((event) => el('article', { class: 'change', 'aria-label': 'Change at image ' + event.name },
        el('p', {}, el('strong', {}, 'The stream changed '), el('time', {}, moment(event.at)), ' ', el('span', { class: 'more' }, told(event))),
        ...(event.before ? [sheet('before', event.before), sheet('after', event.after)] : [])))));
  };
}

/** Where a chart over images, or over time, has its marks. */
export function marks(events) {
  return { anchors: events.map((e) => e.anchors).filter(known), time: events.map((e) => e.at) };
}
