// nginx as the same bare proxy, where this machine has it: the scale by which peers were measured.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findAll } from '../test/cluster/executable.ts';
import { PATHS } from './bodies.ts';

export interface NginxFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export async function findNginx(): Promise<string | undefined> {
  const [found] = await findAll('nginx');
  return found;
}

/** Writes its configuration into the folder; answers with how it is started. */
export async function nginxCommand(
  program: string,
  folder: string,
  port: number,
  upstream: string,
  files: NginxFiles,
): Promise<string[]> {
  const path = join(folder, 'nginx.conf');
  await writeFile(path, configuration(folder, port, new URL(upstream), files));
  return [program, '-c', path, '-e', 'stderr', '-p', folder];
}

function configuration(folder: string, port: number, { hostname }: URL, files: NginxFiles): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 2048; }
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/nginx-${name};`).join(' ')}
  access_log off;
  keepalive_requests 100000000;
  upstream api { server ${hostname}:443; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${files.certificate};
    ssl_certificate_key ${files.key};
    location ${PATHS.refused} { return 403; }
    location / {
      proxy_pass https://api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_ssl_verify on;
      # It compares names only, no addresses.
      proxy_ssl_name kubernetes.default.svc;
      proxy_ssl_trusted_certificate ${files.ca};
    }
  }
}
`;
}
