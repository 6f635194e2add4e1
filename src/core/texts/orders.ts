import { catalogue } from './catalogue.ts';

/** What is said of a buyer's orders. */
export const orders = catalogue({
  'order.line': ['Order {id}: {status}', '订单 {id}：{status}'],
  'order.ordered': ['Ordered {time}', '下单时间 {time}'],
  'order.item': ['{quantity} × {name}', '{quantity} × {name}'],
  'order.item-variant': ['{quantity} × {name} ({variant})', '{quantity} × {name}（{variant}）'],
  'order.item-price': ['{item}, {price} each', '{item}，单价 {price}'],
  'order.more-items': ['and {count} more', '另有 {count} 种商品'],
  'order.total': ['Total {total}', '合计 {total}'],
  'order.total-cod': ['Total {total}, cash on delivery', '合计 {total}，货到付款'],
  'order.tracking': ['{carrier} {number}', '{carrier} {number}'],
  'order.tracking-number': ['Tracking number {number}', '运单号 {number}'],
  'order.paid': ['paid {time}', '付款 {time}'],
  'order.delivered': ['delivered {time}', '送达 {time}'],
  'order.cancelled': ['cancelled {time}', '取消 {time}'],
  // How it stands
  'order.status.unpaid': ['not paid yet', '待付款'],
  'order.status.on-hold': ['paid, on hold', '已付款，暂挂'],
  'order.status.to-ship': ['to be shipped', '待发货'],
  'order.status.partly-shipped': ['partly shipped', '部分发货'],
  'order.status.awaiting-collection': ['packed, waits for the carrier', '已打包，待揽收'],
  'order.status.in-transit': ['on its way', '运输中'],
  'order.status.delivered': ['delivered', '已送达'],
  'order.status.completed': ['completed', '已完成'],
  'order.status.cancelled': ['cancelled', '已取消'],
  'order.status.unknown': ['{platformStatus}', '{platformStatus}'],
  // Why there is none to show
  'order.none': ['No order is known for this inquiry.', '此咨询没有关联的订单。'],
  'order.not-supported': ['Orders of this marketplace cannot be looked up.', '无法查询该平台的订单。'],
  'order.scope-missing': [
    'The marketplace does not let this app see orders: a scope is missing. "threadmart shops test" names it.',
    '平台不允许此应用查看订单：缺少权限。“threadmart shops test”会指出是哪一个。',
  ],
  'order.busy': ['The marketplace takes no more questions just now; try again in a moment.', '平台暂时无法接受更多查询，请稍后再试。'],
  'order.late': ['The marketplace takes its time; ask again in a moment.', '平台响应较慢，请稍后再试。'],
  'order.failed': ['The marketplace did not answer ({code}).', '平台没有应答（{code}）。'],
});
