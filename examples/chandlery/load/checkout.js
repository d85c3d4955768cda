// Checkouts at a steady rate, whether answers come or not (open loop): k6 run load/checkout.js
// BASE_URL, TOKEN and RATE come from the environment.
import http from 'k6/http';
import { check } from 'k6';
import { randomBytes } from 'k6/crypto';

export const options = {
  scenarios: {
    checkout: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE || 12),
      timeUnit: '1s',
      duration: '10m',
      preAllocatedVUs: 200,
      maxVUs: 1000,
    },
  },
  thresholds: {
    'http_req_failed{journey:checkout}': ['rate<=0.005'],
    'http_req_duration{journey:checkout}': ['p(95)<=1200'],
  },
};

const hex = (bytes) => Array.from(new Uint8Array(randomBytes(bytes)), (b) => b.toString(16).padStart(2, '0')).join('');
const uuid = () => `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-8${hex(2).slice(1)}-${hex(6)}`;

export default function () {
  const answer = http.post(
    `${__ENV.BASE_URL}/baskets/${uuid()}/checkout`,
    JSON.stringify({ lines: [{ sku: 'ROPE-12-POLY', quantity: 1 }], payment_token: 'tok_load_test' }),
    {
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${__ENV.TOKEN}`,
        'Idempotency-Key': hex(16),
      },
      tags: { journey: 'checkout' },
      timeout: '5s',
    },
  );
  check(answer, { placed: (a) => a.status === 201 });
}
