import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Oauth2ResourceUnauthorizedError, Oauth2ServerErrorResponseError, type RequestLike } from "@openid4vc/oauth2";

/** A request, for the eyes of the libraries. */
export type Incoming = Request & RequestLike;

/** Answers the requests for one path. */
export type Desk = (request: Incoming) => Promise<Response> | Response;

/** A server on this machine, made of one desk for each path. */
export class Serving {
  desks: Record<string, Desk> = {};

  private constructor(
    private readonly server: Server,
    readonly origin: string,
    /** Path, status and error of each request, as the tests look at them; without what is fetched to be read. */
    readonly heard: string[],
  ) {}

  /** Opens on a port of its own; several may write down in one place what they hear. */
  static async open(heard: string[] = []): Promise<Serving> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "localhost", done));
    const serving = new Serving(server, `http://localhost:${(server.address() as AddressInfo).port}`, heard);
    server.on("request", (message, reply) => {
      void serving.#answer(message).then(async (answer) => {
        reply.writeHead(answer.status, [...answer.headers].flat());
        reply.end(Buffer.from(await answer.arrayBuffer()));
      });
    });
    return serving;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  async #answer(message: IncomingMessage): Promise<Response> {
    const request = await received(message, this.origin);
    const path = new URL(request.url).pathname;
    const answer = await answered(request, this.desks[path]);
    if (!path.startsWith("/.well-known/") && path !== "/jwks") this.heard.push(`${path} ${answer.status}${await errorIn(answer)}`);
    return answer;
  }
}

async function errorIn(answer: Response): Promise<string> {
  if (answer.status < 400) return "";
  const challenge = /error="(\w+)"/.exec(answer.headers.get("www-authenticate") ?? "")?.[1];
  return ` ${challenge ?? ((await answer.clone().json()) as { error: string }).error}`;
}

async function received(message: IncomingMessage, origin: string): Promise<Incoming> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as [string, string]);
  const method = message.method ?? "GET";
  return new Request(new URL(message.url ?? "/", origin), { method, headers, ...(method !== "GET" && { body: Buffer.concat(parts) }) }) as Incoming;
}

/** Refusals of the libraries become answers; anything else is a mistake of the test and says so. */
async function answered(request: Incoming, desk: Desk | undefined): Promise<Response> {
  try {
    return (await desk?.(request)) ?? Response.json({ error: "not_found" }, { status: 404 });
  } catch (error) {
    if (error instanceof Oauth2ServerErrorResponseError) return Response.json(error.errorResponse, { status: error.status });
    if (error instanceof Oauth2ResourceUnauthorizedError) return Response.json({ error: "invalid_token" }, { status: 401, headers: { "www-authenticate": error.toHeaderValue() } });
    return Response.json({ error: String(error) }, { status: 500 });
  }
}

/** The members of a form. */
export async function form(request: Request): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await request.text()));
}
