// What the shapes and colours mean.
import { element } from './element.js';

export function legendOf({ facts, kinds }) {
  const sign = (className, text, colour) => {
    const mark = element('span', { className: `sign ${className}` });
    if (colour !== undefined) mark.style.setProperty('--own', `var(${colour})`);
    return element('span', { className: 'legend-item' }, mark, text);
  };
  return element(
    'p',
    { id: 'legend', className: 'dim' },
    ...kinds.map(({ colour, label }) => sign('box', label, colour)),
    sign('open', 'no answer ever came'),
    sign('step', 'step of the order'),
    ...(facts.verdict === 'illegal'
      ? [sign('core', 'cannot be ordered'), sign('cannot', 'cannot follow')]
      : []),
    element(
      'span',
      { className: 'legend-item keys' },
      'wheel zooms, drag moves; arrows, [ ], + −, e, f, / on the keyboard',
    ),
  );
}
