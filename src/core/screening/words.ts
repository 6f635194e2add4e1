/** Vocabulary of the rules, in the languages of the marketplaces. Words are in the form that `fold` gives: lower case, Latin letters without marks. */

const list = (words: string): readonly string[] => words.split(', ');

/** Names of the digits 0 to 9. */
export const digitNames = [
  list('zero, null, nol, kosong, sifar, cero, khong, ศูนย์, 零, 〇, ゼロ'),
  list('one, eins, satu, uno, um, un, mot, หนึ่ง, 一, 壹, 幺, いち'),
  list('two, zwei, zwo, dua, dos, dois, deux, hai, สอง, 二, 贰, 两'),
  list('three, drei, tiga, tres, trois, ba, สาม, 三, 叁'),
  list('four, vier, empat, cuatro, quatro, quatre, bon, สี่, 四, 肆, よん'),
  list('five, funf, fuenf, lima, cinco, cinq, nam, ห้า, 五, 伍'),
  list('six, sechs, enam, seis, sau, หก, 六, 陆, ろく'),
  list('seven, sieben, tujuh, siete, sete, sept, bay, เจ็ด, 七, 柒, なな'),
  list('eight, acht, delapan, lapan, ocho, oito, huit, tam, แปด, 八, 捌, はち'),
  list('nine, neun, sembilan, nueve, nove, neuf, chin, เก้า, 九, 玖, きゅう'),
];

/** Numbers after these are the marketplace's, the carrier's or the shop's. */
export const idLabels = [
  ...list('order, tracking, track, awb, parcel, shipment, waybill, invoice, sku, item, model, ref, reference, code, coupon, promo'),
  ...list('voucher, barcode, ean, serial, lot, batch, product, ticket, case, id, pin, return, refund, zip, postcode, plz, imei, #'),
  ...list(
    'no\\., nr\\., art\\., 订单, 訂單, 单号, 單號, 运单, 運單, 快递, 快遞, 物流, 编号, 編號, 货号, 型号, 款号, 包裹, 优惠码, 条码, 注文, 追跡, 伝票, 問い合わせ番号, 品番, 商品番号',
  ),
  ...list('クーポン, พัสดุ, ออเดอร์, คำสั่งซื้อ, เลขที่, เลข, รหัส, โค้ด, แทรค, ma don, van don, don hang, ma, pesanan, resi, kode, kod'),
  ...list('nombor, penjejakan, pedido, orden, rastreo, rastreio, guia, seguimiento, envio, codigo, cupom, cupon, factura'),
  ...list('referencia, articulo, artigo, cep, cp, protocolo, bestell\\w{0,12}, sendung\\w{0,12}, artikel\\w{0,12}'),
  ...list('rechnung\\w{0,12}, gutschein\\w{0,8}, paket\\w{0,8}, commande, suivi, colis, facture, article'),
];

/** A number soon after these is for calling. */
export const callWords = [
  ...list('call, call me, call us, hotline, sms, text me, text us, ring me, contact me, contact us, contact number, reach me'),
  ...list(
    'reach us, my number, our number, phone number, phone no, mobile number, 打给, 打給, 拨打, 致电, 联系, 聯繫, 热线, 座机, 短信, 号码是, 電話番号',
  ),
  ...list('お電話, 連絡, โทร, เบอร์, ติดต่อ, สายด่วน, goi, sdt, lien he, so may, hubungi, no hp, nomor hp, hub, kontak, nomor telepon'),
  ...list('no telp, no wa, llama, llame, llamanos, ligue, liga, ligar, contato, contacto, zap, zapzap, ruf, rufen, anrufen, ruft'),
  ...list('appelez, appeler, telephonez, joindre, mon numero, mi numero, meu numero'),
];

/** These are goods as well as means: a number is for calling only right after them. */
export const phoneWords = [
  ...list('phone, tel, tel\\., telephone, mobile, cell, cellphone, telp, telepon, telefon, hp, telefono, celular, cel, movil'),
  ...list('telefone, fone, handy, portable, 电话, 電話, 手机, 手機, 携帯, โทรศัพท์, มือถือ, dien thoai'),
];
export const afterPhoneWords = list('number, no, nr, num, is, ist, es, est, la, so, 号, 号码, 是, 番号, は, คือ, at, us, me');

