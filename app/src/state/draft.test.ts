import { expect, test } from 'vitest';
import {
  addProduct,
  type Draft,
  editLine,
  emptyDraft,
  hasContent,
  parseDraft,
  removeLine,
  requestedLines,
  unfinishedLines,
} from './draft.ts';

function ids(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `id-${count}`;
  };
}

function filled(newId: () => string): Draft {
  const draft = addProduct(emptyDraft(newId), 'HYD-1', 4, newId);
  return addProduct(draft, 'FIL-2', 1, newId);
}

test('a new draft has one blank line and nothing to send', () => {
  const draft = emptyDraft(ids());
  expect(draft.lines).toHaveLength(1);
  expect(hasContent(draft)).toBe(false);
  expect(requestedLines(draft)).toEqual([]);
});

test('typing into the last line adds a blank one after it', () => {
  const newId = ids();
  const draft = emptyDraft(newId);
  const edited = editLine(draft, draft.lines[0]?.id ?? '', { sku: 'H' }, newId);
  expect(edited.lines.map((line) => line.sku)).toEqual(['H', '']);
  expect(draft.lines).toHaveLength(1);
});

test('adding a product fills the blank line, and adds to the line that has it already', () => {
  const newId = ids();
  const again = addProduct(filled(newId), 'HYD-1', 3, newId);
  expect(again.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
    ['HYD-1', '7'],
    ['FIL-2', '1'],
    ['', ''],
  ]);
});

test('removing any line, also the last, leaves a blank line to type into', () => {
  const newId = ids();
  let draft = filled(newId);
  for (const { id } of draft.lines) draft = removeLine(draft, id, newId);
  expect(draft.lines).toHaveLength(1);
  expect(hasContent(draft)).toBe(false);
});

test('only complete lines are requested; begun ones are unfinished', () => {
  const newId = ids();
  const draft = filled(newId);
  const [first, second] = draft.lines;
  const broken = editLine(draft, second?.id ?? '', { quantity: '1.5' }, newId);
  expect(requestedLines(broken)).toEqual([{ lineId: first?.id, sku: 'HYD-1', quantity: 4 }]);
  expect(unfinishedLines(broken).map((line) => line.sku)).toEqual(['FIL-2']);
});

test('a stored draft comes back with its attempt', () => {
  const newId = ids();
  const draft: Draft = {
    ...filled(newId),
    poNumber: 'PO-1',
    attempt: { key: 'k', body: { lines: [] }, madeAt: '2026-11-02T09:00:00.000Z' },
  };
  expect(parseDraft(JSON.stringify(draft), newId)).toEqual(draft);
});

test.each([null, '', 'null', '[]', '{"draftId":1}', '{"draftId":"a","lines":3}', '{broken'])(
  'what is no draft is not taken for one: %s',
  (text) => {
    expect(parseDraft(text, ids())).toBeUndefined();
  },
);

test('a stored draft with damaged lines keeps the others', () => {
  const draft = parseDraft('{"draftId":"a","lines":[null,{"id":"1","sku":"A","quantity":"2"},{"sku":5}]}', ids());
  expect(draft?.lines.map((line) => line.sku)).toEqual(['A', '']);
});
