import { catalogue } from './catalogue.ts';

/** What is said of quick replies. */
export const templates = catalogue({
  // What is wrong with a template
  'template.empty': ['The template has no text.', '模板没有内容。'],
  'template.too-long': ['A template has at most {max} characters.', '模板最多 {max} 个字符。'],
  'template.variable-unknown': ['There is no variable {name}. There are: {names}.', '没有变量 {name}。可用变量：{names}。'],
  'template.variable-near': [
    'There is no variable {name}. Is {near} meant? There are: {names}.',
    '没有变量 {name}。是否想写 {near}？可用变量：{names}。',
  ],
  'template.braces': [
    'Two braces stand where no variable is; a variable is written as {{buyer.name}}.',
    '存在不属于任何变量的双花括号；变量写作 {{buyer.name}}。',
  ],
  'template.name-wrong': [
    '"{name}" cannot be the name of a template: one word of letters, digits, - and _, at most 40 characters.',
    '“{name}”不能作为模板名称：须为一个由字母、数字、- 和 _ 组成的词，最多 40 个字符。',
  ],
  'template.language-wrong': ['"{language}" is no language, such as th or zh-TW.', '“{language}”不是语言代码，例如 th 或 zh-TW。'],
  'template.marketplace-unknown': [
    'There is no marketplace "{marketplace}". There are: {marketplaces}.',
    '没有平台“{marketplace}”。可用平台：{marketplaces}。',
  ],
  'template.exists': ['There is a template {id} already; edit it.', '模板 {id} 已存在，请修改它。'],
  'template.none-of-this-name': ['There is no template {name}.', '没有模板 {name}。'],
  'template.none-did-you-mean': ['There is no template {name}. Is {near} meant?', '没有模板 {name}。是否想用 {near}？'],
  'template.no-variant': [
    'Template {name} has nothing for this buyer. There is: {variants}.',
    '模板 {name} 没有适合该买家的版本。现有：{variants}。',
  ],
  // Worth knowing
  'template.parts': [
    'On {marketplace} it goes out as {count} messages, of at most {max} characters each.',
    '在 {marketplace} 上将分为 {count} 条消息发送，每条最多 {max} 个字符。',
  ],
  'template.held': ['On {marketplace} it would be held:', '在 {marketplace} 上会被暂扣：'],
  'template.missing': [
    'Template {name} was not sent; for this inquiry there is no {variables}.',
    '模板 {name} 未发送；此咨询缺少 {variables}。',
  ],
  // Commands in a thread
  'template.command.text-below': [
    'Write the text of {name} in the lines below "!template {verb} {name}".',
    '请将 {name} 的内容写在“!template {verb} {name}”之后的行中。',
  ],
  'template.command.use': [
    '"!template {name}" shows the template for this buyer; a language may follow, such as "!template {name} th".',
    '“!template {name}”显示适合该买家的模板；后面可加语言，例如“!template {name} th”。',
  ],
  'template.command.name-missing': ['Which template? Write its name behind it.', '哪个模板？请写上名称。'],
  'template.command.place': [
    'What is "{word}"? After the name may stand a marketplace ({marketplaces}) and a language, such as th.',
    '“{word}”是什么？名称之后可以写平台（{marketplaces}）和语言，例如 th。',
  ],
  'template.shown': ['Template {name}. The buyer gets this, once somebody presses Send:', '模板 {name}。点击发送后，买家将收到：'],
  'template.shown-held': [
    'Template {name} may not be sent as it is. The buyer has not got it:',
    '模板 {name} 不能直接发送，买家尚未收到：',
  ],
  'template.shown-collision': [
    'Template {name}. {colleague} is answering this buyer; nothing was sent yet:',
    '模板 {name}。{colleague} 正在答复该买家，尚未发送：',
  ],
  'template.suggested': [
    'Suggested: template {name}. The buyer gets this, once somebody presses Send:',
    '推荐模板 {name}。点击发送后，买家将收到：',
  ],
  'template.suggested-in-vain': ['The template that the rule suggests cannot be used:', '规则推荐的模板无法使用：'],
  'template.note-channel': ['Nothing that is written in this channel goes to buyers.', '此频道的内容不会发给买家。'],
  'template.none': ['There are no templates yet.', '还没有模板。'],
  'template.list': ['Templates (*: for any language)', '模板（*：不限语言）'],
  'template.saved': ['Template {id} is saved.', '模板 {id} 已保存。'],
  'template.not-saved': ['The template was not saved:', '模板未保存：'],
  'template.removed': ['Template {id} is removed.', '模板 {id} 已删除。'],
  'help.templates': [
    '/tm templates, /tm templates NAME: quick replies, and their texts.',
    '/tm templates、/tm templates 名称：快捷回复及其内容。',
  ],
  // The command line
  'cli.templates': ['list, show, set and remove quick replies', '列出、查看、设置和删除快捷回复'],
  'cli.templates.list': ['all of them', '列出全部'],
  'cli.templates.show': ['all variants of one, and what marketplaces would make of them', '查看一个模板的所有版本，以及各平台会如何处理'],
  'cli.templates.set': ['make a variant, or change its text', '新建一个版本，或修改其内容'],
  'cli.templates.remove': ['remove a variant', '删除一个版本'],
  'cli.templates.marketplace': ['for this marketplace only', '仅用于该平台'],
  'cli.templates.language': ['for buyers of this language only, such as th', '仅用于使用该语言的买家，例如 th'],
  'cli.templates.text': ['the text, with variables such as {{buyer.name}}', '内容，可含 {{buyer.name}} 等变量'],
  'cli.templates.file': ['a file with the text', '包含内容的文件'],
  'cli.templates.no-text': ['Give the text, or --file with a file that has it.', '请给出内容，或用 --file 指定包含内容的文件。'],
  'cli.templates.changed': ['(as of {time})', '（{time} 起）'],
  'cli.templates.changed-by': ['(by {by}, as of {time})', '（{by}，{time} 起）'],
  'cli.argument.template': ['the name of a template', '模板名称'],
  'cli.column.marketplace': ['MARKETPLACE', '平台'],
  'cli.column.language': ['LANGUAGE', '语言'],
  'cli.refused.invalid-template': ['The template was not saved:', '模板未保存：'],
});
