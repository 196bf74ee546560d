// Eras of the stream, and how the student does on the images held out of each.
import { count, el, known, percent } from './format.js';

function cell(score) {
  if (!score) return '–';
  return known(score.knnTop1) ? percent(score.knnTop1, 1) : known(score.agreement) ? percent(score.agreement, 1) : '–';
}

/** The matrix: a row for each era, a column for each era in which the student was asked about it. */
export function eras(section, root, level) {
  let shown = '';
  return (now) => {
    section.hidden = !now;
    if (!now) return;
    const text = JSON.stringify([now.eras, now.measures]);
    if (text === shown) return;
    shown = text;
    const { averageAccuracy, forgetting } = now.measures;
    const labelled = now.eras.every((era) => Object.values(era.scores).every((score) => known(score.knnTop1)));
    level.textContent = known(averageAccuracy) ? (labelled ? 'kNN ' : 'agreement with the teacher ') + percent(averageAccuracy, 1) + ' on average' + (known(forgetting) ? ', ' + percent(forgetting, 1) + ' forgotten' : '') : 'none scored yet';
    root.replaceChildren(el('table', {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'held out of'), ...now.eras.map((era) => el('th', { scope: 'col', title: 'in era ' + era.name }, 'in ' + era.number)))),
      el('tbody', {}, ...now.eras.map((row) => el('tr', {},
        el('th', { scope: 'row', title: 'from ' + count(row.began) + ' anchors, ' + count(row.images) + ' images' + (row.frozen ? '' : ', still gathered') }, row.number + ' · ' + row.name),
        ...now.eras.map((column) => el('td', {}, cell(row.scores[column.number]))))))));
  };
}
