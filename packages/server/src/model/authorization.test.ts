import { describe, expect, test } from 'vitest';
import { loadModels } from '../wire/models.ts';
import { loadAuthorization } from './authorization.ts';
import { loadCatalogue } from './catalogue.ts';

const models = loadModels();
const authorization = loadAuthorization();

const operationsUnder = (prefix: string) =>
  [...models.services.values()].filter((s) => s.iamPrefix === prefix).flatMap((s) => [...s.operations.values()]);
const actionsOf = (prefix: string) => [...(authorization.get(prefix)?.actions.keys() ?? [])];

describe('S0-47 the action of an operation is its prefix and its name', () => {
  // 96 operations of the source documents and UpdateAdConfiguration, which came later.
  test('S0-47 all IVS operations have an action of their own name, and every IVS action an operation', () => {
    const operations = [...operationsUnder('ivs'), ...operationsUnder('ivschat')];
    expect(operations).toHaveLength(97);
    for (const operation of operations) {
      const prefix = operation.service.name === 'ivschat' ? 'ivschat' : 'ivs';
      expect(operation.action).toBe(`${prefix}:${operation.name}`);
      expect(actionsOf(prefix), operation.name).toContain(operation.name);
    }
    expect(new Set(operations.map((o) => o.action))).toEqual(
      new Set([...actionsOf('ivs').map((a) => `ivs:${a}`), ...actionsOf('ivschat').map((a) => `ivschat:${a}`)]),
    );
  });

  test.each([
    ['kinesisvideo', [], ['ConnectAsMaster', 'ConnectAsViewer', 'PutMedia']],
    ['iam', ['AcquireRole', 'GetRequestAuthorizationDetails', 'UpdateDelegationRequest'], undefined],
    ['sts', [], undefined],
  ])('%s operations are actions', (prefix, withoutAction, withoutOperation) => {
    const operations = operationsUnder(prefix).map((o) => o.name);
    const actions = actionsOf(prefix);
    expect(operations.filter((name) => !actions.includes(name) && !withoutAction.includes(name))).toEqual([]);
    if (withoutOperation !== undefined) expect(actions.filter((name) => !operations.includes(name))).toEqual(withoutOperation);
  });
});

test('resource types named by actions have ARN formats', () => {
  for (const [prefix, { actions, resources }] of authorization) {
    for (const [name, { resources: types = [] }] of actions) {
      for (const { type } of types) expect(resources.has(type), `${prefix}:${name} on ${type}`).toBe(true);
    }
  }
});

test('CreateChannel needs a channel and a stream key', () => {
  const row = authorization.get('ivs')?.actions.get('CreateChannel');
  expect(row).toMatchObject({
    level: 'Write',
    resources: [{ type: 'Channel', required: true }, { type: 'Stream-Key', required: true }],
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
  });
  expect(authorization.get('ivs')?.resources.get('Channel')?.arn).toBe('arn:${Partition}:ivs:${Region}:${Account}:channel/${ResourceId}');
});

test('the catalogue knows actions of all of AWS, whatever their case', () => {
  const catalogue = loadCatalogue();
  expect(catalogue.hasAction('s3:getobject')).toBe(true);
  expect(catalogue.hasAction('IVS:GetChannel')).toBe(true);
  expect(catalogue.hasAction('ivs:GetChanel')).toBe(false);
  expect(catalogue.hasAction('constructor:x')).toBe(false);
  expect(catalogue.actions('nothing-like-it')).toBeUndefined();
  expect(catalogue.globalConditionKeys).toContain('aws:SourceIp');
  expect(catalogue.conditionKeys('iam')).toContain('PermissionsBoundary');
});
