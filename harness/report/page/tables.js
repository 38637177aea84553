// Tables that sort by any column, by pointer and by keyboard.

/**
 * `heads`: names, those of numbers with '>' before them. A cell: { value, content, className?, title? }; rows sort by the values. `sorting`: kept by
 * whoever makes the table again and again.
 */
function sortableTable(className, heads, rows, { caption, decorate = () => {}, sorting = {} } = {}) {
  const body = element('tbody');
  const made = rows.map((cells) => {
    const row = element(
      'tr',
      {},
      cells.map(({ content, className: name = '', title = '' }) =>
        element('td', { className: name, title }, ...[content].flat()),
      ),
    );
    decorate(row, cells);
    return { row, values: cells.map(({ value }) => value) };
  });
  const headers = heads.map((head, column) => {
    const isNumber = head.startsWith('>');
    const name = isNumber ? head.slice(1) : head;
    const button = element('button', { type: 'button', className: 'sort', title: `sort by ${name}` }, name);
    const header = element('th', { className: isNumber ? 'number' : '', scope: 'col' }, button);
    button.addEventListener('click', () => {
      sorting.sign = sorting.column === column ? -sorting.sign : 1;
      sorting.column = column;
      sort();
    });
    return header;
  });
  const sort = () => {
    const { column, sign } = sorting;
    for (const header of headers) header.removeAttribute('aria-sort');
    headers[column]?.setAttribute('aria-sort', sign === 1 ? 'ascending' : 'descending');
    const order =
      column === undefined
        ? made
        : [...made].sort((a, b) => sign * compare(a.values[column], b.values[column]));
    body.replaceChildren(...order.map(({ row }) => row));
  };
  sort();
  const table = element(
    'table',
    { className },
    caption === undefined ? undefined : element('caption', {}, caption),
    element('thead', {}, element('tr', {}, headers)),
    body,
  );
  // A wide one moves by itself, and not the page.
  return element('div', { className: 'wide' }, table);
}

/** Those without a value come last when rising. */
function compare(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
