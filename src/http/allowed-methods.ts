import { GradcheckError } from '../errors/catalogue.ts';
import type { HttpApp } from './http-app.ts';
import { sendProblem } from './problem.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Collects which methods each path takes, and answers the others with 405 and an Allow header. */
export class AllowedMethods {
  readonly #taken = new Map<string, Set<string>>();

  constructor(app: HttpApp) {
    app.addHook('onRoute', ({ url, method }) => {
      const taken = this.#taken.get(url) ?? new Set();
      for (const one of [method].flat()) taken.add(one);
      this.#taken.set(url, taken);
    });
  }

  /** Call it when every route has been added. */
  refuseOthers(app: HttpApp): void {
    for (const [url, taken] of [...this.#taken]) {
      const allow = [...taken].sort().join(', ');
      const method = METHODS.filter((one) => !taken.has(one));
      app.route({
        method,
        url,
        schema: { hide: true },
        // Before the body is looked at: a wrong method is told apart from a wrong media type.
        onRequest: async (request, reply) => {
          reply.header('allow', allow);
          const detail = `${url} takes ${allow}, not ${request.method}`;
          return sendProblem(reply, new GradcheckError('method-not-allowed', detail));
        },
        handler: async () => undefined,
      });
    }
  }
}
