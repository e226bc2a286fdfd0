/** One page of a list. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/** A page between others may be empty. */
const MAX_WITHOUT_NEWS = 1;

/**
 * Everything that the pages of a list show, by name. A service may repeat its pages for ever, under the same tokens or under
 * new ones, so the list also ends when pages show nothing new.
 */
export async function readPages<Item extends { readonly name: string }>(
  list: (token?: string) => Promise<Page<Item>>,
): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>();
  let token: string | undefined;
  let withoutNews = 0;
  do {
    const known = found.size;
    const { items, nextToken } = await list(token);
    for (const item of items) found.set(item.name, item);
    withoutNews = found.size > known ? 0 : withoutNews + 1;
    token = nextToken;
  } while (token !== undefined && withoutNews <= MAX_WITHOUT_NEWS);
  return found;
}
