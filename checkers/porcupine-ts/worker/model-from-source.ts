/** Builds a model where functions could not be sent: from its name, or from a module that is imported again. */
import type { Model, ModelSource } from '../model.ts';
import { readyModels } from '../models/ready-models.ts';

export async function modelFromSource({ module, name, options }: ModelSource): Promise<Model> {
  if (module === undefined) {
    const make = readyModels.get(name);
    if (make === undefined)
      throw new Error(`no ready model is named "${name}"; known: ${[...readyModels.keys()].join(', ')}`);
    return make(options as never);
  }
  const exported = ((await import(module)) as Record<string, unknown>)[name];
  if (typeof exported === 'function') return (exported as (options: unknown) => Model)(options);
  if (typeof exported === 'object' && exported !== null) return exported as Model;
  throw new Error(`module ${module} exports no model, and no function that makes one, named "${name}"`);
}
