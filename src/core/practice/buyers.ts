import type { Money, OrderStatus } from '../order.ts';

/** A piece of what a practice buyer says. An `order` is the card of their own one. */
export type PracticePart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'picture' } | { readonly kind: 'order' };

/** Somebody who is not there. */
export interface PracticeBuyer {
  readonly name: string;
  /** ISO 639-1. */
  readonly language: string;
  /** The first is said by itself, each other one after an answer. */
  readonly lines: readonly (readonly PracticePart[])[];
  readonly order: PracticeOrder | null;
  /** They have closed the chat: an answer is refused. */
  readonly closed?: true;
}

interface PracticeOrder {
  readonly status: OrderStatus;
  readonly item: string;
  readonly variant: string | null;
  readonly quantity: number;
  readonly price: Money;
  readonly trackingNumber: string | null;
}

const says = (text: string): PracticePart => ({ kind: 'text', text });
const order: PracticePart = { kind: 'order' };

/** They come one after the other, and begin again from the first. */
export const practiceBuyers: readonly PracticeBuyer[] = [
  {
    name: 'Emma',
    language: 'en',
    lines: [
      [says('Hi, where is my parcel? It should have been here on Tuesday.'), order],
      [says('I see. And which day will it come?')],
      [says('Thanks!')],
    ],
    order: {
      ...{ status: 'in-transit', item: 'Paper lamp', variant: 'White, small', quantity: 2 },
      ...{ price: { amount: '129.00', currency: 'THB' }, trackingNumber: 'TH0123456789' },
    },
  },
  {
    name: '林小雨',
    language: 'zh',
    lines: [
      [says('你好，收到的灯颜色不对，我买的是白色的。'), { kind: 'picture' }],
      [says('可以换货吗？运费谁出？')],
      [says('好的，谢谢')],
    ],
    order: {
      ...{ status: 'delivered', item: '纸灯', variant: '白色', quantity: 1 },
      ...{ price: { amount: '89.00', currency: 'CNY' }, trackingNumber: 'SF0123456789' },
    },
  },
  {
    name: 'Liam',
    language: 'en',
    // Who answers with a number sees that it is held.
    lines: [
      [says('Can you give me your WhatsApp number? I would rather call than type.')],
      [says('All right, then here: does the lamp come with a bulb?')],
      [says('Great, thank you')],
    ],
    order: null,
  },
  {
    name: '阿强',
    language: 'zh',
    lines: [[says('等了三天还没发货，我不买了！'), order]],
    order: {
      ...{ status: 'to-ship', item: '落地灯', variant: null, quantity: 1 },
      ...{ price: { amount: '399.00', currency: 'CNY' }, trackingNumber: null },
    },
    closed: true,
  },
  {
    name: 'Putri',
    language: 'id',
    lines: [
      [says('Halo kak, lampunya pecah waktu sampai. Saya mau refund.'), order],
      [says('Berapa lama uangnya kembali?')],
      [says('Terima kasih')],
    ],
    order: {
      ...{ status: 'completed', item: 'Lampu meja', variant: 'Hitam', quantity: 1 },
      ...{ price: { amount: '185000', currency: 'IDR' }, trackingNumber: 'JP0123456789' },
    },
  },
  {
    name: 'สมชาย',
    language: 'th',
    lines: [[says('สวัสดีครับ โคมไฟสีดำมีพร้อมส่งไหมครับ')], [says('ขอบคุณครับ')]],
    order: null,
  },
  {
    name: 'Lan',
    language: 'vi',
    lines: [[says('Shop ơi, đèn này dùng loại bóng nào vậy?')], [says('Cảm ơn shop')]],
    order: null,
  },
];

/** The buyer of a conversation, by its number. */
export function buyerOf(number: number): PracticeBuyer {
  const buyer = practiceBuyers[number % practiceBuyers.length];
  if (!buyer) throw new Error('practice has buyers');
  return buyer;
}
