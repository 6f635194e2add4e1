import type { TextKey, TextParams } from './texts/index.ts';

/** An order as a marketplace tells of it, without anything that says who or where the buyer is. */
export interface Order {
  readonly id: string;
  readonly status: OrderStatus;
  /** The platform's own word, where ours does not say it. */
  readonly platformStatus: string;
  /** The buyer as the marketplace names them in conversations; null where it does not tell. Compared, never shown. */
  readonly buyerId: string | null;
  readonly items: readonly OrderItem[];
  /** What the buyer pays; null where it is not told. */
  readonly total: Money | null;
  readonly cashOnDelivery: boolean;
  readonly shipments: readonly Shipment[];
  readonly createdAt: Date | null;
  readonly paidAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly cancelledAt: Date | null;
}

/** What the root card tells of an order, as the marketplace told it at `at`. */
export interface CardOrder extends Pick<Order, 'id' | 'status' | 'platformStatus' | 'shipments'> {
  readonly at: Date;
}

export const cardOrderOf = ({ id, status, platformStatus, shipments }: Order, at: Date): CardOrder => ({
  ...{ id, status, platformStatus, at },
  shipments: shipments.slice(0, mostShipments),
});

/** What can be seen of them is the same. */
export const isSameOrder = (one: CardOrder, other: CardOrder): boolean => JSON.stringify(seenOf(one)) === JSON.stringify(seenOf(other));

const mostShipments = 3;
const seenOf = ({ id, status, platformStatus, shipments }: CardOrder) => [
  ...[id, status, platformStatus],
  ...shipments.flatMap(({ carrier, trackingNumber }) => [carrier, trackingNumber]),
];

/** What a buyer's orders were asked for. `problem`: why there are none, or not all. */
export interface OrdersFound {
  readonly orders: readonly Order[];
  readonly problem: { readonly key: TextKey; readonly params: TextParams } | null;
}

export const noOrders: OrdersFound = { orders: [], problem: null };

export const orderStatuses = [
  'unpaid',
  'on-hold',
  'to-ship',
  'partly-shipped',
  'awaiting-collection',
  'in-transit',
  'delivered',
  'completed',
  'cancelled',
  'unknown',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export interface OrderItem {
  readonly name: string;
  /** Colour, size ...; null: there is none. */
  readonly variant: string | null;
  readonly quantity: number;
  /** Of one. */
  readonly price: Money | null;
}

/** `amount` is decimal, as the platform writes it: `129.00`. */
export interface Money {
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

export interface Shipment {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
}

/** Numbers of an order that a reply may hold; the screening would take them for telephone numbers. */
export const orderNumbers = ({ id, shipments }: Pick<Order, 'id' | 'shipments'>): readonly string[] => [
  id,
  ...shipments.flatMap(({ trackingNumber }) => trackingNumber ?? []),
];
