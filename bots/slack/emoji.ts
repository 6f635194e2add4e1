/** Slack's names of emoji that people use when they write to customers. Others, and a workspace's own, stay as `:name:`. */
const table = `
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂 rolling_on_the_floor_laughing 🤣 relaxed ☺️ blush 😊 innocent 😇
slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 relieved 😌 heart_eyes 😍 smiling_face_with_3_hearts 🥰 kissing_heart 😘 yum 😋
stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜 hugging_face 🤗 thinking_face 🤔 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏
unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 pensive 😔 sleepy 😪 sleeping 😴 mask 😷 sunglasses 😎 nerd_face 🤓 confused 😕 worried 😟
slightly_frowning_face 🙁 white_frowning_face ☹️ open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading_face 🥺 fearful 😨 cold_sweat 😰
disappointed_relieved 😥 cry 😢 sob 😭 scream 😱 confounded 😖 persevere 😣 disappointed 😞 sweat 😓 weary 😩 tired_face 😫 triumph 😤 rage 😡 angry 😠
star-struck 🤩 partying_face 🥳 saluting_face 🫡 melting_face 🫠 face_holding_back_tears 🥹
wave 👋 raised_hand ✋ ok_hand 👌 v ✌️ crossed_fingers 🤞 point_left 👈 point_right 👉 point_up_2 👆 point_down 👇 point_up ☝️ +1 👍 thumbsup 👍 -1 👎
thumbsdown 👎 fist ✊ clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 muscle 💪 bow 🙇 ok_woman 🙆‍♀️ writing_hand ✍️ heart_hands 🫶
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍 broken_heart 💔 two_hearts 💕
sparkling_heart 💖 heartpulse 💗 gift_heart 💝 100 💯 boom 💥 sparkles ✨ star ⭐ star2 🌟 fire 🔥 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁
birthday 🎂 trophy 🏆 first_place_medal 🥇 crown 👑 gem 💎 rose 🌹 bouquet 💐 cherry_blossom 🌸 sunflower 🌻 four_leaf_clover 🍀 sunny ☀️ rainbow 🌈
umbrella ☔ snowflake ❄️ zap ⚡ coffee ☕ tea 🍵 beers 🍻 pizza 🍕 cake 🍰
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ exclamation ❗ heavy_exclamation_mark ❗
question ❓ bangbang ‼️ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 sos 🆘 new 🆕 ok 🆗 up 🆙 cool 🆒 free 🆓 information_source ℹ️ recycle ♻️
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣
package 📦 truck 🚚 articulated_lorry 🚛 airplane ✈️ ship 🚢 rocket 🚀 car 🚗 house 🏠 office 🏢 department_store 🏬 shopping_trolley 🛒 shopping_bags 🛍️
moneybag 💰 dollar 💵 credit_card 💳 receipt 🧾 label 🏷️ email 📧 envelope ✉️ incoming_envelope 📨 mailbox 📫 phone ☎️ telephone_receiver 📞 iphone 📱
computer 💻 camera 📷 bulb 💡 battery 🔋 electric_plug 🔌 wrench 🔧 hammer 🔨 gear ⚙️ link 🔗 paperclip 📎 scissors ✂️ lock 🔒 unlock 🔓 key 🔑
mag 🔍 memo 📝 pencil2 ✏️ book 📖 clipboard 📋 calendar 📆 date 📅 bell 🔔 alarm_clock ⏰ hourglass ⌛ hourglass_flowing_sand ⏳ clock1 🕐
eyes 👀 bust_in_silhouette 👤 busts_in_silhouette 👥 speech_balloon 💬 dress 👗 shirt 👕 jeans 👖 athletic_shoe 👟 high_heel 👠 lipstick 💄 ring 💍
handbag 👜 eyeglasses 👓 baby 👶 dog 🐶 cat 🐱 panda_face 🐼 large_blue_circle 🔵 red_circle 🔴 large_green_circle 🟢 large_yellow_circle 🟡
`;

const words = table.trim().split(/\s+/);
const byName = new Map(words.flatMap((name, index) => (index % 2 === 0 ? [[name, words[index + 1] ?? name] as const] : [])));

const skinTones = ['🏻', '🏼', '🏽', '🏾', '🏿'];

/** `:tada:` -> 🎉, `:+1::skin-tone-3:` -> 👍🏼. */
export function emojiToUnicode(text: string): string {
  return text.replace(/:([a-z0-9_+-]+):(?::skin-tone-([2-6]):)?/g, (whole, name: string, tone: string | undefined) => {
    const emoji = byName.get(name);
    if (!emoji) return whole;
    return tone ? `${emoji.replace(/\ufe0f$/, '')}${skinTones[Number(tone) - 2] ?? ''}` : emoji;
  });
}
