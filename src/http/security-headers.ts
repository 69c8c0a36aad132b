import helmet from '@fastify/helmet';
import { fastify } from 'fastify';
import type { HttpApp } from './http-app.ts';

/**
 * Sends helmet's headers with every answer. They are the same for all, so helmet is asked for them once: as a plugin
 * of the service it would put them together anew for each request, which takes as long as a small answer.
 */
export async function sendSecurityHeaders(app: HttpApp): Promise<void> {
  const headers = await helmetHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

async function helmetHeaders(): Promise<Readonly<Record<string, string>>> {
  const app = fastify();
  await app.register(helmet, {
    // Encryption, where there is any, ends at a proxy, which knows better.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
  // When the route runs, nothing but helmet has set any.
  app.get('/', async (_request, reply) => reply.raw.getHeaders());
  const answer = await app.inject('/');
  await app.close();
  return answer.json();
}
