import type { Posted } from '../../bots/bot.ts';
import type { BoardLine, PostRef, Showing, ThreadContent, ThreadState } from '../../src/core/thread.ts';
import type { card as plainCard } from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

interface Kept {
  card: ReturnType<typeof plainCard>;
  lines: readonly BoardLine[];
  /** Where it is now; a card that was out of sight has moved. */
  root: PostRef;
}

/**
 * Where threads are cards: gives the bot what the core gives it, `ThreadState.board`, from what was shown and written so far. A test speaks of a thread by the root that
 * it was opened with, wherever that has moved.
 */
export function withBoards(createKit: CreateBotKit): CreateBotKit {
  return async (options) => {
    const kit = await createKit(options);
    return kit.bot.capabilities.threads === 'card' ? wrapped(kit) : kit;
  };
}

function wrapped(kit: BotKit): BotKit {
  const threads = new Map<string, Kept>();
  const now = () => new Date();

  function placed(thread: ThreadState, content: ThreadContent): ThreadState {
    const kept = thread.rootId === null ? undefined : threads.get(thread.rootId);
    const board = thread.board ?? boardOf(kept, content);
    return { ...thread, ...(kept ? { rootId: kept.root.messageId } : {}), ...(board ? { board } : {}) };
  }

  /** What the card shows once this content is shown. An opening has none before it, but its own. */
  function boardOf(kept: Kept | undefined, content: ThreadContent): ThreadState['board'] {
    const card = 'card' in content ? content.card : kept?.card;
    if (!card) return undefined;
    const lines = [...(kept?.lines ?? []), ...linesOf(content)];
    return {
      card,
      lines: content.kind === 'receipt' ? marked(lines, content) : lines,
      buried: content.kind === 'messages' && content.surface,
    };
  }

  function keep(thread: ThreadState, { content }: Showing, { posts, root }: Posted): void {
    const kept = thread.rootId === null ? undefined : threads.get(thread.rootId);
    const board = boardOf(kept, content);
    const [first] = posts;
    if (kept && board) Object.assign(kept, { card: board.card, lines: board.lines, root: root ?? kept.root });
    else if (content.kind === 'opening' && board && first) threads.set(first.messageId, { ...board, root: root ?? first });
  }

  return {
    ...kit,
    bot: {
      ...kit.bot,
      async show(thread, showing, access) {
        const posted = await kit.bot.show(placed(thread, showing.content), showing, access);
        keep(thread, showing, posted);
        return posted;
      },
      ...(kit.bot.findPosted
        ? {
            async findPosted(thread, showing, search, access) {
              const found = (await kit.bot.findPosted?.(placed(thread, showing.content), showing, search, access)) ?? null;
              if (found) keep(thread, showing, found);
              return found;
            },
          }
        : {}),
    },
    write(by, rootId, typed, more) {
      const kept = rootId === null ? undefined : threads.get(rootId);
      const post = kit.write(by, kept?.root.messageId ?? rootId, typed, more);
      const line: BoardLine = {
        post,
        author: { kind: 'member', name: by },
        parts: [{ kind: 'text', text: typed }],
        sentAt: now(),
        state: null,
      };
      if (kept) kept.lines = [...kept.lines, line];
      return post;
    },
  };
}

function linesOf(content: ThreadContent): BoardLine[] {
  if (content.kind !== 'opening' && content.kind !== 'messages') return [];
  return content.messages.map(({ author, parts, sentAt }) => ({
    post: null,
    author: { kind: author, name: null },
    parts,
    sentAt,
    state: null,
  }));
}

const marked = (lines: readonly BoardLine[], { on, mark }: Extract<ThreadContent, { kind: 'receipt' }>): BoardLine[] =>
  lines.map((line) => (line.post?.messageId === on.messageId ? { ...line, state: mark } : line));
