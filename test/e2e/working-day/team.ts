// Who works on that day, where, and by which rules: as data for the naive calculation, and as the file of a supervisor for the product.

export const shopNames = ['cn', 'th', 'in'] as const;
export type ShopName = (typeof shopNames)[number];

export interface TestShop {
  readonly name: ShopName;
  /** As reminders call it. */
  readonly title: string;
  readonly marketplace: string;
  readonly externalId: string;
  readonly zone: string;
  readonly region: string;
  readonly group: string;
  readonly channels: readonly string[];
  /** When its team works: hours of the week, see `isOpen`. */
  readonly business: Week;
}

/** Spans of a day by the days that they hold on; one that ends before it begins ends on the day after. */
export type Week = Readonly<Record<string, readonly string[]>>;

export const shops: Readonly<Record<ShopName, TestShop>> = {
  cn: {
    ...{ name: 'cn', title: 'Lamps CN', marketplace: 'douyin', externalId: '100', zone: 'Asia/Shanghai', region: 'CN', group: 'cn' },
    ...{ channels: ['C-CN'], business: { daily: ['09:00-21:00'] } },
  },
  th: {
    ...{ name: 'th', title: 'Lamps TH', marketplace: 'tiktok-shop', externalId: '200', zone: 'Asia/Bangkok', region: 'TH', group: 'sea' },
    ...{ channels: ['C-TH'], business: { 'mon-sat': ['09:00-12:00', '13:00-18:00'] } },
  },
  in: {
    ...{ name: 'in', title: 'Lamps IN', marketplace: 'lazada', externalId: '300', zone: 'Asia/Kolkata', region: 'IN', group: 'ind' },
    ...{ channels: ['C-IN1', 'C-IN2'], business: { daily: ['10:00-19:00'] } },
  },
};

export interface TestAgent {
  readonly name: string;
  readonly userId: string;
  readonly group: string;
  readonly supervisor: boolean;
  readonly zone: string;
  readonly hours: Week;
  readonly capacity: number | null;
  /** May be pinged off duty, too. */
  readonly anytime: boolean;
}

const agent = (name: string, group: string, zone: string, hours: Week, more: Partial<TestAgent> = {}): TestAgent => ({
  ...{ name, userId: `U-${name.toUpperCase()}`, group, zone, hours, supervisor: false, capacity: null, anytime: false },
  ...more,
});

/** Two shifts a day in China, one from another continent in India, a night shift in Thailand. */
export const agents: readonly TestAgent[] = [
  agent('wei', 'cn', 'Asia/Shanghai', { daily: ['08:00-16:00'] }),
  agent('fang', 'cn', 'Asia/Shanghai', { daily: ['08:00-12:00', '13:00-17:00'] }),
  agent('min', 'cn', 'Asia/Shanghai', { daily: ['15:00-23:00'] }),
  agent('jie', 'cn', 'Asia/Shanghai', { daily: ['15:00-23:30'] }, { anytime: true }),
  agent('lei', 'cn', 'Asia/Shanghai', { daily: ['09:00-21:00'] }, { supervisor: true }),
  agent('chai', 'sea', 'Asia/Bangkok', { 'mon-fri': ['08:00-17:00'] }),
  agent('nok', 'sea', 'Asia/Bangkok', { daily: ['12:00-21:00'] }),
  agent('budi', 'sea', 'Asia/Jakarta', { daily: ['20:00-04:00'] }),
  agent('linh', 'sea', 'Asia/Ho_Chi_Minh', { daily: ['10:00-19:00'] }, { supervisor: true }),
  agent('ravi', 'ind', 'Asia/Kolkata', { daily: ['09:30-18:30'] }, { capacity: 40 }),
  agent('priya', 'ind', 'Asia/Kolkata', { daily: ['10:00-19:00'] }, { capacity: 30 }),
  agent('anna', 'ind', 'Europe/Berlin', { 'mon-fri': ['06:00-15:00'] }, { capacity: 60 }),
];

/** Within so long a claim wants an answer; after so long an answered inquiry closes, a closed one is no longer opened again. */
export const policy = { undoSeconds: 10, claimMinutes: 10, autoResolveHours: 3, reopenHours: 2 } as const;

export const fillers: readonly string[] = ['hi', 'hello', '稍等', '正在处理'];
export const closings: readonly string[] = ['thanks', 'thank you', '谢谢', '👍'];

const weekYaml = (week: Week): string => JSON.stringify(week);
const agentYaml = ({ name, userId, group, supervisor, zone, hours, capacity, anytime }: TestAgent): string =>
  `  - { name: ${name}, accounts: [slack/${userId}], role: ${supervisor ? 'supervisor' : 'agent'}, groups: [${group}], zone: ${zone}, ` +
  `hours: ${weekYaml(hours)}${capacity === null ? '' : `, capacity: ${capacity}`}${anytime ? ', pingOffDuty: true' : ''} }`;

/** `threadmart.yaml` of the team. */
export const file = `
channels:
${Object.values(shops)
  .flatMap(({ channels }) => channels)
  .map((id) => `  - { platform: slack, id: ${id}, name: ${id.toLowerCase()}, locale: en }`)
  .join('\n')}
routes:
  - { name: refund, when: { shop: "100", keyword: [refund, 退款] }, channel: slack/C-CN, group: cn, assign: round-robin, priority: high, tags: [refund] }
  - { name: china, when: { shop: "100" }, channel: slack/C-CN, group: cn, assign: round-robin }
  - { name: vip, when: { shop: "200", keyword: vip }, channel: slack/C-TH, group: sea, assign: sticky, sla: vip-fast, notifySupervisor: true, tags: [vip] }
  - { name: thailand, when: { shop: "200" }, channel: slack/C-TH, group: sea }
  - { name: delivery, when: { shop: "300", keyword: delivery }, channel: [slack/C-IN1, slack/C-IN2], group: ind, assign: least-busy, autoReply: { text: We have your message } }
  - { name: india, when: { shop: "300" }, channel: [slack/C-IN1, slack/C-IN2], group: ind, assign: least-busy }
agents:
${agents.map(agentYaml).join('\n')}
reply: { undoSeconds: ${policy.undoSeconds}, reopenHours: ${policy.reopenHours} }
desk: { claimMinutes: ${policy.claimMinutes}, autoResolveHours: ${policy.autoResolveHours} }
businessHours:
  week: ${weekYaml(shops.cn.business)}
  shops:
    - { shop: "200", week: ${weekYaml(shops.th.business)} }
    - { shop: "300", week: ${weekYaml(shops.in.business)} }
sla:
  fillers: ${JSON.stringify(fillers)}
  closingWords: ${JSON.stringify(closings)}
  policies:
    - { name: quick, within: 2m, shops: ["100"], reminders: [{ after: 60s, to: assignee }, { after: 100%, to: group }] }
    - { name: first-answer, kind: first-response, within: 15m, shops: ["200"], reminders: [{ after: 80%, to: assignee }, { after: 100%, to: group }, { after: 200%, to: supervisor }] }
    - { name: vip-fast, within: 5m, hours: always, shops: ["200"], onlyWhenNamed: true, reminders: [{ after: 50%, to: group }, { after: 100%, to: supervisor }] }
    - { name: close-it, kind: resolution, within: 4h, shops: ["300"], reminders: [{ after: 100%, to: group }] }
`;
