import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { formatProperties, parseProperties } from './properties.ts';

describe('properties text', () => {
  it('tells keys, values and the line each key stands on', () => {
    const text = '# a comment\n\nbrokerName = broker-a\n! another\r\nlistenPort:10911\n\tbrokerIP1\tn1\n';
    deepEqual(parseProperties(text), [
      { key: 'brokerName', value: 'broker-a', line: 3 },
      { key: 'listenPort', value: '10911', line: 5 },
      { key: 'brokerIP1', value: 'n1', line: 6 },
    ]);
  });

  it('joins continued lines and counts an even number of backslashes as none', () => {
    deepEqual(parseProperties('peers = n0-a:1;\\\n   n1-b:2\npath=C\\:\\\\\nlast = x\\'), [
      { key: 'peers', value: 'n0-a:1;n1-b:2', line: 1 },
      { key: 'path', value: 'C:\\', line: 3 },
      { key: 'last', value: 'x', line: 4 },
    ]);
  });

  it('undoes escapes in keys and values', () => {
    deepEqual(parseProperties('a\\=b = \\u0041\\tb\\q'), [{ key: 'a=b', value: 'A\tbq', line: 1 }]);
  });

  it('takes the XML licence block of the sample files for a comment', () => {
    const text =
      '<!--\n  Licensed to the Apache Software Foundation\n  -->\n<!-- one line -->\nlistenPort=9876\n';
    deepEqual(parseProperties(text), [{ key: 'listenPort', value: '9876', line: 5 }]);
  });

  it('keeps junk as keys without a value, and never fails', () => {
    deepEqual(parseProperties('\uFEFFjunk\n=value\n'), [
      { key: 'junk', value: '', line: 1 },
      { key: '', value: 'value', line: 2 },
    ]);
  });

  it('reads back what it formats', () => {
    const value = ' blank first\nback\\slash';
    const [property] = parseProperties(formatProperties([['key', value]]));
    equal(property?.value, value);
  });
});
