import { compileGlob, matchesGlob } from '../glob.ts';
import {
  type Advice,
  type LintContext,
  type LintRule,
  type Placed,
  allowedActions,
  clausesOf,
  patternsOf,
  statementPath,
} from './rule.ts';

/** Actions that hand out or widen permissions, or give away a secret that admits to a stream. */
const sensitive: readonly string[] = [
  'iam:AddUserToGroup',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:CreatePolicyVersion',
  'iam:DeactivateMFADevice',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteUserPermissionsBoundary',
  'iam:PassRole',
  'iam:PutGroupPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateLoginProfile',
  'ivs:BatchGetStreamKey',
  'ivs:CreateParticipantToken',
  'ivs:CreateStreamKey',
  'ivs:GetStreamKey',
  'ivschat:CreateChatToken',
  's3:PutBucketPolicy',
  'sts:AssumeRole',
];

const onlyWildcards = /^[*?]*\*[*?]*$/;

function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

function isEverything(action: string): boolean {
  return action.split(':').every((part) => onlyWildcards.test(part));
}

function isServiceWide(action: string): boolean {
  const [vendor = '', name = ''] = action.split(':');
  return onlyWildcards.test(name) && !onlyWildcards.test(vendor);
}

/** Whether the pattern takes in the action; both ignoring case. */
function takesIn(pattern: string, action: string): boolean {
  return matchesGlob(compileGlob(pattern.toLowerCase()), action.toLowerCase());
}

function everything(context: LintContext): readonly Advice[] {
  if (context.administration === true) return [];
  return allowedActions(context)
    .filter(({ text }) => isEverything(text))
    .map(({ path }) => ({
      path,
      message: 'allows every action of every service',
      suggestion: 'name the actions that are needed; keep this for administrators',
    }));
}

function serviceWildcards(context: LintContext): readonly Advice[] {
  if (context.administration === true) return [];
  return allowedActions(context)
    .filter(({ text }) => isServiceWide(text))
    .map(({ text, path }) => ({
      path,
      message: `\`${text}\` allows every action of the service, those added later too`,
      suggestion: 'name the actions the application needs; keep service-wide wildcards for administrators',
    }));
}

function sensitiveWildcards(context: LintContext): readonly Advice[] {
  return allowedActions(context)
    .filter(({ text }) => hasWildcard(text) && !isServiceWide(text) && !isEverything(text))
    .flatMap(({ text, path }) => {
      const taken = sensitive.filter((action) => takesIn(text, action));
      if (taken.length === 0) return [];
      const message = `\`${text}\` takes in ${taken.slice(0, 3).join(', ')}${taken.length > 3 ? ' and more' : ''}`;
      return [{ path, message, suggestion: 'name the actions one by one' }];
    });
}

const anyRole = /^(?:\*|arn:[^:]*:(?:iam|\*):[^:]*:[^:]*:(?:\*|role\/\*))$/;

/** PassRole on every role lets the caller give any role's permissions to a service. */
function passRole(context: LintContext): readonly Advice[] {
  const limited = new Set(
    clausesOf(context)
      .filter(({ key }) => key === 'iam:passedtoservice')
      .map(({ statement }) => statement),
  );
  return allowedActions(context)
    .filter(({ text, statement }) => isPassRole(text) && !limited.has(statement) && onAnyRole(statement))
    .map(({ path, text }) => ({
      path,
      message: `\`${text}\` lets the caller pass any role to any service`,
      suggestion: 'name the role in Resource, and the service by a condition on iam:PassedToService',
    }));
}

function isPassRole(action: string): boolean {
  return takesIn(action, 'iam:PassRole') && !isEverything(action);
}

function onAnyRole(statement: Placed['statement']): boolean {
  return (
    patternsOf(statement, 'Resource').some(({ text }) => anyRole.test(text)) || statement.resource?.mode === 'allBut'
  );
}

function allowedByOmission(element: 'action' | 'resource', name: string) {
  return ({ policy }: LintContext): readonly Advice[] =>
    policy.statements
      .filter((statement) => statement.effect === 'Allow' && statement[element]?.mode === 'allBut')
      .map((statement) => ({
        path: [...statementPath(statement), name],
        message: `${name} with Allow allows everything it does not name`,
        suggestion: `name what is allowed in ${name.slice(3)}, or deny what is listed`,
      }));
}

function unknownActions(context: LintContext): readonly Advice[] {
  const { catalogue, policy } = context;
  if (catalogue === undefined) return [];
  return policy.statements
    .flatMap((statement) => patternsOf(statement, 'Action'))
    .filter(({ text }) => !isKnown(text, catalogue.actions))
    .map(({ text, path }) => ({
      path,
      message: `no known action matches \`${text}\``,
      suggestion: 'check the spelling; the statement has no effect on actions that do not exist',
    }));
}

function isKnown(pattern: string, actions: ReadonlyMap<string, readonly string[]>): boolean {
  const [vendor = '', name = '*'] = pattern.toLowerCase().split(':');
  if (hasWildcard(vendor)) return true;
  const glob = compileGlob(name);
  return actions.get(vendor)?.some((action) => matchesGlob(glob, action.toLowerCase())) ?? false;
}

export const actionRules: readonly LintRule[] = [
  { code: 'full-access', severity: 'security-warning', kinds: ['identity', 'session', 'resource'], check: everything },
  {
    code: 'service-wildcard',
    severity: 'warning',
    kinds: ['identity', 'session', 'resource'],
    check: serviceWildcards,
  },
  {
    code: 'sensitive-wildcard',
    severity: 'security-warning',
    kinds: ['identity', 'session'],
    check: sensitiveWildcards,
  },
  { code: 'pass-role-any', severity: 'security-warning', kinds: ['identity', 'session'], check: passRole },
  { code: 'not-action-allow', severity: 'warning', check: allowedByOmission('action', 'NotAction') },
  { code: 'not-resource-allow', severity: 'warning', check: allowedByOmission('resource', 'NotResource') },
  { code: 'unknown-action', severity: 'warning', check: unknownActions },
];
