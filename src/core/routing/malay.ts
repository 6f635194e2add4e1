import { foldWords } from './keywords.ts';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Words of one of the two languages that are rare in the other, as buyers write them in a chat. */
const indonesian = words(
  'aja apakah banget barangnya belom berapa besok bgt bisa blm cara dikirim dong duit gak gan gimana gmn gratis gue hari ini kak kakak kalo kapan karena kayak kirim kok kurir lama lho lu mas mau mbak min mohon nggak ngga ngak ongkir paket pesanan ready resi retur rusak sampe siang sih stok toko transfer tolong tuh udah udh ukuran ukurannya uang warnanya ya',
);
const malaysian = words(
  'awak bahawa bayaran berapakah bila bolehkah camne camana dah dapat duit esok hantar kat ke kedai kenapa kerana kot lah lambat macam mahu masih nak pakej parcel percuma penghantaran pukul ringgit rosak saiz sangat sebab selepas sis tak takde takda tempahan tolong tukar wang',
);

/**
 * Malay and Indonesian, which detectors take for one: told apart by words of everyday use, else by where the shop sells. Pure.
 * @param region of the shop: two capital letters, or null
 */
export function malayOrIndonesian(text: string, region: string | null): 'ms' | 'id' {
  const said = foldWords(text).match(/[a-z]+/g) ?? [];
  const [id, ms] = [indonesian, malaysian].map((known) => said.filter((word) => known.has(word)).length);
  if (id !== ms) return (id ?? 0) > (ms ?? 0) ? 'id' : 'ms';
  return region !== null && ['MY', 'SG', 'BN'].includes(region) ? 'ms' : 'id';
}
