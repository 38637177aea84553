import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { MemoryTail } from './memory-tail.ts';

function add(tail: MemoryTail, size: number, value = 1): void {
  const chunk = tail.room(size);
  chunk.bytes.fill(value, chunk.used, chunk.used + size);
  tail.grow(chunk, size);
}

describe('the log’s end in memory', () => {
  it('keeps records whole and files apart', () => {
    const tail = new MemoryTail(1000, 0, 300);
    for (let index = 0; index < 10; index += 1) add(tail, 100, index);
    add(tail, 100, 10);
    assert.equal(tail.end, 1100);
    assert.equal(tail.slice(0, 2000)?.length, 300);
    assert.equal(tail.slice(900, 2000)?.length, 100, 'a chunk ends with its file');
    assert.deepEqual(tail.slice(1000, 1002), tail.slice(1000, 2000)?.subarray(0, 2));
    assert.equal(tail.slice(1100, 2000), undefined);
  });

  it('has room for a record longer than a chunk', () => {
    const tail = new MemoryTail(1000, 0, 100);
    add(tail, 700);
    assert.equal(tail.slice(0, 2000)?.length, 700);
    assert.throws(() => tail.room(301), /cross a file end/);
  });

  it('lets go of what is old, but never of what is still wanted', () => {
    const tail = new MemoryTail(1000, 0, 100);
    for (let index = 0; index < 10; index += 1) add(tail, 100);
    tail.trim(450, 0);
    assert.equal(tail.start, 400);
    tail.trim(1000, 250);
    assert.equal(tail.start, 800);
    assert.equal(tail.slice(799, 900), undefined);
    tail.trim(1000, 0);
    assert.deepEqual([tail.start, tail.end], [1000, 1000]);
  });

  it('never writes again where bytes were handed out, not even behind a cut', () => {
    const tail = new MemoryTail(1000, 0, 1000);
    add(tail, 100, 1);
    add(tail, 100, 2);
    const handed = tail.slice(100, 200);
    tail.cut(100);
    add(tail, 100, 3);
    assert.deepEqual([handed?.[0], tail.slice(100, 101)?.[0], tail.slice(0, 1000)?.length], [2, 3, 100]);
    tail.cut(0);
    assert.deepEqual([tail.start, tail.end], [0, 0]);
  });

  it('uses the memory again that it let go of, and never that of a chunk it holds', () => {
    const tail = new MemoryTail(1000, 0, 100);
    add(tail, 100, 1);
    add(tail, 100, 2);
    const first = tail.slice(0, 100);
    tail.trim(100, 0);
    add(tail, 50, 3);
    assert.deepEqual([first?.[0], first?.[50]], [3, 1], 'the oldest chunk came back');
    assert.equal(tail.slice(200, 300)?.length, 50, 'what a former use left behind is not handed out');
    assert.deepEqual([tail.slice(100, 200)?.[0], tail.slice(200, 250)?.[0]], [2, 3]);
  });

  it('never uses again what a truncation has cut', () => {
    const tail = new MemoryTail(1000, 0, 100);
    add(tail, 100, 1);
    add(tail, 100, 2);
    const kept = tail.slice(0, 60);
    tail.cut(60);
    add(tail, 40, 3);
    tail.trim(100, 0);
    for (let index = 0; index < 5; index += 1) add(tail, 100, 4);
    assert.deepEqual([kept?.[0], kept?.[59]], [1, 1]);
  });
});
