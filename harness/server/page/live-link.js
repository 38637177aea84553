// The link of a live page: its state comes as events, and again when the connection was lost.
import { setText } from './dom.js';
import { stream } from './stream.js';

const texts = { open: 'live', lost: 'connection lost, trying again', over: 'ended' };

function showLink(how, text = texts[how]) {
  document.getElementById('link').className = `link ${how}`;
  setText('link', text);
}

/** `listeners`: by the event's name, `state` among them, beside those that every live page has. */
export function follow(path, listeners) {
  const end = stream(
    `/api/live/${path}`,
    {
      ...listeners,
      state: (state) => {
        // Whatever the trouble was, it is over.
        showLink('open');
        listeners.state(state);
      },
      trouble: ({ reason }) => showLink('lost', `its files cannot be read now: ${reason}`),
      over: () => {
        end();
        showLink('over');
      },
    },
    showLink,
  );
}
