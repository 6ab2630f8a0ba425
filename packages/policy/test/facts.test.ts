/** Facts that `explain` suggests: what it says, and that it is true. */
import { assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createContext, decide, explain, withFacts } from '../src/index.ts';
import type { ContextValue } from '../src/index.ts';
import { sceneOf } from './cases.testkit.ts';
import { account, alice, setOf } from './language.testkit.ts';
import { anyScene, conditionScene } from './scenes.testkit.ts';

const resource = `arn:aws:ivs:us-west-2:${account}:channel/c`;

function asked(...entries: (readonly [string, ContextValue])[]) {
  return { principal: alice, action: 'ivs:GetChannel', resource, context: createContext(entries) };
}

function allowIf(condition: object) {
  return setOf({ Effect: 'Allow', Action: 'ivs:*', Resource: '*', Condition: condition });
}

const denyIf = (condition: object) =>
  setOf([
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'ivs:*', Resource: '*', Condition: condition },
  ]);

const name = ['aws:username', 'alice'] as const;

describe('facts that would allow', () => {
  test.each<[string, object, { key: string; value: ContextValue | undefined }[]]>([
    ['MFA', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, [{ key: 'aws:MultiFactorAuthPresent', value: 'true' }]],
    [
      'a variable',
      { StringEquals: { 'aws:ResourceTag/Owner': '${aws:username}' } },
      [{ key: 'aws:ResourceTag/Owner', value: 'alice' }],
    ],
    [
      'a pattern',
      { StringLike: { 'aws:ResourceTag/Stage': 'b?ta-*' } },
      [{ key: 'aws:ResourceTag/Stage', value: 'bxta-' }],
    ],
    [
      'an ARN',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:ivs:*:*:channel/*' } },
      [{ key: 'aws:SourceArn', value: 'arn:aws:ivs:::channel/' }],
    ],
    [
      'a number below',
      { NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } },
      [{ key: 'aws:MultiFactorAuthAge', value: '299' }],
    ],
    ['a number above', { NumericGreaterThan: { 'test:N': '1.5' } }, [{ key: 'test:N', value: '3' }]],
    [
      'a date behind',
      { DateGreaterThan: { 'test:T': '2026-01-01T00:00:00Z' } },
      [{ key: 'test:T', value: '2026-01-01T00:00:01.000Z' }],
    ],
    ['an epoch', { DateLessThan: { 'test:T': '1700000000' } }, [{ key: 'test:T', value: '1699999999' }]],
    [
      'an address',
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      [{ key: 'aws:SourceIp', value: '203.0.113.0' }],
    ],
    ['bytes', { BinaryEquals: { 'test:B': 'QUJD' } }, [{ key: 'test:B', value: 'QUJD' }]],
    ['presence', { Null: { 'aws:TokenIssueTime': 'false' } }, [{ key: 'aws:TokenIssueTime', value: 'any' }]],
    ['absence', { Null: { 'aws:username': 'true' } }, [{ key: 'aws:username', value: undefined }]],
    ['another value', { StringNotEquals: { 'aws:username': 'alice' } }, [{ key: 'aws:username', value: 'other' }]],
    ['a set', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['Owner'] } }, [{ key: 'aws:TagKeys', value: ['Owner'] }]],
    [
      'two keys',
      { StringEquals: { 'test:A': 'a' }, Bool: { 'test:B': 'false' } },
      [
        { key: 'test:A', value: 'a' },
        { key: 'test:B', value: 'false' },
      ],
    ],
    [
      'one key under two conditions',
      { NumericGreaterThanEquals: { 'test:N': '5' }, NumericLessThan: { 'test:N': '6' } },
      [{ key: 'test:N', value: '5' }],
    ],
  ])('%s', (_, condition, facts) => {
    const request = asked(name);
    const layers = { identity: allowIf(condition) };
    expect(explain(request, layers).facts).toEqual(facts);
    expect(decide({ ...request, context: withFacts(request.context, facts) }, layers).decision).toBe('Allow');
  });

  test.each<[string, object, { key: string; value: ContextValue | undefined }[]]>([
    [
      'a Deny that MFA avoids',
      { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
      [{ key: 'aws:MultiFactorAuthPresent', value: 'true' }],
    ],
    [
      'a Deny outside of a region',
      { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
      [{ key: 'aws:RequestedRegion', value: 'eu-west-1' }],
    ],
    [
      'a Deny of old sessions',
      { DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } },
      [{ key: 'aws:TokenIssueTime', value: '2026-01-01T00:00:00Z' }],
    ],
  ])('%s', (_, condition, facts) => {
    const request = asked(['aws:TokenIssueTime', '2025-01-01T00:00:00Z'], ['aws:RequestedRegion', 'us-west-2']);
    expect(explain(request, { identity: denyIf(condition) }).facts).toEqual(facts);
  });

  test('through several layers, one behind the other', () => {
    const layers = {
      identity: allowIf({ StringEquals: { 'test:A': 'a' } }),
      boundary: allowIf({ StringEquals: { 'test:B': 'b' } }),
      scps: [denyIf({ StringEquals: { 'test:C': 'c' } })],
    };
    expect(explain(asked(['test:C', 'c']), layers).facts).toEqual([
      { key: 'test:C', value: 'other' },
      { key: 'test:A', value: 'a' },
      { key: 'test:B', value: 'b' },
    ]);
  });

  test('none when no fact helps, when an operator is unknown, or when nothing is denied', () => {
    const contradiction = { StringEquals: { 'test:A': 'a' }, StringLike: { 'test:A': 'b*' } };
    expect(explain(asked(), { identity: allowIf(contradiction) }).facts).toBeUndefined();
    expect(explain(asked(), { identity: allowIf({ Unheard: { 'test:A': 'a' } }) }).facts).toBeUndefined();
    expect(
      explain(asked(), { identity: allowIf({ StringEquals: { 'test:A': '${test:None}' } }) }).facts,
    ).toBeUndefined();
    expect(explain(asked(), { identity: allowIf({ DateEquals: { 'test:A': 'never' } }) }).facts).toBeUndefined();
    expect(explain(asked(), { identity: allowIf({ NumericEquals: { 'test:A': 'many' } }) }).facts).toBeUndefined();
    expect(explain(asked(), { identity: setOf({ Effect: 'Deny', Action: '*', Resource: '*' }) }).facts).toBeUndefined();
    expect(explain(asked(), { identity: allowIf({}) }).facts).toBeUndefined();
    // Needing a value for one statement of a layer and its opposite for another is no way out.
    const both = {
      identity: allowIf({ StringEquals: { 'test:A': 'a' } }),
      boundary: allowIf({ StringEquals: { 'test:A': 'b' } }),
    };
    expect(explain(asked(), both).facts).toBeUndefined();
  });

  test('whatever is suggested flips the decision, and shows in the entries', () => {
    let suggested = 0;
    for (const scenes of [anyScene, conditionScene]) {
      assert(
        property(scenes, (golden) => {
          const { request, layers } = sceneOf(golden);
          const { facts } = explain(request, layers);
          if (facts === undefined) return;
          suggested += 1;
          const context = withFacts(request.context, facts);
          expect(decide({ ...request, context }, layers).decision).toBe('Allow');
          const entries = new Map([...context.entries()].map(([key, value]) => [key.toLowerCase(), value]));
          for (const { key, value } of facts) expect(entries.get(key.toLowerCase())).toEqual(value);
        }),
        { numRuns: 500 },
      );
    }
    expect(suggested).toBeGreaterThan(10);
  });
});
