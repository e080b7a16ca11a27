import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RunError } from '../../errors.js';
import { figuresAt, LiveReport } from './live-report.js';

export interface WatchRequest {
  /** A run folder, also of a run that goes on or has yet to begin, a folder of runs, or a sweep. */
  readonly place: string;
  /** 0: one that is free. */
  readonly port: number;
  readonly commandLine: readonly string[];
}

export interface Watching {
  readonly url: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Between two looks at the place [ms]: figures take about as long to draw. */
const between = 1000;

const types: Readonly<Record<string, string>> = {
  svg: 'image/svg+xml',
  png: 'image/png',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
};

/**
 * Serves the report of a place on the loopback interface, and tells pages that show it when there is a new one.
 * @throws RunError where the port cannot be had
 */
export async function watch({ place, port, commandLine }: WatchRequest): Promise<Watching> {
  const report = new LiveReport(place, commandLine);
  report.look();
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(request, response, report, listeners).catch((error: unknown) => {
      refuse(response, 500, error instanceof Error ? error.message : String(error));
    });
  });
  await listening(server, port);
  const timer = setInterval(() => {
    if (listeners.size === 0 || !report.isRested() || !report.look()) return;
    for (const response of listeners) tell(response, report);
  }, between);
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/`,
    close: () => {
      clearInterval(timer);
      for (const response of listeners) response.end();
      server.closeAllConnections();
      return new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const what = `cannot be listened on: ${cause.message}`;
      reject(new RunError({ where: `--port ${port}`, what, remedy: 'leave --port out, or name another' }, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

async function answer(
  { headers, method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  report: LiveReport,
  listeners: Set<ServerResponse>,
): Promise<void> {
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  // A page elsewhere can have its own name point here; it has no business with what is trained here.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) {
    refuse(response, 403, 'only as 127.0.0.1 or localhost');
  } else if (method !== 'GET' && method !== 'HEAD') {
    refuse(response, 405, 'only GET and HEAD');
  } else if (url === '/events') {
    listen(response, report, listeners);
  } else if (url === '/') {
    report.look();
    send(response, 'text/html; charset=utf-8', (await report.current()).html);
  } else {
    await sendFigure(url, response, report);
  }
}

const figureUrl = new RegExp(`^/${figuresAt}/([\\w-]+\\.(?:vl\\.)?(svg|png|csv|json))$`);

/** Names of figures, which are drawn in memory: no path of a request ever meets the disk. */
async function sendFigure(url: string, response: ServerResponse, report: LiveReport): Promise<void> {
  const [, name, end] = figureUrl.exec(url) ?? [];
  const content = name === undefined ? undefined : await (await report.current()).file(name);
  if (content === undefined) refuse(response, 404, 'there is nothing of that name');
  else send(response, types[end!]!, content);
}

function listen(response: ServerResponse, report: LiveReport, listeners: Set<ServerResponse>): void {
  response.setHeader('content-type', 'text/event-stream');
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
  report.look();
  tell(response, report);
}

function tell(response: ServerResponse, { version }: LiveReport): void {
  response.write(`data: ${version}\n\n`);
}

function send(response: ServerResponse, type: string, content: string | Uint8Array): void {
  response.setHeader('content-type', type);
  response.end(content);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.statusCode = status;
  send(response, 'text/plain; charset=utf-8', `${reason}\n`);
}
