import type { Document } from 'bson';
import { compileGroup } from './accumulators.ts';
import { CommandError, unsupported } from './errors.ts';
import { compileExpression } from './expressions.ts';
import { compileFilter } from './matcher.ts';
import { isNumber } from './numbers.ts';
import { fieldOf, setField, splitPath } from './paths.ts';
import { compileProjection } from './projection.ts';
import { readSort, sorted, sortKeyOf } from './sort.ts';
import { isPlainObject } from './values.ts';

type Stage = (documents: Iterable<Document>) => Iterable<Document>;

const stages: Readonly<Record<string, (argument: unknown) => Stage>> = {
  $match(argument) {
    const matches = compileFilter(argument);
    return function* (documents) {
      for (const document of documents) if (matches(document)) yield document;
    };
  },
  $group: compileGroup,
  $sort(argument) {
    const keyOf = sortKeyOf(readSort(argument));
    return (documents) => sorted(documents, keyOf, Number.POSITIVE_INFINITY);
  },
  $limit(argument) {
    const limit = count('$limit', argument, 1);
    return function* (documents) {
      let taken = 0;
      for (const document of documents) {
        yield document;
        taken += 1;
        if (taken >= limit) return;
      }
    };
  },
  $skip(argument) {
    const skip = count('$skip', argument, 0);
    return function* (documents) {
      let seen = 0;
      for (const document of documents) {
        if (seen >= skip) yield document;
        seen += 1;
      }
    };
  },
  $project: (argument) => eachThrough(compileProjection(fieldsIn('$project', argument), null)),
  $addFields: addFields,
  $set: addFields,
  $unset(argument) {
    const names = Array.isArray(argument) ? argument : [argument];
    if (names.length === 0 || names.some((name) => typeof name !== 'string'))
      throw new CommandError(9, '$unset takes a name or a list of names');
    return eachThrough(compileProjection(Object.fromEntries(names.map((name) => [name, 0])), null));
  },
  $unwind: unwind,
  $count(argument) {
    if (typeof argument !== 'string' || argument === '' || /[$.]/.test(argument))
      throw new CommandError(9, 'the count field must be a plain name');
    return function* (documents) {
      let seen = 0;
      for (const _ of documents) seen += 1;
      if (seen > 0) yield { [argument]: seen };
    };
  },
  $facet(argument) {
    const facets = Object.entries(fieldsIn('$facet', argument)).map(([name, pipeline]) => [name, compileStages(pipeline)] as const);
    return function* (documents) {
      const all = [...documents];
      yield Object.fromEntries(facets.map(([name, run]) => [name, [...run(all)]]));
    };
  },
};

/** A pipeline as one function. Every stage is checked before the first document is read. */
export function compileStages(pipeline: unknown): Stage {
  if (!Array.isArray(pipeline)) throw new CommandError(14, 'a pipeline must be an array');
  const steps = pipeline.map((stage) => {
    const [entry, second] = isPlainObject(stage) ? Object.entries(stage) : [];
    if (!entry || second) throw new CommandError(40_324, 'A pipeline stage specification object must contain exactly one field.');
    const [name, argument] = entry;
    if (name === '$changeStream') throw new CommandError(40_573, 'The $changeStream stage is only supported on replica sets');
    const compile = Object.hasOwn(stages, name) ? stages[name] : undefined;
    if (!compile) throw unsupported(`the pipeline stage ${name}`, 40_324);
    return compile(argument);
  });
  return (documents) => steps.reduce<Iterable<Document>>((stream, step) => step(stream), documents);
}

const eachThrough = (change: (document: Document) => Document): Stage =>
  function* (documents) {
    for (const document of documents) yield change(document);
  };

export function count(name: string, argument: unknown, least: number): number {
  const value = isNumber(argument) ? Number(argument) : Number.NaN;
  if (!Number.isInteger(value) || value < least) throw new CommandError(2, `${name} takes a whole number of at least ${least}`);
  return value;
}

function fieldsIn(name: string, argument: unknown): Document {
  if (!isPlainObject(argument) || Object.keys(argument).length === 0)
    throw new CommandError(9, `${name} takes an object with at least one field`);
  return argument;
}

function addFields(argument: unknown): Stage {
  const fields = Object.entries(fieldsIn('$addFields', argument)).map(
    ([path, expression]) => [splitPath(path), compileExpression(expression)] as const,
  );
  return eachThrough((document) => {
    let result = document;
    for (const [parts, evaluate] of fields) result = withValue(result, parts, evaluate(document)) as Document;
    return result;
  });
}

/** A copy with the value at the path, in every document of an array on the way. */
function withValue(target: unknown, parts: readonly string[], value: unknown): unknown {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  if (Array.isArray(target)) return target.map((element) => withValue(element, parts, value));
  const copy: Document = isPlainObject(target) ? { ...target } : {};
  const inner = withValue(fieldOf(copy, part), rest, value);
  if (inner === undefined) delete copy[part];
  else setField(copy, part, inner);
  return copy;
}

function unwind(argument: unknown): Stage {
  const options = typeof argument === 'string' ? { path: argument } : fieldsIn('$unwind', argument);
  const path = options['path'];
  if (typeof path !== 'string' || !path.startsWith('$')) throw new CommandError(9, 'the path of $unwind must start with $');
  const other = Object.keys(options).find((name) => name !== 'path' && name !== 'preserveNullAndEmptyArrays');
  if (other !== undefined) throw unsupported(`the option ${other} of $unwind`, 9);
  const parts = splitPath(path.slice(1));
  const keepsEmpty = options['preserveNullAndEmptyArrays'] === true;
  return function* (documents) {
    for (const document of documents) {
      const value = parts.reduce<unknown>(fieldOf, document);
      if (Array.isArray(value) && value.length > 0) {
        for (const element of value) yield withValue(document, parts, element) as Document;
      } else if (value !== undefined && value !== null && !Array.isArray(value)) {
        yield document;
      } else if (keepsEmpty) {
        yield Array.isArray(value) ? (withValue(document, parts, undefined) as Document) : document;
      }
    }
  };
}
