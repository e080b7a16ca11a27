import { z } from 'zod';

/** What a schema accepts, in words: `a whole number from 1 to 40`, `one of file, random`. */
export function describeExpected(schema: z.core.$ZodType): string {
  return phrase(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function phrase(json: JsonSchema): string {
  if (json.description !== undefined) return json.description;
  const options = json.anyOf ?? json.oneOf;
  if (options) return phraseOptions(options);
  if (json.const !== undefined) return String(json.const);
  if (json.enum) return json.enum.length === 1 ? String(json.enum[0]) : `one of ${json.enum.join(', ')}`;
  return phraseType(json);
}

function phraseOptions(options: readonly z.core.JSONSchema._JSONSchema[]): string {
  const phrases = options.map((option) => (typeof option === 'boolean' ? 'any value' : phrase(option)));
  return [...new Set(phrases)].join(' or ');
}

function phraseType(json: JsonSchema): string {
  switch (json.type) {
    case 'integer':
      return `a whole number${phraseRange(json)}`;
    case 'number':
      return `a number${phraseRange(json)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return json.minLength === undefined ? 'text' : 'text that is not empty';
    case 'array':
      return phraseList(json);
    case 'object':
      return 'a mapping';
    default:
      return 'another value';
  }
}

function phraseList(json: JsonSchema): string {
  if (json.prefixItems) return `a list of ${json.prefixItems.length} values`;
  if (json.minItems !== undefined) return `a list of at least ${json.minItems} value${json.minItems === 1 ? '' : 's'}`;
  return 'a list';
}

function phraseRange(json: JsonSchema): string {
  const { minimum: low, exclusiveMinimum: above, maximum: high, exclusiveMaximum: below } = json;
  const [min, max] = [bounded(low), bounded(high)];
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const bounds = [
    above !== undefined ? [`> ${above}`] : [],
    min !== undefined ? [`>= ${min}`] : [],
    below !== undefined ? [`< ${below}`] : [],
    max !== undefined ? [`<= ${max}`] : [],
  ].flat();
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`;
}

/** The ends of the exact integers bound nothing that a user would write. */
function bounded(limit: number | undefined): number | undefined {
  return limit === undefined || Math.abs(limit) === Number.MAX_SAFE_INTEGER ? undefined : limit;
}