/** Chat services outside the marketplace, by their own names. The names are long and particular enough to be found in disguise. */
export const serviceNames = list('whatsapp, wechat, weixin, telegram, instagram, facebook, kakaotalk, snapchat');

/** Short names and misspellings: they count only as words of their own, or in scripts that set no spaces. */
export const otherServiceNames = [
  ...list(
    'watsapp, whatsap, watsap, wasap, whatapp, wsp, wa, wassap, zapzap, zalo, viber, skype, insta, ig, fb, kakao, discord, qq, q q, tg, zal0, za lo, l1ne',
  ),
  ...list(
    'telegrm, whats, snap:, signal:, 微信, 薇信, 维信, 溦信, 徽信, 微心, 微❤, 薇❤, 威❤, v信, w信, 微x, q号, 腾讯号, 绿色软件, 卫星号, 扣扣, 企鹅号, 飞机号, 电报, 電報, ไลน์, แอดไล, ไ ล น์, วอทแอพ, วอตส์แอป, เทเลแกรม, เฟสบุ๊ค',
  ),
  ...list('เฟซบุ๊ก, ไอจี, ワッツアップ, カカオ, ラインid, インスタ, 카카오톡, 카톡'),
];

/** Asks somebody to come over. */
export const inviteWords = [
  ...list('add, contact, message, msg, text, write, reach, find, dm, pm, ping, via, through, follow, chat with, talk, move to'),
  ...list(
    'continue on, my, our, 加, 联系, 聯繫, 私聊, 私信, 聊, 找我, 搜, 扫, 发我, 连络, 追加, 連絡, 登録, 検索, แอด, ทัก, เพิ่ม, ติดต่อ, คุย, ket ban',
  ),
  ...list('nhan, inbox, lien he, ib, them, tambah, hubungi, chat ke, lewat, pindah, japri, wa ke, kontak, agrega, agregame, escribe'),
  ...list('escribeme, escribenos, contacta, contactanos, mandame, chama, chame, adiciona, adicione, fale, manda, me, schreib'),
  ...list('schreiben, kontaktieren, kontaktiere, melde, melden, ajoute, ajoutez, contactez, ecrivez, ecris, rejoins'),
];

/** Says that it is not done. */
export const refusals = [
  ...list(
    "not, n't, n’t, cannot, never, no, without, unable, instead of, outside, avoid, beware, scam, fake, 不, 无法, 無法, 没有, 没, 沒",
  ),
  ...list(
    '勿, 禁止, 谨防, 骗, ません, できない, ない, 禁, ไม่, ห้าม, khong, dung, tidak, jangan, bukan, tak, nao, nunca, sin, sem, nicht, kein',
  ),
  ...list('keine, keinen, pas, jamais'),
];

/** Endings of web addresses that are no words here, so that a missing space after a full stop does not look like one. */
export const addressEndings = list(
  'com, net, org, biz, cn, cc, xyz, io, dev, ru, jp, kr, tw, hk, uk, eu, ph, sg, th, vn, br, mx, ly, gg, gl',
);

/** Endings that may also begin a sentence: alone worth a remark, with a path behind an address. */
export const doubtfulEndings = list('shop, store, top, online, site, club, link, page, app, info, vip, tv, ai, live, bio, asia');

/** Endings that are common words: an address only with a path behind, or with `co.` before. */
export const wordyEndings = list(
  'me, it, in, is, at, be, no, so, to, my, am, us, id, do, de, es, la, co, ee, fr, nl, ch, pl, se, su, ws, pe, cl, ar',
);

/** Endings that people spell out. "Polka dot top" and "polka dot net" are goods: those count in brackets only. */
export const spelledEndings = list('com, org, cn');
export const bracketedEndings = [...spelledEndings, ...list('net, co, io, xyz, top, shop, store, me, id, vn, th')];

/** "dot" and "at" as they are spelled out. */
export const dotWords = list('dot, punkt, punto, ponto, point, cham, titik, 点, 點, จุด, ดอท, ドット');
export const atWords = list('@, at, arroba, arobase, a cong, 艾特, แอท, アット');

/** Mail services. The first ones are particular enough to be noticed alone. */
export const mailServices = list('gmail, @outlook, googlemail, hotmail, yahoo, ymail, icloud, protonmail, foxmail, qq邮箱, 163邮箱');
export const otherMailServices = list('outlook, proton, live, gmx, naver, aol, mail, qq, 163, 126, uol, bol');
