export declare function notFound(what: string): never;
export declare function conflict(detail: string): Error;
export declare function badRequest(detail: string): Error;
export declare function forbidden(detail: string): Error;
export declare function tooLarge(detail: string): Error;
export declare function invalidField(loc: readonly (string|number)[], msg: string): Error;
