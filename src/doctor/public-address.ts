import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { Finding } from '../core/connector.ts';
import type { DoctorDeps, Say } from './index.ts';

/** What a TLS handshake shows. */
export interface TlsFacts {
  /** Null: the chain ends in an authority that is trusted here, and the name fits. Else a code such as `CERT_HAS_EXPIRED`. */
  readonly problem: string | null;
  readonly validUntil: Date;
}

const expiryWarningDays = 14;
const dayMs = 86_400_000;
const deadlineMs = 10_000;

/** Can the platforms reach us? HTTPS with a trusted chain that is not about to end, and our own answer at the other end. */
export async function publicAddress({ publicUrl, fetch, inspectTls, now }: DoctorDeps, say: Say): Promise<readonly Finding[]> {
  const check = 'public-address';
  const bad = (problem: string): Finding => ({ check, ok: false, problem, effect: say('doctor.public-address.effect') });
  if (publicUrl === null) return [bad(say('doctor.address.none'))];
  const { protocol, hostname, port } = new URL(publicUrl);
  if (protocol !== 'https:') return [bad(say('doctor.address.not-https'))];

  const tls = await inspectTls(hostname.replace(/^\[|\]$/g, ''), Number(port || 443)).catch(() => null);
  if (!tls) return [bad(say('doctor.address.unreachable', { host: hostname }))];
  if (tls.problem) return [bad(say('doctor.address.certificate', { code: tls.problem }))];
  const days = Math.floor((tls.validUntil.getTime() - now().getTime()) / dayMs);
  const expiring = days < expiryWarningDays ? [bad(say('doctor.address.expires', { days }))] : [];

  const answers = await answersAsUs(`${publicUrl}/healthz`, fetch);
  const reached = answers ? [] : [bad(say('doctor.address.somebody-else'))];
  const problems = [...expiring, ...reached];
  return problems.length > 0 ? problems : [{ check, ok: true }];
}

async function answersAsUs(url: string, fetch: DoctorDeps['fetch']): Promise<boolean> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) });
    const body = await answer.text();
    return answer.status === 200 && body.includes('"status":"ok"');
  } catch {
    // No answer is an answer here.
    return false;
  }
}

/** Makes one handshake and looks at it; a bad chain is a fact, not an error. Rejects when nobody answers. */
export function inspectTls(host: string, port: number): Promise<TlsFacts> {
  return new Promise((resolve, reject) => {
    const named = isIP(host) ? {} : { servername: host };
    const socket = connect({ host, port, ...named, rejectUnauthorized: false, timeout: deadlineMs }, () => {
      const { valid_to: validTo } = socket.getPeerCertificate();
      const problem = socket.authorized ? null : String(socket.authorizationError);
      socket.destroy();
      resolve({ problem, validUntil: new Date(validTo) });
    });
    socket.once('timeout', () => socket.destroy(new Error('the handshake took too long')));
    socket.once('error', reject);
  });
}
