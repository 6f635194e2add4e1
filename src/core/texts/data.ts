import { catalogue } from './catalogue.ts';

/** What is said about the data itself: checking, moving, backing up and restoring it. */
export const data = catalogue({
  'cli.db': ['check, export and import the data, with the service stopped', '检查、导出和导入数据（需先停止服务）'],
  'cli.db.check': ['read everything through and say what is wrong', '通读全部数据并说明问题'],
  'cli.db.export': ['write all collections as MongoDB Extended JSON', '将所有集合导出为 MongoDB Extended JSON'],
  'cli.db.import': ['fill an empty database from an export', '用导出的数据填充空数据库'],
  'cli.argument.store-file': ['a backup, or another store file; else the data itself', '备份或其他存储文件；默认为当前数据'],
  'cli.argument.export-folder': ['a folder that is new or empty', '新建或空的文件夹'],
  'cli.argument.import-folder': ['the folder of an export', '导出所在的文件夹'],
  'cli.column.collection': ['COLLECTION', '集合'],
  'cli.column.documents': ['DOCUMENTS', '文档数'],
  'cli.column.bytes': ['BYTES', '字节'],
  'cli.db.config': ['The environment has problems:', '环境变量存在问题：'],
  'cli.db.no-data': ['There is no data in {dir} (DATA_DIR).', '{dir}（DATA_DIR）中没有数据。'],
  'cli.db.the-server': ['the database that MONGODB_URI names', 'MONGODB_URI 指定的数据库'],
  'cli.db.checked': ['Checked: {where}', '已检查：{where}'],
  'cli.db.counted': ['{documents} documents in {collections} collections', '{collections} 个集合，共 {documents} 个文档'],
  'cli.db.exported': [
    'Everything is in {folder}. It holds buyers\u2019 words: keep it as safe as the database.',
    '已全部导出到 {folder}。其中包含买家消息，请像数据库一样妥善保管。',
  ],
  'cli.db.take-key': [
    'Credentials in it stay encrypted: move SECRET_KEY (or the content of DATA_DIR/secret-key) as well, by another way. Its fingerprint is {keys}.',
    '其中的凭据仍为加密状态：请通过其他途径同时迁移 SECRET_KEY（或 DATA_DIR/secret-key 的内容），其指纹为 {keys}。',
  ],
  'cli.db.export-live': [
    'If a service was running meanwhile, this is not one moment: stop all of them and export again, or use mongodump.',
    '如导出期间服务仍在运行，则数据并非同一时刻：请停止所有进程后重新导出，或使用 mongodump。',
  ],
  'cli.db.imported': ['Everything is in {where}. Start the service.', '已全部导入 {where}。请启动服务。'],
  'cli.db.schema-none': ['It is no database of this service: it does not say its version.', '这不是本服务的数据库：其中没有版本信息。'],
  'cli.db.schema-none.effect': ['The service takes it for a new one.', '服务会将其视为新数据库。'],
  'cli.db.effect.no-start': ['The service does not start on it.', '服务无法用它启动。'],
  'cli.db.index-missing': ['This index is missing.', '缺少此索引。'],
  'cli.db.index-missing.effect': ['The service makes it at its next start; until then it is slow.', '服务下次启动时会创建；此前会较慢。'],
  'cli.db.index-other': ['This index has other options than it should have.', '此索引的选项不正确。'],
  'cli.db.index-other.effect': ['Drop it; the service makes the right one at its next start.', '请删除它，服务下次启动时会重新创建。'],
  'cli.db.key-missing': [
    'Credentials are encrypted with SECRET_KEY {missing} (fingerprint); the one here is {present}.',
    '凭据使用 SECRET_KEY {missing}（指纹）加密；此处的密钥为 {present}。',
  ],
  'cli.db.file-failed': ['{path} cannot be read or written ({code}).', '无法读写 {path}（{code}）。'],
  'cli.db.database-failed': ['The database refused or went away ({code}).', '数据库拒绝请求或连接中断（{code}）。'],
  // What check finds
  'cli.db.problem.file-damaged': ['The file is damaged: {examples}', '文件已损坏：{examples}'],
  'cli.db.problem.unknown-format': ['{examples}', '{examples}'],
  'cli.db.problem.catalog-damaged': ['The list of collections and indexes is damaged: {examples}', '集合与索引目录已损坏：{examples}'],
  'cli.db.problem.document-damaged': [
    '{count} documents cannot be read (records {examples}).',
    '{count} 个文档无法读取（记录 {examples}）。',
  ],
  'cli.db.problem.document-stray': [
    '{count} documents belong to no collection (records {examples}).',
    '{count} 个文档不属于任何集合（记录 {examples}）。',
  ],
  'cli.db.problem.entry-missing': [
    '{count} entries are missing (records {examples}): queries pass over these documents.',
    '缺少 {count} 个索引项（记录 {examples}）：查询会遗漏这些文档。',
  ],
  'cli.db.problem.entry-stray': [
    '{count} entries stand for no document (records {examples}).',
    '{count} 个索引项没有对应的文档（记录 {examples}）。',
  ],
  'cli.db.problem.not-unique': ['{count} keys are there twice (records {examples}).', '{count} 个键重复（记录 {examples}）。'],
  'cli.db.problem.multikey-unmarked': [
    'It does not know that {count} documents stand in it several times (records {examples}).',
    '未标记 {count} 个文档的多值（记录 {examples}）。',
  ],
  'cli.db.remedy.restore': [
    'Keep this file, and put a backup in its place: threadmart restore FILE',
    '请保留此文件，并恢复备份：threadmart restore FILE',
  ],
  'cli.db.remedy.rebuild': [
    'The documents are whole: "threadmart db export FOLDER", then "threadmart db import FOLDER" with a new DATA_DIR makes all indexes anew.',
    '文档完好：运行 "threadmart db export FOLDER"，再以新的 DATA_DIR 运行 "threadmart db import FOLDER"，会重建所有索引。',
  ],
  'cli.db.remedy.other-version': ['Use the version of Threadmart that wrote it.', '请使用写入它的 Threadmart 版本。'],
  // Backups
  'cli.backup': ['back up the built-in store while the service runs', '在服务运行时备份内置存储'],
  'cli.backup.list': ['only list the backups that are kept', '仅列出保留的备份'],
  'cli.backup.made': ['Backed up: {path}', '已备份：{path}'],
  'cli.backup.none': ['There are no backups yet.', '还没有备份。'],
  'cli.backup.key': [
    'Copy it to another machine. SECRET_KEY (or DATA_DIR/secret-key) is not in it: keep that as well, elsewhere.',
    '请将其复制到另一台机器。备份不含 SECRET_KEY（或 DATA_DIR/secret-key）：请另行保管。',
  ],
  'cli.column.file': ['FILE', '文件'],
  'cli.refused.backup-failed': ['No backup was made; the ones before it are kept.', '备份未完成；之前的备份已保留。'],
  'cli.refused.use-mongodump': [
    'The data is in a MongoDB (MONGODB_URI), which is backed up by its own means: mongodump --uri "$MONGODB_URI" --archive=FILE',
    '数据在 MongoDB 中（MONGODB_URI），请使用其自带工具备份：mongodump --uri "$MONGODB_URI" --archive=FILE',
  ],
  'backup.failure.in-use': ['the store is in use.', '存储正在使用。'],
  'backup.failure.half-replaced': ['a restore was cut off.', '恢复操作中断。'],
  'backup.failure.unknown-format': ['the store is of another format.', '存储格式不符。'],
  'backup.failure.disk-full': ['there is no room left on the disk.', '磁盘空间不足。'],
  'backup.failure.unreachable': ['DATA_DIR/backups cannot be written.', 'DATA_DIR/backups 无法写入。'],
  'backup.failure.damaged': [
    'the store is damaged; stop the service and run "threadmart db check".',
    '存储已损坏，请停止服务并运行 "threadmart db check"。',
  ],
  'backup.failure.failed': ['the copying was ended.', '复制被中止。'],
  'doctor.backup.failed': ['The last backup failed: {reason}', '最近一次备份失败：{reason}'],
  'doctor.backup.old': [
    'The newest backup is {hours} hours old; one is due every {everyHours}.',
    '最新备份已有 {hours} 小时；应每 {everyHours} 小时备份一次。',
  ],
  'doctor.backup.effect': ['What happened since the backup before is lost if this disk is.', '如磁盘损坏，上次备份之后的数据会丢失。'],
  'cli.restore': ['put a backup in the place of the data, with the service stopped', '用备份替换当前数据（需先停止服务）'],
  'cli.argument.backup': ['a backup, such as DATA_DIR/backups/....sqlite', '备份文件，例如 DATA_DIR/backups/....sqlite'],
  'cli.restore.use-mongorestore': [
    'The data is in a MongoDB (MONGODB_URI): stop all processes and use mongorestore. This command is for the built-in store.',
    '数据在 MongoDB 中（MONGODB_URI）：请停止所有进程并使用 mongorestore。此命令仅用于内置存储。',
  ],
  'cli.restore.no-backup': [
    '{backup} is no backup but the file of a store in use: what is in the log beside it would be lost. Make one with "threadmart backup".',
    '{backup} 不是备份，而是使用中的存储文件：其日志中的数据会丢失。请用 "threadmart backup" 生成备份。',
  ],
  'cli.restore.refused': ['{backup} was not restored; the data is as it was.', '未恢复 {backup}；当前数据未变。'],
  'cli.restore.done': ['Restored: {backup}. Start the service.', '已恢复：{backup}。请启动服务。'],
  'cli.restore.aside': [
    'The data that was there is in {aside}. Delete it when nobody needs it any more.',
    '原有数据已移至 {aside}，确认不再需要后可删除。',
  ],
  'cli.restore.doubted': [
    '{count} messages waited to be sent when the backup was made. Each is looked up before it is sent: it may have arrived since.',
    '备份时有 {count} 条消息等待发送。发送前会逐条查找，因为其中一些可能已送达。',
  ],
  'cli.restore.since': [
    'What happened after the backup is not in it. Marketplaces and chats are read again: some of it may be shown a second time, and replies written before now are held until somebody says that they did not arrive.',
    '备份之后发生的内容不在其中。系统会重新读取平台和聊天内容：部分内容可能会再次显示，此刻之前写下的回复会暂停，由人确认未送达后再发送。',
  ],
  // Why a store cannot be used
  'store.in-use': [
    'A service has the data in {dir} open. Stop it first. While it runs, "threadmart backup" makes a copy, and "threadmart db check FILE" reads that through.',
    '服务正在使用 {dir} 中的数据，请先停止服务。服务运行时可用 "threadmart backup" 备份，再用 "threadmart db check FILE" 检查备份。',
  ],
  'store.half-replaced': [
    'A restore into {dir} was cut off. Run "threadmart restore" again, with the same backup, before anything else.',
    '对 {dir} 的恢复中断。请先用同一备份重新运行 "threadmart restore"。',
  ],
  'store.unknown-format': ['The store cannot be opened: {detail}', '无法打开存储：{detail}'],
  'store.disk-full': ['There is no room left on the disk of {dir}.', '{dir} 所在磁盘空间不足。'],
  'store.unreachable': ['{dir} cannot be read or written: {detail}', '无法读写 {dir}：{detail}'],
  'store.damaged': [
    'The store in {dir} is damaged ({detail}). See "threadmart db check".',
    '{dir} 中的存储已损坏（{detail}）。请运行 "threadmart db check"。',
  ],
  'store.failed': ['It did not succeed: {detail}', '操作未成功：{detail}'],
  // Exports
  'transfer.folder-not-empty': [
    '{folder} is not empty. Give a folder that is new or empty.',
    '{folder} 不是空文件夹，请指定新建或空的文件夹。',
  ],
  'transfer.unsupported': [
    'Document {position} of {collection} cannot be exported exactly: it has {what}.',
    '{collection} 的第 {position} 个文档无法准确导出：含有 {what}。',
  ],
  'transfer.no-export': [
    '{folder} holds no complete export: {file} is not there, or is none. An export that was cut off has no such file.',
    '{folder} 中没有完整的导出：{file} 不存在或无效。中断的导出没有此文件。',
  ],
  'transfer.damaged': [
    '{file} is not as it was exported: it was changed, or not copied whole. Nothing of it can be used.',
    '{file} 与导出时不一致：已被更改或复制不完整，不能使用。',
  ],
  'transfer.newer': [
    'The export is of version {stored}, this program knows up to version {known}. Use the newer program.',
    '导出数据的版本为 {stored}，此程序最高支持版本 {known}。请使用新版程序。',
  ],
  'transfer.not-empty': [
    'The database is not empty: there is something in {collection}. Import into an empty one: a new DATA_DIR, or another name at the end of MONGODB_URI.',
    '数据库不为空：{collection} 中已有数据。请导入空数据库：使用新的 DATA_DIR，或在 MONGODB_URI 末尾换一个数据库名。',
  ],
});
