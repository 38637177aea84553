/** Reads request bodies as the Go server's JSON decoder does: an absent field keeps its value, a wrong type is refused. */
import { apiErrors } from './api-error.ts';

export type JsonObject = { readonly [key: string]: unknown };

export function parseJson(text: string): unknown {
  if (text.trim() === '') throw apiErrors.badRequestBody('EOF');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw apiErrors.badRequestBody(error instanceof Error ? error.message : String(error));
  }
}

export function jsonObject(value: unknown, what: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw wrongType(value, what, 'struct');
}

export function jsonArray(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrongType(value, what, 'array');
}

export function stringField(object: JsonObject, field: string, absent: string): string {
  const value = object[field] ?? absent;
  if (typeof value === 'string') return value;
  throw wrongType(value, field, 'string');
}

export function booleanField(object: JsonObject, field: string, absent: boolean): boolean {
  const value = object[field] ?? absent;
  if (typeof value === 'boolean') return value;
  throw wrongType(value, field, 'bool');
}

export function numberField(object: JsonObject, field: string, absent: number): number {
  const value = object[field] ?? absent;
  if (typeof value === 'number') return value;
  throw wrongType(value, field, 'float32');
}

export function integerField(object: JsonObject, field: string, absent: number): number {
  const value = object[field] ?? absent;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw wrongType(value, field, 'int64');
}

function wrongType(value: unknown, field: string, wanted: string) {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const shown = typeof value === 'number' ? `${kind} ${value}` : kind;
  return apiErrors.badRequestBody(`json: cannot unmarshal ${shown} into field ${field} of type ${wanted}`);
}
