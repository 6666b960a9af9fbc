/** The methods of the JSON-RPC messages that the request carries; none if it carries anything else. */
export async function rpcMethods(request: Request): Promise<readonly string[]> {
  if (request.body === null) return [];
  try {
    const json: unknown = await request.clone().json();
    return (Array.isArray(json) ? json : [json]).flatMap((message) => message?.method ?? []);
  } catch {
    return [];
  }
}
