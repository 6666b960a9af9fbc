import type { JsonSchemaType, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation';
import { canGenerateCode } from '../runtime/code-generation.js';

/**
 * Checks structured tool results against the schemas that servers give. A schema is compiled when the first result comes,
 * and one that cannot be compiled accepts everything: it is the server's fault, and the result is still the caller's.
 */
export async function schemaValidator(): Promise<jsonSchemaValidator> {
  const Validator = canGenerateCode()
    ? (await import('@modelcontextprotocol/sdk/validation/ajv')).AjvJsonSchemaValidator
    : (await import('@modelcontextprotocol/sdk/validation/cfworker')).CfWorkerJsonSchemaValidator;
  return {
    getValidator<T>(schema: JsonSchemaType) {
      let validate: ReturnType<typeof compile<T>> | undefined;
      return (input: unknown) => {
        validate ??= compile<T>(schema);
        return validate(input);
      };
    },
  };

  function compile<T>(schema: JsonSchemaType) {
    try {
      // One each: a validator keeps whatever it has compiled.
      return new Validator().getValidator<T>(schema);
    } catch {
      return (input: unknown) => ({ valid: true as const, data: input as T, errorMessage: undefined });
    }
  }
}
