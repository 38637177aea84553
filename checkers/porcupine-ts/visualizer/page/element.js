/** Properties are set, so that no text of a history is ever read as markup. */
export function element(name, properties = {}, ...children) {
  const { aria = {}, ...own } = properties;
  const made = Object.assign(document.createElement(name), own);
  for (const [key, value] of Object.entries(aria))
    made.setAttribute(key === 'role' ? key : `aria-${key}`, value);
  made.append(...children.flat().filter((child) => child !== undefined));
  return made;
}

export const counted = (number, one, many = `${one}s`) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
