import { whyRefused } from '../check-options.ts';
import { destinationRules, routeRules } from '../destination-rules.ts';
import type { OptionRule } from '../option-rule.ts';
import { endpointRules, optionRules } from '../option-rules.ts';
import { type ConfigNode, toValue } from './config-node.ts';

type Rules = Readonly<Record<string, OptionRule>>;

/** Rules for entries of a list that are objects, where they are judged apart from it. */
const entryRules: ReadonlyMap<OptionRule, Rules> = new Map([
  [optionRules.endpoints, endpointRules.fields],
  [optionRules.destinations, destinationRules.fields],
  [optionRules.route, routeRules.fields],
]);

/**
 * What a node means as options. Of a scalar a variable was put into, which can be a text as well as a number or a boolean,
 * the rule of the option decides: `42` is a text in a header, a number in `batch.lingerMs`. Where it takes both, as in
 * `resource`, the way it is written does.
 */
export function readByRules(node: ConfigNode, rules: Rules = optionRules): unknown {
  if (node.kind !== 'map') return toValue(node);
  return Object.fromEntries(
    node.members
      .map(
        ({ key, node: value }) => [key, readMember(value, Object.hasOwn(rules, key) ? rules[key] : undefined)] as const,
      )
      .filter(([, value]) => value !== undefined),
  );
}

function readMember(node: ConfigNode, rule: OptionRule | undefined): unknown {
  switch (rule?.kind) {
    case undefined:
      return toValue(node);
    case 'group':
      return readByRules(node, rule.fields);
    case 'headers':
      return toValue(node, 'text');
    case 'value': {
      const members = rule.members ?? entryRules.get(rule);
      if (members !== undefined && node.kind === 'map') return readByRules(node, members);
      if (members === undefined || node.kind !== 'list')
        return readAs(node, (value) => whyRefused(value, '', rule) === undefined);
      return node.items.map((item) =>
        item.kind === 'map'
          ? readByRules(item, members)
          : readAs(item, (value) => whyRefused([value], '', rule) === undefined),
      );
    }
    default:
      return rule satisfies never;
  }
}

function readAs(node: ConfigNode, isRight: (value: unknown) => boolean): unknown {
  const readings = (['written', 'typed', 'text'] as const).map((reading) => toValue(node, reading));
  // A wrong one is named as what it looks like.
  return readings.find(isRight) ?? readings[1];
}
