import { expect, test } from 'vitest';
import { withStatement } from '../parse.testkit.ts';
import { answer } from './validate.testkit.ts';

test('a session policy is an identity policy of any version', () => {
  expect(answer(withStatement({}), 'session')).toBe('valid');
  expect(answer(withStatement({}, { Version: '2008-10-17' }), 'session')).toBe('valid');
});

test.each([
  ['S0-44 no JSON', '{', 'The policy is not in the valid JSON format.'],
  ['S0-44 a repeated key', '{"Id":"a","Id":"b"}', 'The policy is not in the valid JSON format.'],
  ['S4-5 another Effect', withStatement({ Effect: 'x' }), 'Syntax errors in policy.'],
  ['S0-48 no action', withStatement({ Action: undefined }), 'Policy statement must contain actions.'],
  ['no resource', withStatement({ Resource: undefined }), 'Policy statement must contain resources.'],
  ['a principal', withStatement({ Principal: '*' }), 'Policy document should not specify a principal.'],
])('%s is refused', (_, document, text) => {
  expect(answer(document, 'session')).toBe(text);
});
