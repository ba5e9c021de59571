import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sourceFiles } from './source-tree.ts';

const LINES_MAX = 350;
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*\.tsx?$/;
/** Names that say nothing about what is inside. */
const VAGUE = /(?:^|[-/])(?:utils?|helpers?|manager|misc|common|stuff)(?=[-./])/;
// Written so that this file does not hold the words itself.
const LEFT_OVER = new RegExp(`\\b(?:${['TO', 'FIX'].map((start, index) => start + ['DO', 'ME'][index]).join('|')})\\b`);

const product = sourceFiles('src', 'edge', 'sync', 'models');
const everything = [...product, ...sourceFiles('test', 'scripts', 'bench', 'app')];

const linesWith = (pattern: RegExp) =>
  everything.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );

describe('the source', () => {
  test('is read by these checks', () => {
    expect(product.length).toBeGreaterThan(80);
    expect(everything.length).toBeGreaterThan(product.length);
  });

  test(`has no file of more than ${LINES_MAX} lines`, () => {
    const lengths = product.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > LINES_MAX)).toEqual([]);
  });

  test('has file names in kebab-case', () => {
    expect(everything.map(({ path }) => path).filter((path) => !KEBAB_CASE.test(basename(path)))).toEqual([]);
  });

  test('has no file or folder whose name says nothing', () => {
    expect(everything.map(({ path }) => path).filter((path) => VAGUE.test(path))).toEqual([]);
  });

  test('has no work left over in a comment', () => {
    expect(linesWith(LEFT_OVER)).toEqual([]);
  });

  test('never runs or leaves out tests by accident', () => {
    expect(linesWith(/\b(?:test|describe|it)\.(?:only|todo)\(/)).toEqual([]);
  });
});
