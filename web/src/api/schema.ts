/* Generated from docs/openapi.json by `npm run api`. */

export interface paths {
    "/api/v1/accounts/challenges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to sign in by the provider */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Where to go on */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Begun"];
                    };
                };
                /** @description Another page asks */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description This installation trusts no provider */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The provider does not answer */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/logins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a session by an account at the provider */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Returned"];
                };
            };
            responses: {
                /** @description Signed in; the session is in the cookie */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nobody here has added that account, or another page asks */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description This installation trusts no provider */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Over, begun in another browser, or refused by the provider */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The provider does not answer */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/provider": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which provider people sign in by */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The provider */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderOut"];
                    };
                };
                /** @description Not answered */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/advisories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Advisories, the records of one event together */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description By event */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Events"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Take records in the OSV format: all of them or, where one does not read, none */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Records"];
                };
            };
            responses: {
                /** @description Taken */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TakenOut"];
                    };
                };
                /** @description Not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Larger than 8 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A record does not read; nothing was taken */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/advisories/{record}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an event means for every component, by everything that each said */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id of one of its records */
                    record: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Component by component */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Concerns"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such record */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/components": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Components, by name, and when each last said what it runs */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_ComponentOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/components/{component}/inventories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a component said that it runs, in the order in which it came in */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The component's id */
                    component: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_InventoryOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such component */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credentials/{credential}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a credential: one's own, or, as an operator, anybody's */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The credential's id */
                    credential: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Revoked */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such credential, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One delivery */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The delivery's id */
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The delivery */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such delivery, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept a delivery: for the lab's stewards */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The delivery's id */
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                /** @description Not a key that a request may be repeated with, or a body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, or not a steward */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such delivery, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Decided already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The encrypted file: an age file to the lab's recipients */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The delivery's id */
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/age-encryption": components["schemas"]["File"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, or not a steward */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such delivery, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed manifest: a C2SP signed note */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The delivery's id */
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The manifest */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such delivery, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery}/return": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send rows back, each with its reason: for the lab's stewards */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The delivery's id */
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RowsIn"];
                };
            };
            responses: {
                /** @description Sent back */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RowsSentBack"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, or not a steward */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such delivery, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Decided already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such row, or no reason */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery}/returned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rows sent back, with the lab's reasons: for its stewards */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The delivery's id */
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Rows in their order: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_SentBackOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, or not a steward */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such delivery, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's holds under an engagement */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Holds, newest first: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AssignmentOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/assignments/{assignment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open a held task again */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                    /** @description The hold's id */
                    assignment: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The task */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HeldOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such hold, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No longer in one's hands */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/assignments/{assignment}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep what was typed so far, sealed; also while halted */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                    /** @description The hold's id */
                    assignment: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DraftIn"];
                };
            };
            responses: {
                /** @description Kept */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Saved"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such hold, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No longer in one's hands, or another version is there */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No object, or too long */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/assignments/{assignment}/return": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a task back unanswered, or one that was sent back to be mended; it does not come to the same person again */
        post: {
            parameters: {
                query?: {
                    /**
                     * @description The draft's version as it was last seen, 0 where there was none: what another window kept meanwhile is then not dropped (409). Left
                     *     out, whatever is there is dropped.
                     */
                    after?: number;
                };
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                    /** @description The hold's id */
                    assignment: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Given back */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not a key that a request may be repeated with, or a body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such hold, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No longer in one's hands, or another draft is there; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a version */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/assignments/{assignment}/submission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand an answer in
         * @description A late answer is not lost: after the end of the lease it is taken as long as the task did not go back to the queue, which
         *     happens when somebody, also the holder, next asks for a task of the project. Then it is a conflict (409).
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                    /** @description The hold's id */
                    assignment: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AnswerIn"];
                };
            };
            responses: {
                /** @description Taken */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SubmissionOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such hold, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Handed in already, the lease ended and the task went back to the queue, or another draft is there; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It does not fit the template */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The next task: one that came back, one still in hand, or a new one */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A task */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HeldOut"];
                    };
                };
                /** @description Nothing to do now */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The credentials by which somebody can act under an engagement: its tokens, and its holder's sessions and links; for
         *     operators and for who holds it. Newest first
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those that still prove something, or only those that no longer do. */
                    good?: boolean;
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Credentials: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_CredentialOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a filter, cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End an engagement: its data, models and hours end at once */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Ended */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EngagementOut"];
                    };
                };
                /** @description Not a key that a request may be repeated with, or a body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a whole project, a JSON line a task; a halt cuts it */
        get: {
            parameters: {
                query?: {
                    /** @description The project's id; needed only under a steward's engagement. */
                    project?: string;
                };
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description JSON lines; cut short when work is halted meanwhile */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-ndjson": string;
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not the id of a project */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/guideline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the guideline and the template */
        get: {
            parameters: {
                query?: {
                    /** @description The project's id; needed only under a steward's engagement. */
                    project?: string;
                };
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Guideline and template */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GuidelineOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not the id of a project */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Set the guideline */
        put: {
            parameters: {
                query?: {
                    /** @description The project's id; needed only under a steward's engagement. */
                    project?: string;
                };
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GuidelineIn"];
                };
            };
            responses: {
                /** @description Its new version */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Version"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Set by somebody else at the same time */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Empty or too long */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/hours": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every span counted under an engagement, oldest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Spans */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HoursOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring tasks in: all of the file, or nothing of it */
        post: {
            parameters: {
                query?: {
                    /** @description `jsonl`, `json` or `csv`; told from the file unless said. */
                    format?: string;
                    /** @description `field=column` pairs, separated by commas; told from the columns unless said. */
                    mapping?: string;
                    /** @description The project's id; needed only under a steward's engagement. */
                    project?: string;
                    /** @description Takes tasks without ids although the project has some that ask the same. */
                    again?: boolean;
                };
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            /** @description JSONL, a JSON array, or CSV; at most 512 MiB */
            requestBody: {
                content: {
                    "application/octet-stream": components["schemas"]["File"];
                };
            };
            responses: {
                /** @description Imported */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportedOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The project is closed */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Larger than 512 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Rows are wrong, or their tasks in the project already; nothing was imported */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/inventories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what a component runs, also while it is halted */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            /** @description The document that `cofferdam component scan` makes, as it is; at most 64 MiB */
            requestBody: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Taken */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SaidOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a component; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Larger than 64 MiB */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an inventory, or not scanned within the last hour */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A project's questions, the newest first
         * @description One's own, and those that were answered; whoever answers sees all. They are read when they are asked for, and so recorded, and counted
         *     towards the budget. A page has 50 at most, and 100 remarks in all where one question alone has not more.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The project's id; needed only under a steward's engagement. */
                    project?: string;
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Questions: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_QuestionOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not the id of a project, a cursor or a limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Ask what the guideline does not say */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AskIn"];
                };
            };
            responses: {
                /** @description Asked */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RemarkedOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement or task, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Empty, too long, or broken and without a task */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/questions/{question}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer a question, or go on with one's own */
        post: {
            parameters: {
                query?: {
                    /** @description The project's id; needed only under a steward's engagement. */
                    project?: string;
                };
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                    /** @description The question's id */
                    question: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SayIn"];
                };
            };
            responses: {
                /** @description Said */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RemarkedOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such question, or neither yours nor yours to answer */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A hundred remarks were made to it; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Empty or too long, or not the id of a project */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/reviews/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The next submission to judge, never one's own */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A submission */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ToReviewOut"];
                    };
                };
                /** @description Nothing to review now */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/reviews/{review}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a verdict */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                    /** @description The review's id */
                    review: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VerdictIn"];
                };
            };
            responses: {
                /** @description Taken */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JudgedOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such review, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Given already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A comment is missing or too long, or the changed answer does not fit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/reviews/{review}/others": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What others answered to the task whose answer one has in hand
         * @description But for what was rejected or given up. It is read when it is asked for, and so recorded, and counted towards the budget.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                    /** @description The review's id */
                    review: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The other answers */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OthersOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such review, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Given already, or there is a newer version */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/reviews/{review}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a verdict back
         * @description Within 30 seconds, as long as nothing was built on it: its author has not begun to mend the answer, and nobody else has the task.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                    /** @description The review's id */
                    review: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is in one's hands again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WithdrawnOut"];
                    };
                };
                /** @description Not a key that a request may be repeated with, or a body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such review, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too late, or something was built on it; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/timer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the timer shows */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The timer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimerOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Start or stop counting, or give a sign of life, which also prolongs what is in hand
         * @description Nobody works in two places at once: starting stops the timers that run under the same person's other engagements, and the
         *     answer says how many, and which. Each stop is recorded in the ledger of the lab that it concerns, without a word of the other.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StepIn"];
                };
            };
            responses: {
                /** @description The timer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimerOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Started at the same time elsewhere; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a step */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/engagements/{engagement}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Issue an API token that is good for one engagement */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The engagement's id */
                    engagement: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            responses: {
                /** @description Issued; shown once */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Token"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such engagement */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The engagement has ended */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Out of bounds */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells when halts or engagements change that concern the caller, until their credential proves nothing any more */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Server-sent events */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": unknown;
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exposure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the ledgers say a credential touched, by lab */
        get: {
            parameters: {
                query: {
                    /** @description The credential's id. */
                    credential: string;
                    /** @description RFC 3339; the beginning unless said. */
                    from?: string;
                    /** @description RFC 3339, excluded; now unless said. */
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description By lab and project */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExposureOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such credential */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an id or time */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/halts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Halts, open ones first: all for operators, one's own lab's for stewards */
        get: {
            parameters: {
                query?: {
                    /** @description Only open ones, or only past ones. */
                    open?: boolean;
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Halts: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_HaltOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a filter, cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Halt: in effect as soon as this is answered */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewHalt"];
                };
            };
            responses: {
                /** @description In effect */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HaltOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not in one's role, or not one's lab */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such scope */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a scope, reason or time */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/halts/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a halt would stop, and whom; nothing is halted */
        get: {
            parameters: {
                query: {
                    /** @description As for a halt: `lab:` with an id behind the colon, and so on. */
                    scope: string;
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What it would stop: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WouldStopPage"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not in one's role, or not one's lab */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such scope */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a scope, cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/halts/{halt}/placement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find a place for everybody whom an open halt leaves without work: as many as can be, and of all ways to do that the one that fits
         *     best, in one assignment over all of them
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The halt's id */
                    halt: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PlacementIn"];
                };
            };
            responses: {
                /** @description Where everybody goes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Placement"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such halt is open */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It is over, or something else changed meanwhile; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/halts/{halt}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a halt */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The halt's id */
                    halt: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResumeIn"];
                };
            };
            responses: {
                /** @description Resumed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HaltOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not in one's role, or not one's lab */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such halt */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It was resumed already, or ended by itself; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not something that can be checked */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ids/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an id is of: one that stands in a ledger, a log or a letter. Nothing of what a lab or a contractor wrote */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Any id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What it is of */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FoundOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing has that id */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an id */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every incident, in the order in which they were opened */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_IncidentOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Open an incident: what the policy halts is halted as soon as this is answered */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewIncidentIn"];
                };
            };
            responses: {
                /** @description Opened */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such subject, or no such record */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description One is open for that event, or nothing is concerned by it; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a title, reason, subject or time */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{incident}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One incident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The incident's id */
                    incident: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All that is known of it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such incident */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{incident}/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take what a source says of when it was; sources may say different things */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The incident's id */
                    incident: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewClaim"];
                };
            };
            responses: {
                /** @description Taken */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such incident */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a source or a window */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{incident}/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move an incident one step on, or open it again */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The incident's id */
                    incident: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMove"];
                };
            };
            responses: {
                /** @description Moved */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such incident */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description That is no step from where it stands; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a state or reason */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{incident}/rotation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the keys of every project of the labs concerned: what each has sealed is sealed anew in the background */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The incident's id */
                    incident: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Called for, and on the labs' ledgers */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RotatedOut"];
                    };
                };
                /** @description Not a key that a request may be repeated with, or a body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such incident */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{incident}/subjects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a subject that was found later: what the policy halts is halted as soon as this is answered */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The incident's id */
                    incident: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSubject"];
                };
            };
            responses: {
                /** @description Added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such incident, or no such subject */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It is a subject already, or the incident is closed; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a subject */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{incident}/subjects/{component}/rebuilt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Declare that the host of a component was rebuilt; the last declaration holds */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The incident's id */
                    incident: string;
                    /** @description The component's id */
                    component: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RebuiltIn"];
                };
            };
            responses: {
                /** @description Declared */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such incident, or the component is no subject of it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a time, or one in the future */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inventories/{inventory}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One inventory, as it was said: format `cofferdam-inventory` 1 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The inventory's id */
                    inventory: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such inventory */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every lab: all for operators, one's own for stewards */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Labs by name: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_Lab"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Open a lab's compartment */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewLab"];
                };
            };
            responses: {
                /** @description Opened */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Lab"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The name is taken, or looks like another lab's; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The name is not one */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/accesses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger's entries, newest first: ids, times and counts */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_Access"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/accesses/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has seen a lab's data, by actor and time */
        get: {
            parameters: {
                query?: {
                    /** @description RFC 3339; a day before `to` unless said. */
                    from?: string;
                    /** @description RFC 3339, excluded; now unless said. */
                    to?: string;
                    /** @description Seconds of a bucket: 1 to 86,400; 600 unless said. */
                    bucket_seconds?: number;
                };
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description By actor */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SummaryOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a window */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lab's deliveries, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deliveries: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_Delivery"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/deliveries/vkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The key that verifies the manifests of a lab's deliveries: a signed-note verifier key */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The key */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Incidents that concern a lab, in the order in which it was told: for its stewards, and for operators */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_LabIncidentOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not one's lab */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not one's own */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/incidents/{lab_incident}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what the lab does about an incident: for its stewards alone. It is a record; what stops work is a halt */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The lab's id */
                    lab: string;
                    /** @description The lab's own id for the incident */
                    lab_incident: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DecisionIn"];
                };
            };
            responses: {
                /** @description Recorded; the last decision holds */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LabIncidentOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a steward of the lab */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such incident of that lab */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a decision */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/incidents/{lab_incident}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The signed exposure report of an incident for the lab, as a file: for its stewards, and for operators. It says of every object
         *     version of the lab what befell it, and follows from the lab's ledger, which it names by its tree head: `cofferdam verify` computes
         *     it again from an export
         */
        get: {
            parameters: {
                query?: {
                    /** @description RFC 3339; none: there is no such window. */
                    from?: string;
                    /** @description RFC 3339, excluded; open unless said. */
                    to?: string;
                };
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                    /** @description The lab's own id for the incident */
                    lab_incident: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Canonical JSON; docs/exposure-report.md has the format */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["File"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not one's lab */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such incident of that lab, or not one's own */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No report can be made of it */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a window */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/keyholder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who holds a lab's keys, and how the keyholder stands */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Who holds them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeyholderOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Enrol the node that answers with a keyholder that the lab runs. The first time, the lab's keys are minted there from then on, and what
         *     was sealed before is sealed anew in the background
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewEnrolment"];
                };
            };
            responses: {
                /** @description Enrolled, and on the lab's ledger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeyholderOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The keyholder refuses or cannot be reached, or the lab has another */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a code, or not a node's name */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a project */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProjectIn"];
                };
            };
            responses: {
                /** @description Opened */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Project"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The name is taken; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a template, or out of bounds */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whom a lab's deliveries are encrypted to */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description age recipients */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recipients"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Say whom a lab's deliveries are encrypted to: for its stewards alone */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Recipients"];
                };
            };
            responses: {
                /** @description Set */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recipients"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, or not a steward */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an age recipient */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/stewards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a person speak for a lab */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSteward"];
                };
            };
            responses: {
                /** @description Appointed */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EngagementOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab or person */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description They speak for the lab already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not the id of a person */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lab's webhooks: for its stewards, and for operators */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_WebhookOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not one's own */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Set a webhook of a lab: for its stewards, and for operators. It is told what a steward is: halts, incidents and deliveries
         *     of that lab, by ids
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            responses: {
                /** @description Set; the secret is shown once */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SetOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab, or not one's own */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The lab has it already, or has ten */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a URL that messages are sent to */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a webhook of a lab: what waits for it is not sent */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The lab's id */
                    lab: string;
                    /** @description The webhook's id */
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such webhook of that lab */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labs/{lab}/webhooks/{webhook}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a test sent to a webhook of a lab, as any other message: at once, and again where it does not arrive. One at a time waits */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The lab's id */
                    lab: string;
                    /** @description The webhook's id */
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description On its way: the webhook's `last` says how it went */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SentOut"];
                    };
                };
                /** @description Not a key that a request may be repeated with, or a body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such webhook of that lab */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A test waits for it already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledgers/{ledger}/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest signed tree head: a C2SP checkpoint */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description A lab's id, or `installation` */
                    ledger: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The checkpoint */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such ledger, or not yours, or no checkpoint yet */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledgers/{ledger}/sets/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The list of objects that an entry names by its hash: for each its id (16 bytes), version (4) and plaintext bytes (8), big-endian */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description A lab's id, or `installation` */
                    ledger: string;
                    /** @description Its hash: 64 lower-case hexadecimal digits */
                    sha256: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The bytes, whose SHA-256 is the one asked for */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["File"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such ledger or list, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledgers/{ledger}/tile/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A tile of hashes or a bundle of entries, by its tlog-tiles path after `tile/` */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description A lab's id, or `installation` */
                    ledger: string;
                    /** @description As in C2SP tlog-tiles: `0/x001/067.p/12`, `entries/000` */
                    path: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The bytes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["File"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such ledger or tile, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledgers/{ledger}/vkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The key that verifies the ledger's checkpoints: a signed-note verifier key */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description A lab's id, or `installation` */
                    ledger: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The key */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such ledger, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who one is, and what one holds */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The caller */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add one's account at the provider, within 15 minutes of signing in */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Returned"];
                };
            };
            responses: {
                /** @description It opens sessions from now on */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountAdded"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description This installation trusts no provider */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By no session, too long after signing in, halted, over, or it is here already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The provider does not answer */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/accounts/challenges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to add one's account at the provider */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Where to go on */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Begun"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description This installation trusts no provider */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The provider does not answer */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What one was told, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Notices"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/notices/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say up to which notice one has read */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Read"];
                };
            };
            responses: {
                /** @description Kept */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A credential for one engagement alone: it does not see all of one's notices */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such notice, or not one's own */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not the id of a notice */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open work that fits the caller, when a halt or a wall stops theirs: best first, each with the reasons why */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Offers; none for whoever is not stopped, or is halted themselves */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Offers"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a passkey, within 15 minutes of signing in */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPasskey"];
                };
            };
            responses: {
                /** @description It opens sessions from now on */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Added"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By no session, too long after signing in, halted, or it is here already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not what an authenticator says */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/passkeys/challenges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask an authenticator for a new passkey of one's own */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What it is to make one for */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewChallenge"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The address under which people reach this has no name that passkeys can be for */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How it went to send notices, newest attempt first: for operators. What was done with 90 days ago is no more there */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AttemptOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys/challenges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask a passkey to sign in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What it is to sign */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Challenge"];
                    };
                };
                /** @description Another page asks */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The address under which people reach this has no name that passkeys can be for */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys/logins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a session by a passkey */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            responses: {
                /** @description Signed in; the session is in the cookie */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The passkey is not known, revoked or did not sign, or another page sends it */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The address under which people reach this has no name that passkeys can be for */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not what an authenticator says */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Persons and components, by name */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_Person"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Enrol a person or a component */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPerson"];
                };
            };
            responses: {
                /** @description Enrolled */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Person"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Somebody is called so already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a name */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{person}/abilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What somebody can do, as was said last */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The person's id */
                    person: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What they can do */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Abilities"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such person */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Say what somebody can do: by it they are offered work when a halt stops theirs */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The person's id */
                    person: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Abilities"];
                };
            };
            responses: {
                /** @description Set */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Abilities"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such person */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not such words or hours */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{person}/address": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a person is written to: for operators */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The person's id */
                    person: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The address, if there is one */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Address"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such person */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Say where a person is written to, or that they are not: for operators */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The person's id */
                    person: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Address"];
                };
            };
            responses: {
                /** @description Set */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Address"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such person */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an address, or a component */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{person}/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The credentials of somebody that are good for all that they may: sessions, links, and an operator's tokens; for operators and
         *     for themselves. Newest first
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those that still prove something, or only those that no longer do. */
                    good?: boolean;
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The person's id */
                    person: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Credentials: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_CredentialOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such person, or not you */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a filter, cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{person}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Issue a one-time login link */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The person's id */
                    person: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewLink"];
                };
            };
            responses: {
                /** @description Issued; shown once */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Link"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such person */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Out of bounds, or a component */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{person}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Issue a token to an operator, oneself or another: good for all that an operator does */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The operator's id */
                    person: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            responses: {
                /** @description Issued; shown once */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Token"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such person */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Out of bounds, or for somebody who is no operator */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Projects: all for operators, one's own lab's for stewards */
        get: {
            parameters: {
                query?: {
                    /** @description Of this lab alone. */
                    lab?: string;
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Projects by lab and name: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_Project"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not the id of a lab, a cursor or a limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One project */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The project's id */
                    project: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The project */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Project"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such project, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/agreement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Measure agreement: a job of the platform reads the labels, and the ledger says so */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The project's id */
                    project: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Measures, with reasons where one is not defined */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AgreementOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such project, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The job's read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a delivery: a job of the platform reads the answers, and the ledger says so */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The project's id */
                    project: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewDelivery"];
                };
            };
            responses: {
                /** @description Offered */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Halted, ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such project, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing to deliver, or no recipient; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a format for this project */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The job's read budget is used up; `Retry-After` says when it opens again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/engagements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is engaged for a project: names for operators, pseudonyms for stewards */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The project's id */
                    project: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Engagements, ended ones too: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_EngagementOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such project, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Engage a person or component for a project */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The project's id */
                    project: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewEngagement"];
                };
            };
            responses: {
                /** @description Engaged */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EngagementOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such project, person or component */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description They hold the same engagement already: the detail names it; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an engagement */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/rotation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the replacement of a project's keys is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The project's id */
                    project: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description How far it is */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RotationOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ended, or not in one's role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such project, or not yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Replace a project's keys: what it has sealed is sealed anew in the background, and what comes is sealed under a new key at once */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The project's id */
                    project: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Called for, and on the lab's ledger */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RotationOut"];
                    };
                };
                /** @description Not a key that a request may be repeated with, or a body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such project */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/wanted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Say what a project asks for: from then on it is offered to those who fit and whom a halt stops elsewhere */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The project's id */
                    project: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            responses: {
                /** @description Set */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Asked"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such project */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not such words or numbers */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Use up a login link and open a session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LogIn"];
                };
            };
            responses: {
                /** @description Signed in; the session is in the cookie */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The link is not known, expired or used, or another page sends it */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a link */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End the session or token in use */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed out */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A query parameter that there is not, is given twice, or does not read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/walls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The walls that stand */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 500; 500 unless said. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Walls: a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_WallOut"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a cursor or limit */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Declare a wall: whoever has seen one lab's data sees no other's until the cooling-off has passed; in effect as soon as this is
         *     answered, and for what was seen before, too
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WallIn"];
                };
            };
            responses: {
                /** @description It stands */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WallOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such lab */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A wall of that name stands already; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a wall */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/walls/{wall}/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change a wall: who is within it, and for how long what was seen counts */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The wall's id */
                    wall: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WallChange"];
                };
            };
            responses: {
                /** @description Changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WallOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such wall stands, or no such lab */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It says that already, or was changed at the same time; or the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a wall, or weaker without a reason */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/walls/{wall}/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lift a wall: it keeps nobody out any more */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being answered, others of it are told 409 with `Retry-After` */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The wall's id */
                    wall: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WallLift"];
                };
            };
            responses: {
                /** @description Lifted */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WallOut"];
                    };
                };
                /** @description A body that is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not an operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No such wall stands */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description By its `Idempotency-Key`, the same request is being answered now (`Retry-After`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A body that is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not a reason */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: `Retry-After` says after how many seconds to ask again */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, until an operator has run `cofferdam doctor` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What somebody can do. */
        Abilities: {
            /**
             * Format: int32
             * @description Hours a week that they have: 0 to 168.
             */
            hours?: number;
            /** @description The languages they work in. */
            languages?: string[];
            /** @description Short words that the firm uses, at most 30. */
            skills?: string[];
        };
        /** @description One entry of the ledger. */
        Access: {
            actor: components["schemas"]["ActorOut"];
            /**
             * Format: int64
             * @description Bytes released.
             */
            bytes: number;
            /** @description What the clock said, where it had been put back: one of the two is wrong. */
            clock?: string | null;
            completed?: components["schemas"]["Completed"] | null;
            /** @description The kind of what was recorded. */
            fact: string;
            /**
             * Format: int64
             * @description Its index.
             */
            n: number;
            /**
             * Format: int64
             * @description Objects released.
             */
            objects: number;
            project?: components["schemas"]["Named"] | null;
            refused?: components["schemas"]["RefusedOut"] | null;
            /** @description Ledger time. */
            t: string;
        };
        AccountAdded: {
            /** @description The credential's id. */
            credential: string;
        };
        /** @description Who acted, as the lab's ledger has it. */
        ActorOut: {
            engagement?: string | null;
            /** @description `engaged`, `job`, `operator`, `platform` or `stranger`. */
            kind: string;
            project?: components["schemas"]["Named"] | null;
            pseudonym?: string | null;
            /** @description Of an integration: what for. A job of the platform is known by it. */
            purposes?: components["schemas"]["Purpose"][];
            role?: components["schemas"]["Role"] | null;
        };
        ActorSummary: components["schemas"]["ActorOut"] & {
            buckets: components["schemas"]["Bucket"][];
            /** Format: int64 */
            bytes: number;
            last: string;
            /** Format: int64 */
            objects: number;
        };
        Added: {
            /** @description The credential's id. */
            credential: string;
        };
        /** @description Where a person is written to. */
        Address: {
            /** @description None: nowhere. */
            email?: string | null;
        };
        /** @description How far raters agree. */
        AgreementOut: {
            cohen_kappa: components["schemas"]["Pair"][];
            /** @description Why a measure is not defined. */
            explained: string[];
            /** Format: double */
            fleiss_kappa?: number | null;
            /** Format: int64 */
            items: number;
            /** Format: double */
            krippendorff_alpha?: number | null;
            /** Format: int64 */
            labels: number;
            raters: string[];
        };
        AnswerIn: {
            /**
             * Format: int32
             * @description The draft's version that it goes on from, 0 where there was none: what another window kept meanwhile is then not dropped (409).
             *     Left out, whatever is there is dropped.
             */
            after?: number | null;
            /** @description By the template's answer schema. */
            answer: Record<string, never>;
        };
        AskIn: {
            /** @description The hold on the task that it is about. */
            assignment?: string | null;
            /** @description The task cannot be done as it is. It stays in your hands until you return it. */
            broken?: boolean;
            /** @description Up to 16 KiB. */
            text: string;
        };
        /** @description What a project asks for. */
        Asked: {
            /**
             * Format: int32
             * @description Hours a week; 0: any.
             */
            hours?: number;
            /** @description One of these languages; none: any. */
            languages?: string[];
            /**
             * @description What those are told who are not engaged for it: name neither the lab nor the project if they are not to be known. Unless said, its
             *     kind and what it asks for alone.
             */
            notice?: string;
            /**
             * Format: int32
             * @description How many authors it has room for, with those it has.
             */
            seats: number;
            /** @description Every one of these skills. */
            skills?: string[];
        };
        /** @description A hold, without what it holds. */
        AssignmentOut: {
            assignment: string;
            claimed: string;
            /** @description `claimed`, `submitted`, `skipped` or `expired`. */
            state: string;
            /**
             * @description Where what was handed in stands, if anything was: `submitted`, `accepted`, `returned` to be mended, `rejected`, or
             *     `lapsed`, given back or given up.
             */
            submission?: string | null;
            task: string;
            /**
             * @description The end of the lease as it last was. It binds only while `claimed`, and then only once somebody asks for a task of
             *     the project: until that, a late answer is taken.
             */
            until: string;
        };
        /** @description An attempt to send a notice. Where it went to is not in it, but by ids. */
        AttemptOut: {
            at: string;
            /**
             * Format: int32
             * @description Which attempt, from 1.
             */
            attempt: number;
            /** @description `e-mail` or `webhook`. */
            channel: string;
            kind: string;
            /** @description The message's id, which its receiver has too: `webhook-id`, or what a letter's `Message-ID` begins with. */
            message: string;
            /** @description `delivered`, `answered-otherwise`, `unreachable`, `not-in-time` or `not-allowed`. */
            outcome: string;
            /** @description The person that it was for. */
            recipient?: string | null;
            /** @description How the message stands now: `waiting`, `delivered`, `given-up` or `not-wanted`. */
            state: string;
            /**
             * Format: int32
             * @description What HTTP or SMTP answered.
             */
            status?: number | null;
            /** @description The webhook that it was for. */
            webhook?: string | null;
        };
        /** @description Where to go on. */
        Begun: {
            /** @description The provider's page. It leads back to `/login/account` with `code` and `state`, within five minutes. */
            url: string;
        };
        BeyondOut: {
            /**
             * Format: int64
             * @description Entries of what was done with it as an operator.
             */
            administered: number;
            /**
             * Format: int64
             * @description Entries of what was refused it: under an engagement that is not its own, or without an operator's role.
             */
            refused: number;
        };
        Bucket: {
            /** Format: int64 */
            objects: number;
            start: string;
        };
        BudgetIn: {
            /** Format: int64 */
            bytes_per_day: number;
            /** Format: int64 */
            bytes_per_hour: number;
            /** Format: int64 */
            objects_per_day: number;
            /** Format: int64 */
            objects_per_hour: number;
        };
        /** @description What an authenticator is to sign. Bytes are base64url without padding, here and in what is sent back. */
        Challenge: {
            challenge: string;
            /** @description The host that the passkey is for. */
            rp_id: string;
            /**
             * Format: int32
             * @description How long it is good.
             */
            seconds: number;
        };
        /**
         * @description What was checked before a halt was ended.
         * @enum {string}
         */
        Checked: "host-rebuilt" | "credentials-rotated" | "inventory-clean" | "report-read" | "lab-agrees" | "false-alarm";
        /** @description The newest signed tree head. */
        CheckpointOut: {
            /** @description Base64. */
            root: string;
            /** Format: int64 */
            size: number;
            /** @description `by-firm`: signed by the firm alone. No witness has cosigned it. */
            witnessed: string;
        };
        /** @description What a source says of when it was. */
        ClaimOut: {
            source: string;
            taken: string;
            window: components["schemas"]["WindowOut"];
        };
        /** @description How far a read of a set came. */
        Completed: {
            /**
             * Format: int64
             * @description Bytes that were sent.
             */
            bytes: number;
            /** @description `finished`, `left`, `halted` or `failed`. */
            end: string;
            /**
             * Format: int64
             * @description Objects that were sent.
             */
            objects: number;
        };
        /** @description A component. */
        ComponentOut: {
            component: components["schemas"]["Named"];
            /**
             * Format: int64
             * @description How often it said what it runs.
             */
            inventories: number;
            last?: components["schemas"]["InventoryOut"] | null;
        };
        /** @description What an event means for a component. */
        ConcernOut: {
            component: components["schemas"]["Named"];
            /** @description One for each inventory, in the order in which they came in. None at all: what it ran is unknown. */
            findings: components["schemas"]["FindingOut"][];
        };
        /**
         * @description Whether it is affected.
         * @enum {string}
         */
        Concerned: "affected" | "unknown" | "not-affected";
        /** @description A lab that is concerned. */
        ConcernedOut: {
            /** @description What it wants to be checked before what is stopped goes on. */
            conditions: components["schemas"]["Checked"][];
            decided?: string | null;
            decision?: components["schemas"]["IncidentDecision"] | null;
            /** @description The lab's own id for it. */
            incident: string;
            lab: components["schemas"]["Named"];
            told: string;
        };
        /** @description An event, and what it means for every component. */
        Concerns: {
            components: components["schemas"]["ConcernOut"][];
            event: components["schemas"]["EventOut"];
        };
        /**
         * @description Of which kind a credential is.
         * @enum {string}
         */
        CredentialKind: "token" | "session" | "link" | "passkey" | "account";
        /** @description A credential, without its secret. */
        CredentialOut: {
            expires: string;
            /** @description Whether it still proves something. */
            good: boolean;
            halted?: components["schemas"]["Stop"] | null;
            id: string;
            issued: string;
            kind: components["schemas"]["CredentialKind"];
            label: string;
            /**
             * @description When it last did something that is on a lab's ledger, under whichever engagement, as far as the newest 50,000 entries of
             *     each go.
             */
            last_used?: string | null;
            /** @description When it was revoked, or, a link, used. */
            revoked?: string | null;
        };
        DecisionIn: {
            /** @description What is to be checked before what is stopped goes on; nothing unless said, and nothing where work goes on. */
            conditions?: components["schemas"]["Checked"][];
            decision: components["schemas"]["IncidentDecision"];
        };
        /** @description A data set offered to a lab. */
        Delivery: {
            /**
             * Format: int64
             * @description Of the encrypted file.
             */
            bytes: number;
            created: string;
            decided?: string | null;
            format: string;
            id: string;
            /**
             * Format: int64
             * @description Answered tasks without a row: those that have fewer answers than the overlap asks, or one that is back with its author; those
             *     without a majority, or with a tie where the format has none; those that lack what it needs. Tasks without any answer are not counted.
             *     Preferences are votes; of other tasks each answer that reviewers accepted is a row, and while they accepted none, what more than
             *     half of the answers say.
             */
            left_out: number;
            project: components["schemas"]["Named"];
            returned: components["schemas"]["RowNumber"][];
            /** Format: int64 */
            rows: number;
            /** @description Of the encrypted file. */
            sha256: string;
            /** @description `offered`, `accepted` or `rows-returned`. */
            state: string;
        };
        DraftIn: {
            /**
             * Format: int32
             * @description The version that these words go on from, 0 where there was none: what another window kept meanwhile is then not replaced (409).
             *     Left out, whatever is there is replaced.
             */
            after?: number | null;
            /** @description By the template's answer schema; it may be unfinished. */
            answer: Record<string, never>;
        };
        DraftOut: {
            answer: Record<string, never>;
            saved: string;
            /** Format: int32 */
            version: number;
        };
        /** @description Timers under the same person's other engagements that a start stopped: a minute is counted once, for one project. */
        Elsewhere: {
            /**
             * @description Which. To a credential that is good for one engagement alone, those for the same lab: whoever it was given to learns
             *     nothing of the person's work for others.
             */
            stopped: components["schemas"]["StoppedTimer"][];
            /** @description How many. */
            timers: number;
        };
        /** @description An engagement. */
        EngagementOut: {
            /** @description When it ended, if it has. */
            ended?: string | null;
            from: string;
            halted?: components["schemas"]["Stop"] | null;
            id: string;
            lab: components["schemas"]["Named"];
            principal?: components["schemas"]["Named"] | null;
            project?: components["schemas"]["NamedProject"] | null;
            /** @description How the holder appears in the lab's ledger. */
            pseudonym: string;
            purposes: components["schemas"]["Purpose"][];
            role: components["schemas"]["Role"];
            state: components["schemas"]["State"];
            until?: string | null;
            /**
             * @description Until when nothing is released under it, since its holder has seen data of a lab on the other side of a wall: for the holder and
             *     for operators.
             */
            walled?: string | null;
        };
        /** @description Records of one event. */
        EventOut: {
            /** @description The first of its records' ids; another, when more records are taken. */
            id: string;
            /** @description Its records' ids. */
            records: string[];
            /** @description When the last of them was taken. */
            taken: string;
            /** @description Whether every record was withdrawn. */
            withdrawn: boolean;
        };
        /** @description Every event. */
        Events: {
            items: components["schemas"]["EventOut"][];
        };
        /** @description What a credential touched. */
        ExposureOut: {
            credential: string;
            from: string;
            installation?: components["schemas"]["BeyondOut"] | null;
            labs: components["schemas"]["LabTouched"][];
            to: string;
            /** @description Labs whose ledger does not check: what was touched there is unknown. */
            unknown: components["schemas"]["Named"][];
        };
        /** @description One thing wrong with what was sent. */
        FieldProblem: {
            /**
             * @description Where: a JSON pointer (RFC 6901) into the body, or into the row of a file; in CSV the column's name, and what is
             *     within its cell behind it; of an address, the parameter's name. Empty where it is about the whole.
             */
            field: string;
            /** @description What to do about it. */
            hint?: string | null;
            /**
             * Format: int64
             * @description The line of a file, from 1.
             */
            line?: number | null;
            /** @description What is wrong. */
            reason: string;
            /**
             * Format: int64
             * @description The row of a file, from 1.
             */
            row?: number | null;
        };
        /**
         * Format: binary
         * @description A file, byte by byte.
         */
        File: string;
        /** @description What an event means for one inventory. */
        FindingOut: {
            /** @description What is affected, a sentence each. */
            affected: string[];
            inventory: components["schemas"]["InventoryOut"];
            /** @description What could not be judged or was not read, a sentence each. */
            unknown: string[];
            verdict: components["schemas"]["Concerned"];
        };
        /** @description What an id is of, and what that belongs to. */
        FoundOut: {
            credential?: string | null;
            engagement?: string | null;
            /** @description The incident, also where the id is a lab's own for it. */
            incident?: string | null;
            /**
             * @description `lab`, `project`, `person`, `component`, `job`, `engagement`, `pseudonym`, `credential`, `credential-tag` (a credential's name in a ledger), `task`,
             *     `assignment`, `submission`, `review`, `remark`, `delivery`, `halt`, `incident`, `inventory` or `wall`.
             */
            kind: string;
            lab?: components["schemas"]["Named"] | null;
            person?: components["schemas"]["Named"] | null;
            project?: components["schemas"]["NamedProject"] | null;
        };
        GuidelineIn: {
            markdown: string;
        };
        /** @description What those who work must know. */
        GuidelineOut: {
            markdown?: string | null;
            /** @description The template document: schemas and layout. */
            template: Record<string, never>;
            /**
             * Format: int32
             * @description 0: there is none.
             */
            version: number;
        };
        /** @description A halt, as those who are stopped by it see it. */
        HaltNotice: {
            /** @description Which. */
            id: string;
            /** @description The reason's name. */
            reason: components["schemas"]["HaltReason"];
            /** @description The reason in a sentence. */
            sentence: string;
            /** @description Since when, RFC 3339. */
            since: string;
        };
        /** @description A halt. */
        HaltOut: {
            /** @description `operator`, `steward`, or `platform`: a match that acted, or another consequence. */
            by: string;
            /** @description What was checked before it was ended, as whoever ended it said. */
            checked: components["schemas"]["Checked"][];
            id: string;
            reason: components["schemas"]["HaltReason"];
            resumed?: string | null;
            scope: string;
            /** @description What the scope is called. */
            scope_name: string;
            sentence: string;
            since: string;
            state: components["schemas"]["HaltState"];
            stopped?: components["schemas"]["StoppedOut"] | null;
            until?: string | null;
        };
        /**
         * @description Why something was halted.
         * @enum {string}
         */
        HaltReason: "incident" | "component" | "lab-request" | "credential" | "budget" | "maintenance" | "drill";
        /**
         * @description Whether a halt stops anything.
         * @enum {string}
         */
        HaltState: "open" | "ended" | "resumed";
        /** @description A halt that the policy made when the incident was opened. */
        HaltedOut: {
            /** Format: int64 */
            engagements: number;
            halt: string;
            reason: components["schemas"]["HaltReason"];
            scope: string;
            /** Format: int64 */
            timers: number;
        };
        /** @description A task in one's hands. */
        HeldOut: {
            assignment: string;
            draft?: components["schemas"]["DraftOut"] | null;
            /** Format: int32 */
            guideline_version: number;
            /** @description By the template's input schema. */
            input: Record<string, never>;
            rework?: components["schemas"]["ReworkOut"] | null;
            task: string;
            /**
             * @description The end of the lease; the timer's signs of life prolong it, and a halt that keeps its holder from it moves it by a whole lease. An answer is taken after it too, as long as nobody asked
             *     for a task of the project since then: only then does this one go back to the queue. Null for what came back to
             *     be mended (`rework`): it stays with its author.
             */
            until?: string | null;
        };
        /** @description Everything counted under an engagement. */
        HoursOut: {
            items: components["schemas"]["Span"][];
            /**
             * Format: double
             * @description To the microsecond.
             */
            seconds_total: number;
        };
        /** @description What came in. */
        ImportedOut: {
            /** @description How the columns were read. */
            explanation: string;
            /** @description What is worth knowing about this import, in sentences. */
            notes: string[];
            /**
             * Format: int64
             * @description Answers that the file brings along. An import takes tasks alone: answers are given under an engagement.
             */
            recorded_answers_not_imported: number;
            /** Format: int64 */
            tasks: number;
            template_kind: string;
        };
        /**
         * @description What a lab does about an incident.
         * @enum {string}
         */
        IncidentDecision: "continue" | "review" | "halt";
        /** @description An incident, and all that is known of it. */
        IncidentOut: {
            /** @description The record of an advisory that it was opened from. */
            advisory?: string | null;
            claims: components["schemas"]["ClaimOut"][];
            /** @description What the labs concerned are told of why it was opened. */
            for_labs?: string | null;
            id: string;
            labs: components["schemas"]["ConcernedOut"][];
            moves: components["schemas"]["MoveOut"][];
            narrowest?: components["schemas"]["WindowOut"] | null;
            opened: string;
            reason: string;
            state: components["schemas"]["IncidentState"];
            /** @description What the policy stopped; known only to the answer that opened it, or that added a subject. */
            stopped?: components["schemas"]["HaltedOut"][] | null;
            subjects: components["schemas"]["SubjectOut"][];
            title: string;
            widest?: components["schemas"]["WindowOut"] | null;
        };
        /**
         * @description Where an incident stands.
         * @enum {string}
         */
        IncidentState: "open" | "contained" | "assessed" | "closed";
        /** @description What a component said once. */
        InventoryOut: {
            id: string;
            received: string;
            /** @description When it was scanned, by the component's own clock. */
            scanned: string;
            /** @description SHA-256 of the document without the time of its scan: the same, where the same was found. */
            sha256: string;
        };
        JudgedOut: {
            /**
             * Format: date-time
             * @description Until when the verdict can be taken back.
             */
            firm: string;
            review: string;
            /** @description The submission's state now. */
            state: string;
            submission: string;
        };
        /** @description A halt at a lab's keyholder: nothing of it is leased. */
        KeyholderHalt: {
            /** @description The project; null: everything. */
            project?: string | null;
            /** @description In the lab's words. */
            reason: string;
            since: string;
        };
        /** @description Who holds a lab's keys. */
        KeyholderOut: {
            /** @description Which keyholder: the SHA-256 of its authority's certificate, hexadecimal. Null: the platform's. */
            authority?: string | null;
            /**
             * Format: int64
             * @description The entry of the lab's ledger that says so.
             */
            entry?: number | null;
            /** @description `platform`: in the platform's own process. `lab`: by a keyholder that the lab runs. */
            held_by: string;
            standing?: components["schemas"]["StandingOut"] | null;
            /** @description Why there is no standing, or why no key was had when one was last asked for. */
            trouble?: string | null;
            /** @description The key by which the lab's cosignatures are checked (C2SP vkey). */
            witness?: string | null;
        };
        /** @enum {string} */
        Kind: "person" | "component";
        /** @description A customer. */
        Lab: {
            /** @description Whether its ledger does not check, so that nothing goes on there; its projects are not counted then. */
            closed: boolean;
            created: string;
            halted?: components["schemas"]["Stop"] | null;
            id: string;
            name: string;
            /** @description Open halts on the lab and on anything within it. */
            open_halts: number;
            projects: number;
        };
        /** @description An incident that concerns a lab. */
        LabIncidentOut: {
            /** @description What it wants to be checked before what is stopped goes on. */
            conditions: components["schemas"]["Checked"][];
            decided?: string | null;
            decision?: components["schemas"]["IncidentDecision"] | null;
            /** @description The lab's own id for it: no other lab has it. */
            id: string;
            moves: components["schemas"]["LabMoveOut"][];
            /** @description Whether it is about the platform itself, which has no name there. */
            platform: boolean;
            state: components["schemas"]["IncidentState"];
            /** @description Its subjects, as they appear in the lab's ledger. */
            subjects: string[];
            /** @description Since when it is in the lab's ledger. */
            told: string;
            why?: components["schemas"]["WhyOut"] | null;
        };
        /** @description A step of an incident. */
        LabMoveOut: {
            at: string;
            state: components["schemas"]["IncidentState"];
            why?: components["schemas"]["WhyOut"] | null;
        };
        LabTouched: {
            /**
             * Format: int64
             * @description Of those, what was done with it as an operator: that releases nothing.
             */
            administered: number;
            /**
             * Format: int64
             * @description Plaintext bytes of all these releases.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Entries that name the credential.
             */
            entries: number;
            first?: string | null;
            lab: components["schemas"]["Named"];
            last?: string | null;
            projects: components["schemas"]["ProjectTouched"][];
            /**
             * Format: int64
             * @description Object versions, each as often as it was released: not how many different ones there are. Of a set that was read as far as it was
             *     sent, and all of it while the ledger does not say how far that was.
             */
            releases: number;
            undated?: components["schemas"]["UndatedOut"] | null;
        };
        /** @description How a webhook was last reached. */
        LastOut: {
            at: string;
            /** @description `delivered`, `answered-otherwise`, `unreachable`, `not-in-time` or `not-allowed`. */
            outcome: string;
            /**
             * Format: int32
             * @description What HTTP answered.
             */
            status?: number | null;
        };
        /** @description A one-time login link: shown once. */
        Link: {
            expires: string;
            /** @description The whole address; the secret follows `#`, which browsers do not send. */
            url: string;
        };
        LogIn: {
            /** @description What follows `#` in a login link. */
            link: string;
        };
        /** @description Who one is, and what one holds */
        Me: {
            /** @description The credential in use. */
            credential: string;
            engagements: components["schemas"]["EngagementOut"][];
            halted?: components["schemas"]["Stop"] | null;
            kind: string;
            name: string;
            operator: boolean;
            principal: string;
        };
        /** @description A step of an incident. */
        MoveOut: {
            at: string;
            /** @description What the labs concerned are told of it. */
            for_labs?: string | null;
            reason: string;
            state: components["schemas"]["IncidentState"];
        };
        /** @description An id and the name that people know it by. */
        Named: {
            id: string;
            name: string;
        };
        /** @description A project, named. */
        NamedProject: {
            id: string;
            name: string;
            template_kind: string;
        };
        /** @description What an authenticator is to make a passkey for. */
        NewChallenge: {
            challenge: string;
            /** @description Handles of the passkeys that they have: no authenticator makes a second one. */
            exclude: string[];
            /** @description What they are called. */
            name: string;
            /** @description The host that the passkey is for. */
            rp_id: string;
            /**
             * Format: int32
             * @description How long it is good.
             */
            seconds: number;
            /** @description Whom the passkey will prove: bytes, as the authenticator keeps them. */
            user: string;
        };
        NewClaim: {
            /** @description Since when it was so. */
            from: string;
            /** @description Who says so: a document and its place. */
            source: string;
            /** @description Until when, not included; no end is known unless said. */
            to?: string | null;
        };
        NewDelivery: {
            /**
             * @description `openai-chat`, `openai-preference`, `trl-preference`, `trl-preference-chat` or `tasks`; the template's usual
             *     one unless said.
             */
            format?: string | null;
        };
        NewEngagement: {
            budget?: components["schemas"]["BudgetIn"] | null;
            /** @description Whom. */
            principal: string;
            /** @description For an integration: what for. */
            purposes?: components["schemas"]["PurposeIn"][];
            role: components["schemas"]["Role"];
            /** @description Until when; until ended unless said. */
            until?: string | null;
        };
        NewEnrolment: {
            /** @description The code that the lab's `cofferdam-keyholder enrol` printed: good once. */
            code: string;
            /** @description The name of the node that the code was made for. */
            node: string;
        };
        NewHalt: {
            reason: components["schemas"]["HaltReason"];
            /** @description `installation`, or `lab:`, `project:`, `engagement:`, `person:`, `component:` or `credential:` with an id behind the colon. */
            scope: string;
            /** @description Until when; until further notice unless said. */
            until?: string | null;
        };
        NewIncidentIn: {
            /** @description A record of an advisory: every component that ever was affected, or of which it is not known since, is a subject. */
            advisory?: string | null;
            /** @description The same for the labs concerned: each is shown it, and its ledger commits to it. It names no lab, project, person or id. */
            for_labs?: string | null;
            /** @description Why it is opened. No lab is shown it. */
            reason: string;
            /** @description Since when: with an advisory. */
            since?: string | null;
            /** @description `platform`, or `component:`, `person:` or `credential:` and an id. */
            subjects?: string[];
            /** @description What the firm calls it: 1 to 200 bytes; of an advisory, the record's id unless said. */
            title?: string | null;
        };
        NewLab: {
            name: string;
        };
        NewLink: {
            /**
             * Format: int64
             * @description How long it can be used: 1 to 10,080; 60 unless said.
             */
            minutes?: number | null;
        };
        NewMove: {
            /** @description The same for the labs concerned: each is shown it, and its ledger commits to it. It names no lab, project, person or id. */
            for_labs?: string | null;
            /** @description Why. No lab is shown it. */
            reason: string;
            state: components["schemas"]["IncidentState"];
        };
        NewPasskey: {
            /** @description `attestationObject`. */
            attestation: string;
            /** @description `clientDataJSON`. */
            client_data: string;
            /** @description What one calls it: the device that it is on. */
            label: string;
        };
        NewPerson: {
            /** @description Whether it is another one, where somebody is called so already. */
            another?: boolean;
            kind?: components["schemas"]["Kind"] | null;
            name: string;
            /** @description Whether the person administers the installation. */
            operator?: boolean;
        };
        NewSteward: {
            /** @description Which person. */
            principal: string;
        };
        NewSubject: {
            /** @description `platform`, or `component:`, `person:` or `credential:` and an id. */
            subject: string;
        };
        NewToken: {
            /**
             * Format: int64
             * @description How long it is good for: 1 to 366; 30 unless said.
             */
            days?: number | null;
            /** @description What it is for. */
            label: string;
        };
        NewWebhook: {
            /** @description Where messages are posted to: `https://…`. */
            url: string;
        };
        /** @description What one is told: a kind and ids. */
        NoticeOut: {
            /** @description The id of what it is about: a halt's, an incident's, a delivery's, an engagement's, a submission's or a question's. */
            about: string;
            /** @description When it happened. */
            at: string;
            /** @description One's own engagement that it concerns. */
            engagement?: string | null;
            id: string;
            /**
             * @description `halted`, `resumed`, `incident-opened`, `incident-moved`, `delivery-offered`, `delivery-accepted`, `delivery-returned`,
             *     `engagement-begun`, `engagement-ended`, `answer-returned`, `question-answered` or
             *     `keyholder-set`.
             */
            kind: string;
            /** @description The lab: for its stewards, and for operators. */
            lab?: string | null;
            /** @description Where more is to be read. */
            path: string;
            /** @description And in a sentence. */
            sentence: string;
            /** @description It in a few words, made of its kind alone. */
            subject: string;
            unread: boolean;
        };
        /** @description One's own notices: a page of them, and how many were not read. */
        Notices: {
            items: components["schemas"]["NoticeOut"][];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * Format: int64
             * @description How many of all one's notices are unread.
             */
            unread: number;
        };
        /** @description Open work that fits somebody who is not engaged for it. Whose it is they are not told. */
        OfferOut: {
            /**
             * Format: int32
             * @description Hours a week; 0: any.
             */
            hours: number;
            languages: string[];
            notice: string;
            /** @description The project's id: tell it to your operator, who engages you. */
            project: string;
            /** @description Why it fits. */
            reasons: string[];
            skills: string[];
            template_kind: string;
        };
        /** @description Offers, best first. */
        Offers: {
            items: components["schemas"]["OfferOut"][];
        };
        /** @description Another answer to the same task. */
        OtherOut: {
            /** @description By the template's answer schema; as its reviewer left it, where they changed it. */
            answer: Record<string, never>;
            author_pseudonym: string;
            /** @description `submitted`, `accepted` or `returned`. */
            state: string;
            submission: string;
        };
        /** @description What others answered. */
        OthersOut: {
            /** @description By their submissions' ids. */
            items: components["schemas"]["OtherOut"][];
        };
        /** @description A list, or one page of it. */
        Page_Access: {
            items: {
                actor: components["schemas"]["ActorOut"];
                /**
                 * Format: int64
                 * @description Bytes released.
                 */
                bytes: number;
                /** @description What the clock said, where it had been put back: one of the two is wrong. */
                clock?: string | null;
                completed?: components["schemas"]["Completed"] | null;
                /** @description The kind of what was recorded. */
                fact: string;
                /**
                 * Format: int64
                 * @description Its index.
                 */
                n: number;
                /**
                 * Format: int64
                 * @description Objects released.
                 */
                objects: number;
                project?: components["schemas"]["Named"] | null;
                refused?: components["schemas"]["RefusedOut"] | null;
                /** @description Ledger time. */
                t: string;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_AssignmentOut: {
            items: {
                assignment: string;
                claimed: string;
                /** @description `claimed`, `submitted`, `skipped` or `expired`. */
                state: string;
                /**
                 * @description Where what was handed in stands, if anything was: `submitted`, `accepted`, `returned` to be mended, `rejected`, or
                 *     `lapsed`, given back or given up.
                 */
                submission?: string | null;
                task: string;
                /**
                 * @description The end of the lease as it last was. It binds only while `claimed`, and then only once somebody asks for a task of
                 *     the project: until that, a late answer is taken.
                 */
                until: string;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_AttemptOut: {
            items: {
                at: string;
                /**
                 * Format: int32
                 * @description Which attempt, from 1.
                 */
                attempt: number;
                /** @description `e-mail` or `webhook`. */
                channel: string;
                kind: string;
                /** @description The message's id, which its receiver has too: `webhook-id`, or what a letter's `Message-ID` begins with. */
                message: string;
                /** @description `delivered`, `answered-otherwise`, `unreachable`, `not-in-time` or `not-allowed`. */
                outcome: string;
                /** @description The person that it was for. */
                recipient?: string | null;
                /** @description How the message stands now: `waiting`, `delivered`, `given-up` or `not-wanted`. */
                state: string;
                /**
                 * Format: int32
                 * @description What HTTP or SMTP answered.
                 */
                status?: number | null;
                /** @description The webhook that it was for. */
                webhook?: string | null;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_ComponentOut: {
            items: {
                component: components["schemas"]["Named"];
                /**
                 * Format: int64
                 * @description How often it said what it runs.
                 */
                inventories: number;
                last?: components["schemas"]["InventoryOut"] | null;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_CredentialOut: {
            items: {
                expires: string;
                /** @description Whether it still proves something. */
                good: boolean;
                halted?: components["schemas"]["Stop"] | null;
                id: string;
                issued: string;
                kind: components["schemas"]["CredentialKind"];
                label: string;
                /**
                 * @description When it last did something that is on a lab's ledger, under whichever engagement, as far as the newest 50,000 entries of
                 *     each go.
                 */
                last_used?: string | null;
                /** @description When it was revoked, or, a link, used. */
                revoked?: string | null;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_Delivery: {
            items: {
                /**
                 * Format: int64
                 * @description Of the encrypted file.
                 */
                bytes: number;
                created: string;
                decided?: string | null;
                format: string;
                id: string;
                /**
                 * Format: int64
                 * @description Answered tasks without a row: those that have fewer answers than the overlap asks, or one that is back with its author; those
                 *     without a majority, or with a tie where the format has none; those that lack what it needs. Tasks without any answer are not counted.
                 *     Preferences are votes; of other tasks each answer that reviewers accepted is a row, and while they accepted none, what more than
                 *     half of the answers say.
                 */
                left_out: number;
                project: components["schemas"]["Named"];
                returned: components["schemas"]["RowNumber"][];
                /** Format: int64 */
                rows: number;
                /** @description Of the encrypted file. */
                sha256: string;
                /** @description `offered`, `accepted` or `rows-returned`. */
                state: string;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_EngagementOut: {
            items: {
                /** @description When it ended, if it has. */
                ended?: string | null;
                from: string;
                halted?: components["schemas"]["Stop"] | null;
                id: string;
                lab: components["schemas"]["Named"];
                principal?: components["schemas"]["Named"] | null;
                project?: components["schemas"]["NamedProject"] | null;
                /** @description How the holder appears in the lab's ledger. */
                pseudonym: string;
                purposes: components["schemas"]["Purpose"][];
                role: components["schemas"]["Role"];
                state: components["schemas"]["State"];
                until?: string | null;
                /**
                 * @description Until when nothing is released under it, since its holder has seen data of a lab on the other side of a wall: for the holder and
                 *     for operators.
                 */
                walled?: string | null;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_HaltOut: {
            items: {
                /** @description `operator`, `steward`, or `platform`: a match that acted, or another consequence. */
                by: string;
                /** @description What was checked before it was ended, as whoever ended it said. */
                checked: components["schemas"]["Checked"][];
                id: string;
                reason: components["schemas"]["HaltReason"];
                resumed?: string | null;
                scope: string;
                /** @description What the scope is called. */
                scope_name: string;
                sentence: string;
                since: string;
                state: components["schemas"]["HaltState"];
                stopped?: components["schemas"]["StoppedOut"] | null;
                until?: string | null;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_IncidentOut: {
            items: {
                /** @description The record of an advisory that it was opened from. */
                advisory?: string | null;
                claims: components["schemas"]["ClaimOut"][];
                /** @description What the labs concerned are told of why it was opened. */
                for_labs?: string | null;
                id: string;
                labs: components["schemas"]["ConcernedOut"][];
                moves: components["schemas"]["MoveOut"][];
                narrowest?: components["schemas"]["WindowOut"] | null;
                opened: string;
                reason: string;
                state: components["schemas"]["IncidentState"];
                /** @description What the policy stopped; known only to the answer that opened it, or that added a subject. */
                stopped?: components["schemas"]["HaltedOut"][] | null;
                subjects: components["schemas"]["SubjectOut"][];
                title: string;
                widest?: components["schemas"]["WindowOut"] | null;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_InventoryOut: {
            items: {
                id: string;
                received: string;
                /** @description When it was scanned, by the component's own clock. */
                scanned: string;
                /** @description SHA-256 of the document without the time of its scan: the same, where the same was found. */
                sha256: string;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_Lab: {
            items: {
                /** @description Whether its ledger does not check, so that nothing goes on there; its projects are not counted then. */
                closed: boolean;
                created: string;
                halted?: components["schemas"]["Stop"] | null;
                id: string;
                name: string;
                /** @description Open halts on the lab and on anything within it. */
                open_halts: number;
                projects: number;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_LabIncidentOut: {
            items: {
                /** @description What it wants to be checked before what is stopped goes on. */
                conditions: components["schemas"]["Checked"][];
                decided?: string | null;
                decision?: components["schemas"]["IncidentDecision"] | null;
                /** @description The lab's own id for it: no other lab has it. */
                id: string;
                moves: components["schemas"]["LabMoveOut"][];
                /** @description Whether it is about the platform itself, which has no name there. */
                platform: boolean;
                state: components["schemas"]["IncidentState"];
                /** @description Its subjects, as they appear in the lab's ledger. */
                subjects: string[];
                /** @description Since when it is in the lab's ledger. */
                told: string;
                why?: components["schemas"]["WhyOut"] | null;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_Person: {
            items: {
                /**
                 * Format: int64
                 * @description Those that are active now.
                 */
                active: number;
                created: string;
                /**
                 * Format: int64
                 * @description Engagements, ended ones too.
                 */
                engagements: number;
                halted?: components["schemas"]["Stop"] | null;
                id: string;
                /** @description `person` or `component`. */
                kind: string;
                name: string;
                operator: boolean;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_Project: {
            items: {
                created: string;
                /** Format: int32 */
                guideline_version: number;
                halted?: components["schemas"]["Stop"] | null;
                id: string;
                lab: components["schemas"]["Named"];
                /** Format: int64 */
                lease_seconds: number;
                name: string;
                /** Format: int32 */
                overlap: number;
                /**
                 * Format: int64
                 * @description Persons with an active engagement.
                 */
                people: number;
                /**
                 * Format: int64
                 * @description By timers that have stopped.
                 */
                seconds_worked: number;
                /** @description `open` or `closed`. */
                state: string;
                submissions: components["schemas"]["Submissions"];
                tasks: components["schemas"]["Tasks"];
                template_kind: string;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_QuestionOut: {
            items: {
                /** @description Whether somebody else said something to it: then everybody who works on the project sees it. */
                answered: boolean;
                /** Format: date-time */
                asked: string;
                /** @description Whether it says that the task cannot be done as it is. */
                broken: boolean;
                /** @description Whether you asked. */
                own: boolean;
                question: string;
                remarks: components["schemas"]["QuestionRemarkOut"][];
                role: components["schemas"]["Role"];
                /** @description The task that it is about, if it is about one. */
                task?: string | null;
                text: string;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_SentBackOut: {
            items: {
                /** @description What the lab wrote. */
                reason?: string | null;
                returned: string;
                /** Format: int64 */
                row: number;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_WallOut: {
            items: {
                /** @description What was done to it, in order. */
                acts: components["schemas"]["WallAct"][];
                /**
                 * Format: int32
                 * @description How long what was seen counts, from the end of that day, UTC.
                 */
                cooling_off_days: number;
                declared: string;
                id: string;
                /** @description Between whom. */
                labs: components["schemas"]["Named"][];
                /** @description When it was lifted; known only to the answer that lifted it. */
                lifted?: string | null;
                name: string;
                /**
                 * Format: int64
                 * @description Active engagements of these labs that are stopped now, since their holders have seen the other side of a wall.
                 */
                stopped: number;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        /** @description A list, or one page of it. */
        Page_WebhookOut: {
            items: {
                id: string;
                last?: components["schemas"]["LastOut"] | null;
                since: string;
                url: string;
            }[];
            /** @description To be sent as `cursor` for the next page, as it is; none at the end. */
            next?: string | null;
            /**
             * @description Labs of which not all is listed that there is, since something there is not as it was written; absent where all is listed. What
             *     is not listed stands all the same: a halt is in force.
             */
            unread?: string[];
        };
        Pair: {
            /** @description A rater's pseudonym. */
            a: string;
            /** @description Another's. */
            b: string;
            /**
             * Format: int64
             * @description Tasks that both have answered, also where kappa is not defined.
             */
            items: number;
            /**
             * Format: double
             * @description None where it is not defined.
             */
            kappa?: number | null;
        };
        /** @description A person or a component. */
        Person: {
            /**
             * Format: int64
             * @description Those that are active now.
             */
            active: number;
            created: string;
            /**
             * Format: int64
             * @description Engagements, ended ones too.
             */
            engagements: number;
            halted?: components["schemas"]["Stop"] | null;
            id: string;
            /** @description `person` or `component`. */
            kind: string;
            name: string;
            operator: boolean;
        };
        /** @description Where somebody goes. */
        PlacedOut: {
            /** @description The engagement, where they were engaged. */
            engagement?: string | null;
            person: components["schemas"]["Named"];
            project?: components["schemas"]["NamedProject"] | null;
            reasons: string[];
        };
        /** @description Where everybody goes whom a halt left without work. */
        Placement: {
            /**
             * Format: int64
             * @description How many there are.
             */
            displaced: number;
            items: components["schemas"]["PlacedOut"][];
            /**
             * Format: int64
             * @description How many have a place.
             */
            placed: number;
        };
        PlacementIn: {
            /** @description Whether those who have a place are engaged there at once, as authors. */
            engage?: boolean;
        };
        /** @description A problem, as RFC 9457 has it. */
        Problem: {
            /** @description What happened, to what, and what to do next. */
            detail: string;
            /** @description What is wrong with what was sent, one by one. */
            errors?: components["schemas"]["FieldProblem"][];
            halt?: components["schemas"]["HaltNotice"] | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The kind in words. */
            title: string;
            /** @description Which kind of problem: `/problems/` and a name that never changes. */
            type: string;
        };
        /** @description One body of work. */
        Project: {
            created: string;
            /** Format: int32 */
            guideline_version: number;
            halted?: components["schemas"]["Stop"] | null;
            id: string;
            lab: components["schemas"]["Named"];
            /** Format: int64 */
            lease_seconds: number;
            name: string;
            /** Format: int32 */
            overlap: number;
            /**
             * Format: int64
             * @description Persons with an active engagement.
             */
            people: number;
            /**
             * Format: int64
             * @description By timers that have stopped.
             */
            seconds_worked: number;
            /** @description `open` or `closed`. */
            state: string;
            submissions: components["schemas"]["Submissions"];
            tasks: components["schemas"]["Tasks"];
            template_kind: string;
        };
        ProjectIn: {
            /**
             * Format: int64
             * @description How long a task is held without a sign of life: 60 to 86,400; 1,800 unless said.
             */
            lease_seconds?: number | null;
            name: string;
            /**
             * Format: int32
             * @description How many people answer each task: 1 to 100; 1 unless said.
             */
            overlap?: number | null;
            template: components["schemas"]["TemplateIn"];
        };
        ProjectTouched: {
            /** Format: int64 */
            bytes: number;
            project: components["schemas"]["Named"];
            /**
             * Format: int64
             * @description Object versions, each as often as it was released: not how many different ones there are. Of a set that was read as far as it was
             *     sent, and all of it while the ledger does not say how far that was.
             */
            releases: number;
        };
        /** @description Which provider people sign in by */
        ProviderOut: {
            /** @description What people call it; none: this installation trusts no provider. */
            name?: string | null;
        };
        /**
         * @description What an integration is for.
         * @enum {string}
         */
        Purpose: "import" | "agreement" | "delivery" | "export";
        /**
         * @description What an integration may be engaged for: to bring tasks and guidelines in, or to read tasks and answers for a tool of the
         *     firm's.
         * @enum {string}
         */
        PurposeIn: "import" | "export";
        /** @description A question, and what was said to it. */
        QuestionOut: {
            /** @description Whether somebody else said something to it: then everybody who works on the project sees it. */
            answered: boolean;
            /** Format: date-time */
            asked: string;
            /** @description Whether it says that the task cannot be done as it is. */
            broken: boolean;
            /** @description Whether you asked. */
            own: boolean;
            question: string;
            remarks: components["schemas"]["QuestionRemarkOut"][];
            role: components["schemas"]["Role"];
            /** @description The task that it is about, if it is about one. */
            task?: string | null;
            text: string;
        };
        /** @description Something that was said. */
        QuestionRemarkOut: {
            /** @description Whether you said it. */
            own: boolean;
            remark: string;
            /** @description In what capacity it was said. Who said it is not told. */
            role: components["schemas"]["Role"];
            /** Format: date-time */
            said: string;
            text: string;
        };
        Read: {
            /** @description The id of the newest notice that was read: those before it were too. */
            up_to: string;
        };
        RebuiltIn: {
            /** @description When; now unless said. */
            at?: string | null;
        };
        /** @description Whom deliveries are encrypted to. */
        Recipients: {
            /** @description age recipients: `age1…`. */
            recipients: string[];
        };
        Records: {
            /** @description Records in the OSV format, 1 to 500. */
            records: Record<string, never>[];
        };
        /** @description Why somebody was refused. */
        RefusedOut: {
            act: string;
            why: Record<string, never>;
        };
        /** @description What is said of an answer that came back. */
        RemarkOut: {
            /** @description By whom: a `reviewer`, or the `lab` after a delivery. */
            by: components["schemas"]["SentBackBy"];
            text: string;
        };
        RemarkedOut: {
            remark: string;
            /** Format: date-time */
            said: string;
        };
        ResumeIn: {
            /** @description What was checked before; it goes on record. */
            checked?: components["schemas"]["Checked"][];
        };
        Returned: {
            /** @description `code`, as it came back. */
            code: string;
            /** @description `state`, as it came back. */
            state: string;
        };
        ReworkOut: {
            answer: Record<string, never>;
            /**
             * @description Why it is back: what the reviewer of this version wrote, then what the lab did, once for each delivery of which it sent
             *     this answer back.
             */
            remarks: components["schemas"]["RemarkOut"][];
            submission: string;
            /**
             * Format: int32
             * @description The version that came back.
             */
            version: number;
        };
        /**
         * @description In what capacity a principal is engaged.
         * @enum {string}
         */
        Role: "author" | "reviewer" | "lead" | "steward" | "integration";
        /** @description Projects whose keys are being replaced. */
        RotatedOut: {
            /** @description Their ids. */
            projects: string[];
        };
        /** @description How far the replacement of a project's keys is. */
        RotationOut: {
            /** @description When it was last called for; null: never. */
            called?: string | null;
            /**
             * Format: int64
             * @description Older keys that are still there: each is taken away an hour after the call, once nothing is left under it.
             */
            epochs: number;
            /**
             * Format: int64
             * @description Object versions that are still under older keys.
             */
            objects: number;
        };
        RowIn: {
            /** @description Why; sealed. */
            reason: string;
            /**
             * Format: int64
             * @description Its number, from 1.
             */
            row: number;
        };
        RowNumber: {
            /** Format: int64 */
            row: number;
        };
        RowsIn: {
            rows: components["schemas"]["RowIn"][];
        };
        /** @description A delivery of which rows were sent back. */
        RowsSentBack: components["schemas"]["Delivery"] & {
            /**
             * Format: int64
             * @description How many answers went back to their authors with it. Those that were back already, or that were mended since this
             *     delivery was made, stay where they are.
             */
            went_back: number;
        };
        /** @description What was taken. */
        SaidOut: {
            /**
             * Format: int64
             * @description What could not be read: it stays unknown.
             */
            gaps: number;
            id: string;
            /** Format: int64 */
            packages: number;
            /** @description SHA-256 of the document without the time of its scan. */
            sha256: string;
            /**
             * Format: int64
             * @description Files that run whenever an interpreter starts.
             */
            startup: number;
        };
        Saved: {
            saved: string;
            /**
             * Format: int32
             * @description To be named when it is saved next.
             */
            version: number;
        };
        SayIn: {
            /** @description Up to 16 KiB. */
            text: string;
        };
        /**
         * @description Who sent a submission back.
         * @enum {string}
         */
        SentBackBy: "reviewer" | "lab";
        /** @description A row that was sent back. */
        SentBackOut: {
            /** @description What the lab wrote. */
            reason?: string | null;
            returned: string;
            /** Format: int64 */
            row: number;
        };
        /** @description A message that was put into the outbox. */
        SentOut: {
            /** @description Its id: the receiver has it as `webhook-id`. */
            message: string;
        };
        /** @description A webhook that was set, and its secret: shown once. */
        SetOut: {
            id: string;
            /** @description Base64 behind `whsec_`, as Standard Webhooks has it: what messages are signed with. */
            secret: string;
            /** @description As it is kept, and listed: a URL has one spelling. */
            url: string;
        };
        SignedIn: {
            /** @description `authenticatorData`. */
            authenticator_data: string;
            /** @description `clientDataJSON`. */
            client_data: string;
            /** @description `rawId`. */
            handle: string;
            /** @description Over the two. */
            signature: string;
            /** @description `userHandle`, where there is one. */
            user?: string | null;
        };
        /** @description A span that was counted. */
        Span: {
            cause: components["schemas"]["StopCause"];
            from: string;
            /**
             * Format: double
             * @description To the microsecond, so that spans add up to their total.
             */
            seconds: number;
            timer: string;
            to: string;
        };
        /** @description What a lab's keyholder says of itself. */
        StandingOut: {
            /** @description What contradicts what in the lab's ledger. Not null: nothing is leased until the lab has decided. */
            diverged?: string | null;
            /** @description When what the node shows it ends. It is renewed long before. */
            enrolled_until: string;
            /** @description What the lab halted there. */
            halts: components["schemas"]["KeyholderHalt"][];
            /** @description The name under which the node that answers is enrolled. */
            node: string;
            /** @description By its clock. */
            now: string;
            version: string;
            /**
             * Format: int64
             * @description Entries of the lab's ledger that it has cosigned.
             */
            witnessed: number;
        };
        /**
         * @description Whether an engagement grants.
         * @enum {string}
         */
        State: "active" | "not-begun" | "ended";
        /** @enum {string} */
        Step: "start" | "beat" | "stop";
        StepIn: {
            do: components["schemas"]["Step"];
        };
        /** @description A halt that stands in the way. */
        Stop: {
            /** @description Which; for stewards none where it is on a person, a component or a credential: it would be the same in another lab. */
            halt?: string | null;
            reason: components["schemas"]["HaltReason"];
            /** @description On what; none where `halt` is. */
            scope?: string | null;
            sentence: string;
            /** @description Since when; where `halt` is none, the day. */
            since: string;
            until?: string | null;
        };
        /**
         * @description What stopped a timer.
         * @enum {string}
         */
        StopCause: "stopped" | "heartbeats-ceased" | "halted" | "engagement-ended" | "walled";
        /** @description What a halt stopped. */
        StoppedOut: {
            /**
             * Format: int64
             * @description Active engagements that it stops: of a person or component, those they hold; of a credential, those it is good for.
             */
            engagements: number;
            /**
             * Format: int64
             * @description Timers that it ended.
             */
            timers: number;
        };
        /** @description A timer that was stopped. */
        StoppedTimer: {
            engagement: string;
            timer: string;
        };
        /** @description Whom or what an incident is about. */
        SubjectOut: {
            added: string;
            /** @description What made it one: `named` by an operator, or, by what it said that it runs, `affected` or `unknown`. */
            grounds: string;
            /** @description What it is called; of a credential, its holder and its label. */
            name?: string | null;
            /** @description When its host was rebuilt, as was last declared. */
            rebuilt?: string | null;
            /** @description `platform`, or `component:`, `person:` or `credential:` and an id. */
            subject: string;
        };
        SubmissionOut: {
            state: string;
            submission: string;
            /** Format: int32 */
            version: number;
        };
        Submissions: {
            /** Format: int64 */
            accepted: number;
            /**
             * Format: int64
             * @description Back with authors who were engaged no more, and given up.
             */
            lapsed: number;
            /** Format: int64 */
            rejected: number;
            /** Format: int64 */
            returned: number;
            /** Format: int64 */
            submitted: number;
        };
        /** @description Who has seen the lab's data. */
        SummaryOut: {
            actors: components["schemas"]["ActorSummary"][];
            /** Format: int64 */
            bucket_seconds: number;
            /** Format: int64 */
            bytes: number;
            checkpoint?: components["schemas"]["CheckpointOut"] | null;
            /** Format: int64 */
            entries: number;
            from: string;
            /** Format: int64 */
            objects: number;
            refused: components["schemas"]["Access"][];
            /** Format: int64 */
            refused_total: number;
            to: string;
        };
        /** @description How many records were taken. */
        TakenOut: {
            /**
             * @description Incidents that were opened, since components run or ran what a record is about, or that such components joined; with
             *     what was stopped for it.
             */
            incidents: components["schemas"]["IncidentOut"][];
            /** Format: int64 */
            new: number;
            /**
             * Format: int64
             * @description That were not taken: a version that says it was modified later is known.
             */
            older: number;
            /**
             * Format: int64
             * @description In place of an older version.
             */
            replaced: number;
            /**
             * Format: int64
             * @description Known as they are.
             */
            unchanged: number;
        };
        Tasks: {
            /**
             * Format: int64
             * @description Answered as often as the overlap asks, by answers that are not back with their authors.
             */
            done: number;
            /**
             * Format: int64
             * @description May still be handed out.
             */
            open: number;
            /** Format: int64 */
            total: number;
        };
        /** @description What the tasks and answers of a project are like. */
        TemplateIn: string | {
            [key: string]: unknown;
        };
        /** @description What a timer shows. */
        TimerOut: {
            last?: components["schemas"]["Span"] | null;
            /** Format: int64 */
            seconds_today: number;
            /** Format: int64 */
            seconds_week: number;
            started?: string | null;
            /** @description `running` or `stopped`. */
            state: string;
            stopped_elsewhere?: components["schemas"]["Elsewhere"] | null;
        };
        /** @description A submission in a reviewer's hands. */
        ToReviewOut: {
            /** @description By the template's answer schema. */
            answer: Record<string, never>;
            author_pseudonym: string;
            /** @description By the template's input schema. */
            input: Record<string, never>;
            review: string;
            submission: string;
            task: string;
            /** Format: int32 */
            version: number;
        };
        /** @description An API token: shown once. */
        Token: {
            credential: string;
            expires: string;
            token: string;
        };
        UndatedOut: {
            /** Format: int64 */
            bytes: number;
            /**
             * Format: int64
             * @description Entries that name the credential.
             */
            entries: number;
            /** @description It was not earlier. */
            from: string;
            /** Format: int64 */
            releases: number;
            /** @description Nor later; null: the clock has not caught up yet. */
            to?: string | null;
        };
        /**
         * @description A reviewer's verdict.
         * @enum {string}
         */
        Verdict: "accept" | "return" | "reject";
        VerdictIn: {
            /**
             * @description The answer as you changed it, by the template's answer schema; only with `accept`. It is what is delivered, and its author's stays
             *     beside it.
             */
            answer?: Record<string, never> | null;
            /** @description What the author is to mend, needed with `return`; why it does not count, needed with `reject`. */
            comment?: string | null;
            verdict: components["schemas"]["Verdict"];
        };
        Version: {
            /** Format: int32 */
            version: number;
        };
        /** @description What an operator did to a wall. */
        WallAct: {
            at: string;
            by: components["schemas"]["Named"];
            /** @description Why; empty where no reason was needed and none was given. */
            reason: string;
        };
        WallChange: {
            /** @description Labs that join the class. */
            add?: string[];
            /**
             * Format: int32
             * @description How long what was seen counts from now on.
             */
            cooling_off_days?: number | null;
            /** @description Why; must be said where a lab leaves or the cooling-off is shorter. */
            reason?: string | null;
            /** @description Labs that leave it. */
            remove?: string[];
        };
        WallIn: {
            /**
             * Format: int32
             * @description How long what was seen counts, from the end of that day, UTC: 1 to 36500 days.
             */
            cooling_off_days: number;
            /** @description Between whom: the ids of two labs at least. */
            labs: string[];
            /** @description What the firm calls it. No lab is shown it. */
            name: string;
            /** @description Why, in the firm's words. No lab is shown it. */
            reason: string;
        };
        WallLift: {
            /** @description Why, in the firm's words. */
            reason: string;
        };
        /** @description A wall between labs. */
        WallOut: {
            /** @description What was done to it, in order. */
            acts: components["schemas"]["WallAct"][];
            /**
             * Format: int32
             * @description How long what was seen counts, from the end of that day, UTC.
             */
            cooling_off_days: number;
            declared: string;
            id: string;
            /** @description Between whom. */
            labs: components["schemas"]["Named"][];
            /** @description When it was lifted; known only to the answer that lifted it. */
            lifted?: string | null;
            name: string;
            /**
             * Format: int64
             * @description Active engagements of these labs that are stopped now, since their holders have seen the other side of a wall.
             */
            stopped: number;
        };
        /** @description A webhook. */
        WebhookOut: {
            id: string;
            last?: components["schemas"]["LastOut"] | null;
            since: string;
            url: string;
        };
        /** @description Why something was done, in the firm's words for labs. */
        WhyOut: {
            /**
             * @description 64 hexadecimal digits. SHA-256 of `cofferdam incident reason v1`, these 32 bytes and the words is the `why` of the entry in
             *     the lab's ledger.
             */
            salt: string;
            words: string;
        };
        /** @description A span of time. */
        WindowOut: {
            from: string;
            /** @description Not included; null: no end is known. */
            to?: string | null;
        };
        WithdrawnOut: {
            review: string;
            /**
             * Format: date-time
             * @description Until when the answer is in one's hands again.
             */
            until: string;
        };
        /** @description An active engagement that a halt would stop. */
        WouldStop: {
            /** @description With a name for operators, with a pseudonym for stewards; `halted`, where another halt stops it already. */
            engagement: components["schemas"]["EngagementOut"];
            /** @description Since when its timer runs, which would end. */
            timer_since?: string | null;
        };
        /** @description What a halt would stop now. */
        WouldStopPage: {
            /**
             * Format: int64
             * @description Active engagements in all.
             */
            engagements: number;
            /** @description The engagements: a page. */
            items: components["schemas"]["WouldStop"][];
            next?: string | null;
            scope: string;
            /** @description What the scope is called. */
            scope_name: string;
            /**
             * Format: int64
             * @description Running timers in all, with those of engagements that have ended since.
             */
            timers: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
